"""Mail out: what a mail says, how it is sent, and the worker that sends what is due."""
