"""Use cases over all records at once: back up, restore, copy, export, erase."""
