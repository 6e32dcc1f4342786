"""What is wanted of the desk."""

from benchmarks._targets import Target

TARGETS = (
    Target("queue_vs_bare", "any view or filter of the queue, the worst / the bare page", high=2),
    Target("queue_vs_django_helpdesk", "the queue / django-helpdesk's list with its rows", high=0.1),
    Target("queue_100k_vs_1k", "any view or filter at 100,000 tickets, the worst / at 1,000", high=1.2),
    Target("ticket_vs_django_helpdesk", "a ticket with 30 messages / django-helpdesk's", high=0.2),
    Target("search_vs_queue", "the worst search / the queue", high=4),
    Target("search_vs_django_helpdesk", "the worst search / django-helpdesk's for the same words", high=0.05),
    Target("ask_busy_vs_idle", "p95 of asking with the desk in use / without", high=2),
    Target("queue_kb", "KB of a page of the queue with 50 rows, the largest, gzip", high=30),
    Target("requests_first", "requests of the first visit to the queue", high=6),
    Target("requests_after", "and of each one after it", high=3),
    Target("off_screen", "of last message, reply field and send button, how many are not on screen", high=0),
    Target("keys_to_answer", "keys that answer a ticket with an article, from the queue", high=6),
    Target("axe_findings", "what axe-core finds wrong", high=0),
)
