"""Which programs may send questions here, and which are told what happens, as the settings say. Knows no store."""

from ticket_api.channels.hook import Hook, OpenHook, hooks_of
from ticket_api.channels.webhook import OpenWebhook, Webhook, webhooks_of
from ticket_api.settings import Settings

__all__ = ["Hook", "OpenHook", "OpenWebhook", "Webhook", "check_channels", "hooks_of", "webhooks_of"]


def check_channels(settings: Settings) -> None:
    """Raise Stop for hooks and webhooks that can't be understood, or whose keys are missing."""
    hooks_of(settings)
    webhooks_of(settings)
