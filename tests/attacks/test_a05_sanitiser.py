"""A5: the sanitiser lets only a few elements of running text through, also when a browser reads its output again."""

import pytest

from tests.attacks.payloads import MUTATIONS, RUNS
from ticket_api import prose

READ_TWICE = """(html) => {
  const box = document.createElement("div");
  box.innerHTML = html;
  box.innerHTML = box.innerHTML;
  const names = (one) => [...one.attributes].map(({ name }) => name);
  return [...box.querySelectorAll("*")].map((one) => [one.localName, one.namespaceURI, names(one)]);
}"""
HTML = "http://www.w3.org/1999/xhtml"
ATTRIBUTES = {"a": {"href", "rel"}}


def test_the_list_holds_nothing_that_has_another_language_inside():
    assert not prose._TAGS & {
        "svg",
        "math",
        "style",
        "iframe",
        "script",
        "template",
        "noscript",
        "form",
        "img",
        "object",
    }


@pytest.mark.parametrize("sanitise", [prose.clean, prose.markdown], ids=["html", "markdown"])
def test_nothing_changes_its_meaning_when_it_is_read_again(desk, sanitise):
    for text in (*MUTATIONS, *RUNS, *(f"{first}{second}" for first in MUTATIONS[:6] for second in MUTATIONS)):
        for name, namespace, attributes in desk.evaluate(READ_TWICE, str(sanitise(text))):
            assert name in prose._TAGS, text
            assert namespace == HTML, text
            assert set(attributes) <= ATTRIBUTES.get(name, set()), text
