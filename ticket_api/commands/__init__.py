"""The commands of the terminal: each module translates, and decides nothing."""
