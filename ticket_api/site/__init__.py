"""The help site: a door over MkDocs. The only room that imports it."""
