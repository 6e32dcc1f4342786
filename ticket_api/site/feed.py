"""Feed: the articles of one language that changed last, as Atom (RFC 4287)."""

import re
from datetime import date
from xml.etree.ElementTree import Element, SubElement, tostring

from ticket_api.knowledge.article import Article
from ticket_api.site.view import View

NAME = "feed.xml"
ENTRIES = 30
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 has no place for; one of them would cost readers the whole feed."""
ATOM = "http://www.w3.org/2005/Atom"


def feed(view: View) -> bytes:
    """The feed of a view's language; b"" where addresses aren't known or no article says when it changed."""
    articles = [article for article in view.catalogue.newest(view.lang, ENTRIES) if article.updated]
    if not articles or not view.settings.base_url:
        return b""
    root = Element("feed", {"xmlns": ATOM, "xml:lang": view.lang})
    _put(root, "id", view.whole(view.home))
    _put(root, "title", view.name)
    _put(root, "subtitle", view.say("site.feed"))
    _put(root, "updated", _instant(articles[0].updated))
    SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": view.whole(f"{view.home}{NAME}")})
    SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": view.whole(view.home)})
    _put(SubElement(root, "author"), "name", view.settings.company)
    titles = {shelf.id: shelf.title for shelf in view.shelves}
    for article in articles:
        _entry(SubElement(root, "entry"), article, view, titles.get(article.category, ""))
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _entry(entry: Element, article: Article, view: View, category: str) -> None:
    address = view.whole(article.url)
    _put(entry, "id", address)
    _put(entry, "title", article.title)
    _put(entry, "updated", _instant(article.updated))
    SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": address})
    if category:
        SubElement(entry, "category", {"term": article.category, "label": category})
    if article.description:
        _put(entry, "summary", article.description)


def _put(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = NOT_XML.sub("", text)


def _instant(day: date | None) -> str:
    """A day as Atom wants it; articles tell no hour."""
    return f"{day}T00:00:00Z"
