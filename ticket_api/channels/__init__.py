"""Which programs may send questions here, and which are told what happens, as the settings say. Knows no store."""

from ticket_api.channels.hook import Hook, OpenHook, hooks_of
from ticket_api.channels.webhook import OpenWebhook, Webhook, webhooks_of

__all__ = ["Hook", "OpenHook", "OpenWebhook", "Webhook", "hooks_of", "webhooks_of"]
