"""Linked data: what a page says of itself to search engines, in the words of schema.org. Only what it shows, too."""

import json
import posixpath
import re
from typing import Any

from markupsafe import Markup

from ticket_api.knowledge.article import Article
from ticket_api.knowledge.markdown import headings
from ticket_api.knowledge.sections import cut
from ticket_api.site.catalogue import HOME
from ticket_api.site.view import View

Thing = dict[str, Any]

FEWEST_ANSWERS = 2
"""Questions from which on an article is a list of questions and answers."""

ASKED = re.compile(r"^##[ \t]+.*[?？]", re.MULTILINE)
QUESTION_MARKS = ("?", "？")


def linked_data(view: View) -> Markup:
    """The inside of a script of type application/ld+json; "" for a page that has nothing to say."""
    things = list(_things(view))
    text = json.dumps({"@context": "https://schema.org", "@graph": things}, ensure_ascii=False, separators=(",", ":"))
    # no text of the owner's can end the script or open a comment in it
    return Markup(text.replace("<", "\\u003c") if things else "")  # noqa: S704


def _things(view: View) -> list[Thing]:
    if view.page is None:
        return []
    if view.page.id == HOME:
        return [_site(view)]
    return [*([_article(view, view.page)] if view.is_article else []), _path(view, view.page)]


def _address(view: View, path: str) -> str:
    """A whole address where the site knows its own, else one that is seen from the page."""
    return view.whole(path) or posixpath.relpath(path, view.page.url if view.page else "/") + "/"


def _company(view: View) -> Thing:
    return {"@type": "Organization", "name": view.settings.company}


def _site(view: View) -> Thing:
    address = _address(view, view.home)
    site = {"@type": "WebSite", "name": view.name, "url": address, "inLanguage": view.lang, "publisher": _company(view)}
    if not view.settings.base_url:
        return site
    target = {"@type": "EntryPoint", "urlTemplate": f"{address}?q={{search_term_string}}"}
    return site | {
        "potentialAction": {
            "@type": "SearchAction",
            "target": target,
            "query-input": "required name=search_term_string",
        }
    }


def _path(view: View, page: Article) -> Thing:
    """Where the page stands: the same steps as above its heading, and the page."""
    steps = [(view.say("site.home"), view.home)]
    if view.is_article and view.shelf and view.shelf.url != page.url:
        steps.append((view.shelf.title, view.shelf.url))
    steps.append((page.title, page.url))
    items = [
        {"@type": "ListItem", "position": place, "name": name, "item": _address(view, path)}
        for place, (name, path) in enumerate(steps, 1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def _article(view: View, page: Article) -> Thing:
    answers = _answers(page)
    company = _company(view)
    thing: Thing = {
        "@type": "FAQPage" if answers else "Article",
        "name" if answers else "headline": page.title,
        "inLanguage": page.lang,
        "mainEntity" if answers else "mainEntityOfPage": answers or _address(view, page.url),
        "author": company,
        "publisher": company,
    }
    thing |= {"description": page.description} if page.description else {}
    return thing | ({"dateModified": page.updated.isoformat()} if page.updated else {})


def _answers(page: Article) -> list[Thing]:
    """The questions that head the parts of an article, with the text below each; none unless all parts are questions.

    The questions in the front matter don't count: a page may only claim what its readers see.
    """
    if len(ASKED.findall(page.body)) < FEWEST_ANSWERS:
        return []
    found = headings(page.body)
    asked = [heading for heading in found if heading.level == 2]
    if len(asked) < FEWEST_ANSWERS or not all(heading.text.endswith(QUESTION_MARKS) for heading in asked):
        return []
    part, below = "", {}
    for heading in found:
        part = heading.anchor if heading.level == 2 else part
        below[heading.anchor] = part
    said: dict[str, list[str]] = {heading.anchor: [] for heading in asked}
    for section in cut(page):
        said.get(below.get(section.anchor, ""), []).append(section.text)
    return [
        {
            "@type": "Question",
            "name": one.text,
            "acceptedAnswer": {"@type": "Answer", "text": " ".join(said[one.anchor])},
        }
        for one in asked
        if said[one.anchor]
    ]
