"""Orders from a shop: a list in CSV is read, kept in papers of the store, and told in figures."""
