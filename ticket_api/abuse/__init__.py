"""Who floods the form, and what such a question looks like: in memory alone, nothing from a third party."""
