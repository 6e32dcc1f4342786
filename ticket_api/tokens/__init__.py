"""Colour, type and space, for the help site and the desk alike: `tokens.css`."""
