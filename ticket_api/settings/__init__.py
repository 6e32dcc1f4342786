"""One table of settings. They come from helpleaf.toml and from the environment, which wins."""

from ticket_api.settings.reading import load_settings
from ticket_api.settings.sections import section
from ticket_api.settings.table import LAST_PORT, PREFIX, RULES, TABLE, VARIABLES, Setting
from ticket_api.settings.values import Settings

__all__ = ["LAST_PORT", "PREFIX", "RULES", "TABLE", "VARIABLES", "Setting", "Settings", "load_settings", "section"]
