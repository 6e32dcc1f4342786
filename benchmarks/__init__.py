"""Measurements against named peers. They are no part of the package."""
