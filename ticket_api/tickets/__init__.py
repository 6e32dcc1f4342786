"""What a ticket is and what may happen to it. Pure: time is an argument, nothing is read or written."""
