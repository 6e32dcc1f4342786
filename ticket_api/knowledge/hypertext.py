"""HTML as anybody may have written it, read to its end: in a time that grows with its length, and whatever is in it."""

from html.parser import HTMLParser

CLOSED = (("<!--", "-->"), ("<", ">"))
"""Signs that open something, with those that close it."""


class Reader(HTMLParser):
    """Python's parser, for a whole text at once.

    For what is opened and never closed it looks through the whole rest, again for each time that it is opened. A
    section that begins with `<![` and that XML doesn't know ends it with an AssertionError.
    """

    def read(self, html: str) -> None:
        """Call the handlers for all that stands in a text; what is never closed is text, as are its signs."""
        for sign, end in CLOSED:
            last = html.rfind(end) + 1
            html = html[:last] + html[last:].replace(sign, f"&lt;{sign[1:]}")
        self.feed(html.replace("<![", "<! ["))  # to a browser a comment up to the next >
        self.close()
