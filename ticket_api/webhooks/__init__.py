"""What happens to tickets is told to other programs: signed, in order, and at least once."""

from ticket_api.webhooks.webhooks import Look, Webhooks

__all__ = ["Look", "Webhooks"]
