"""Colour, type and space, for the help site and the desk alike: `tokens.css`."""

from pathlib import Path

PATH = Path(__file__).with_name("tokens.css")
"""The style sheet that only defines custom properties."""
