"""What Helpleaf does by itself when something happens to a ticket, or when time passes."""

from ticket_api.automation.automation import Automation, Part
from ticket_api.automation.parts import parts_of

__all__ = ["Automation", "Part", "parts_of"]
