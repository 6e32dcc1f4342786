"""A3: nobody breaks out of an attribute or an element: what a page holds as text is what was typed, for every field."""

import random

from tests.attacks.payloads import RUNS
from tests.attacks.written import by_api, send, server

__all__ = ["server"]  # fixture

PIECES = (
    '"',
    "'",
    "<",
    ">",
    "&",
    "`",
    "=",
    "/",
    " ",
    "\t",
    "&quot;",
    "&#34;",
    "&amp;",
    "<!--",
    "-->",
    "</textarea>",
    "x",
    "é",
    "退",
    "\u202e",
    "\u200b",
    "😀",
    "{{",
    "%}",
    "\\",
    "onx=",
)
TEXTS = """(selector) => [...document.querySelectorAll(selector)].map((one) => one.textContent)"""
VALUES = """([selector, name]) => [...document.querySelectorAll(selector)].map((one) => one.getAttribute(name))"""


def made(number: int) -> list[str]:
    """So many texts of signs that mean something to HTML, the same on every run."""
    draw = random.Random(3)
    every = ["".join(draw.choices(PIECES, k=draw.randint(1, 12))) for _ in range(number)]
    return [f"{text}{number}" for number, text in enumerate([*RUNS, *every])]


def test_the_text_of_each_field_is_what_was_typed(desk, server, clock):
    texts = made(40)
    first = by_api(
        server, "/api/tickets", {"message": texts[0], "subject": texts[1], "name": texts[2], "page": f"/{texts[3]}"}
    )
    for text in texts[1:]:
        by_api(
            server,
            first["link"].removeprefix(server.url).replace("/t/", "/api/tickets/") + "/messages",
            {"message": text},
        )
    send(server, desk, "/desk/tickets/1/draft", message="\n".join(texts))
    for text in texts[:20]:
        send(server, desk, "/desk/tickets/1", do="tag", tag=text[:40])
    for text in texts:
        send(server, desk, "/desk/replies/new", do="save", title=text.strip()[:100], text=text.strip(), **{"in": "en"})
    desk.goto("/desk/tickets/1")
    assert desk.evaluate(TEXTS, ".message .plain") == texts
    assert desk.locator("h1 [lang]").text_content() == texts[1]
    assert desk.evaluate(TEXTS, ".message .byline strong") == [texts[2]] * len(texts)
    assert f"/{texts[3]}" in desk.evaluate(TEXTS, ".facts dd")
    assert desk.locator("#name").input_value() == texts[2]
    assert desk.locator("#message").input_value() == "\n".join(texts)
    titles = [title.strip().removeprefix("Fits: ") for title in desk.evaluate(TEXTS, "#saved option")[1:]]
    assert sorted(titles) == sorted(text.strip()[:100] for text in texts)
    assert sorted(desk.evaluate(VALUES, ["#saved [data-put]", "data-put"])) == sorted(text.strip() for text in texts)
    shown = desk.evaluate("() => [...document.querySelectorAll('.tags li')].map((one) => one.firstChild.data.trim())")
    assert shown == [tag.strip() for tag in server.store.ticket(1).tags]
    tags = [f"untag:{tag}" for tag in server.store.ticket(1).tags]
    assert desk.evaluate(VALUES, [".tags button", "value"]) == tags
    desk.goto(first["link"])
    assert desk.evaluate(TEXTS, ".message .plain") == texts
    desk.goto("/desk")
    assert desk.locator(".row b").text_content() == texts[1]
