"""The door over MkDocs: articles become a static help site. The only room that imports mkdocs."""
