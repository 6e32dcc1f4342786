"""What the search box relies on in Material: an update that changes any of it fails here, and not at a visitor's."""

import re
from importlib.metadata import requires, version
from pathlib import Path

import material
import pytest
from packaging.requirements import Requirement

SCRIPTS = Path(material.__file__).with_name("templates") / "assets" / "javascripts"
BUNDLE = next(SCRIPTS.glob("bundle.*.min.js")).read_text(encoding="utf-8")
WORKER = next(SCRIPTS.glob("workers/search.*.min.js")).read_text(encoding="utf-8")
NAME = r"[\w$]+"

RELIED_ON = {
    "the worker's address comes from the page's __config": (
        BUNDLE,
        rf"{NAME}\.search,{NAME}\)[^;]{{0,80}}search-query",
    ),
    "the address of the site's root comes from it, too": (BUNDLE, rf"{NAME}\.base=`\$\{{new URL\({NAME}\.base,"),
    "the worker starts once search_index.json is there": (BUNDLE, r'new URL\("search/search_index\.json"'),
    "0 sets the worker up": (BUNDLE, rf"next\(\{{type:0,data:\{{config:{NAME},docs:{NAME},"),
    "1 says that it is ready": (BUNDLE, rf"function {NAME}\({NAME}\)\{{return {NAME}\.type===1\}}"),
    "2 is a question": (BUNDLE, rf"next\(\{{type:2,data:{NAME}\}}\)"),
    "3 is a result": (BUNDLE, rf"function {NAME}\({NAME}\)\{{return {NAME}\.type===3\}}"),
    "a result holds items": (BUNDLE, rf"\[\{{items:{NAME}\}},\{{value:{NAME}\}}\]"),
    "an item is a list of places, ordered by their scores": (BUNDLE, rf"{NAME}\[0\]\.score,{NAME}=\[\.\.\.{NAME}\]"),
    "a place's location counts from the root": (BUNDLE, rf"new URL\({NAME}\.location,{NAME}\.base\)"),
    "a place's terms are an object": (BUNDLE, rf"Object\.keys\({NAME}\.terms\)"),
    "a place's title is the heading's content": (BUNDLE, rf'{NAME}\("h1",null,{NAME}\.title\)'),
    "the text is shown when there is one": (BUNDLE, rf"{NAME}\.text\.length>0&&{NAME}\.text"),
    "nothing found has a sentence": (BUNDLE, r'textContent=\w+\.length\?\w+\("search\.result\.none"\)'),
    "the line comes first, the list last": (BUNDLE, r'":scope > :first-child",\w+\),\w+=\w+\(":scope > :last-child"'),
    "the list is emptied before it is filled": (BUNDLE, rf'{NAME}\.innerHTML=""'),
    "a label for the box stands in the header": (BUNDLE, r'"header \[for=__search\]"'),
    "a key let go is a question": (BUNDLE, rf'{NAME}\({NAME},"keyup"\)'),
    "?q= opens the search": (BUNDLE, r'\.has\("q"\)&&\(\w+\("search",!0\),\w+\.value=\w+\.get\("q"\)'),
    "the box is a form named search": (BUNDLE, r'document\.forms\.namedItem\("search"\)'),
    "Material's own worker answers with the same numbers": (WORKER, r"case 0:.*\{type:1\};case 2:.*\{type:3,data:"),
}


@pytest.mark.parametrize("relied_on", RELIED_ON)
def test_material_is_as_we_know_it(relied_on):
    script, pattern = RELIED_ON[relied_on]
    assert re.search(pattern, script, re.DOTALL), f"Material {version('mkdocs-material')} changed: {relied_on}"


def test_no_version_that_runs_what_a_link_says():
    """A6: before 9.7.7 a link to the search could carry a script (CVE-2026-73295)."""
    wanted = next(one for one in map(Requirement, requires("helpleaf") or ()) if one.name == "mkdocs-material")
    assert not any(old in wanted.specifier for old in ("9.5.0", "9.7.0", "9.7.6"))
    assert version("mkdocs-material") in wanted.specifier
