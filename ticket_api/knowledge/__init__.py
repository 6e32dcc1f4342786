"""What the owner wrote, and how a question finds it. Pure but for `folder.py`, which reads the articles' files."""
