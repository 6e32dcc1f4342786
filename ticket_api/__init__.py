"""Helpleaf: the one Python package. It holds the ticket API and the help site's half (`ticket_api.site`)."""

__version__ = "0.1.0"
