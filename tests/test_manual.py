"""The manual tells what is there, and only that."""

import argparse
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from starlette.routing import Mount, Route

from tests.flows.asking import ask, token_of
from ticket_api.cli import _parser
from ticket_api.knowledge import markdown
from ticket_api.knowledge.article import KEYS, RESERVED
from ticket_api.knowledge.checking import Figures, Finding, Kind
from ticket_api.settings import PREFIX, TABLE
from ticket_api.settings.sections import signing_key
from ticket_api.site.checking import Fault, SiteKind
from ticket_api.tickets.ticket import MOVES
from ticket_api.web.api import ENDPOINTS
from ticket_api.web.openapi import ALWAYS, WITH_BODY
from ticket_api.web.replies import STATUSES
from ticket_api.words import load

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [*(ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md")), *sorted(DOCS.glob("*.md"))]
MANUAL = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in PAGES}
API = MANUAL["docs/api.md"]


def rows(page: str) -> Iterator[list[str]]:
    """The cells of every row of a page's tables, heads and rules included."""
    for line in page.split("\n"):
        if line.startswith("|"):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def spans(text: str) -> list[str]:
    """What stands in backticks."""
    return re.findall(r"`([^`\n]+)`", text)


def named(page: str, head: str) -> set[str]:
    """What stands in backticks in the first column of the tables whose first head is this one."""
    found: set[str] = set()
    inside = False
    for cells in rows(page):
        if not spans(cells[0]) and not re.fullmatch("-+", cells[0]):
            inside = cells[0] == head
        elif inside:
            found |= set(spans(cells[0]))
    return found


def code(text: str) -> str:
    """Every block and span of code, one on each line."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    return "\n".join((*blocks, *spans(re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE))))


CODE = "\n".join(code(text) for text in MANUAL.values())


def default(value: object) -> str:
    """A setting's default as the manual writes it."""
    text = {True: "on", False: "off"}[value] if isinstance(value, bool) else value
    text = " ".join(text) if isinstance(text, tuple) else str(text)
    return f"`{text}`" if text else "empty"


def test_the_table_of_settings_is_that_of_the_program():
    told = [cells[:3] for cells in rows(MANUAL["docs/settings.md"])][2:]
    there = [[f"`{each.name}`", f"`{PREFIX}{each.name.upper()}`", default(each.default)] for each in TABLE]
    assert told == there


def test_every_variable_that_is_named_exists():
    known = {PREFIX + setting.name.upper() for setting in TABLE}
    known |= {f"{PREFIX}{setting.name.upper()}_FILE" for setting in TABLE if setting.has_file}
    told = {variable for text in MANUAL.values() for variable in re.findall(rf"{PREFIX}[A-Z_]+", text)}
    assert {variable for variable in told - known if not signing_key(variable)} == set()
    assert {variable for variable in known if variable.endswith("_FILE")} <= told


def test_every_route_is_told_and_no_other(bob):
    there = set()
    for route in bob.app.routes:
        if isinstance(route, Route):
            path = re.sub(r":\w+}", "}", route.path)
            there |= {f"{method} {path}" for method in (route.methods or set()) - {"HEAD"}}
        else:
            assert isinstance(route, Mount)
            there.add(f"GET {route.path}/{{path}}")
    assert named(API, "Method and path") == there


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda each: f"{each.method} {each.path}")
def test_an_endpoint_gives_and_refuses_as_told(endpoint):
    cells = next(cells for cells in rows(API) if cells[0] == f"`{endpoint.method} {endpoint.path}`")
    refusals = {*ALWAYS, *endpoint.refuses, *(WITH_BODY if endpoint.method == "POST" else ())}
    assert int(cells[3][:3]) == endpoint.status
    assert [int(status) for status in cells[4].split(", ")] == sorted(refusals)


@pytest.mark.parametrize("kind", sorted({each.takes for each in ENDPOINTS}, key=lambda kind: kind.__name__))
def test_every_field_that_may_enter_is_told(kind):
    assert {field.name for field in msgspec.structs.fields(kind)} <= set(spans(API))


def test_every_refusal_is_told():
    told = {int(cells[0]): spans(cells[2]) for cells in rows(API) if cells[0].isdecimal()}
    assert set(told) == set(STATUSES.values())
    assert {name for names in told.values() for name in names} == set(load("en")["errors"])


def curls() -> list[list[str]]:
    """The arguments of each curl command in the manual."""
    blocks = re.findall(r"^```\n(curl .*?)^```", API + MANUAL["docs/operations.md"], re.DOTALL | re.MULTILINE)
    lines = "".join(blocks).replace("\\\n", " ").strip().split("\n")
    return [shlex.split(line)[1:] for line in lines]


@pytest.mark.parametrize("arguments", curls(), ids=" ".join)
def test_the_examples_with_curl_work(bob, arguments):
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    for flags in (["-G"], ["--fail"]):
        parser.add_argument(*flags, action="store_true")
    parser.add_argument("-X")
    for name in ("-H", "-d", "--data-urlencode"):
        parser.add_argument(name, action="append", default=[])
    given: Any = parser.parse_args(arguments)
    headers = dict(header.split(": ", 1) for header in given.H)
    address = given.address.replace("$TOKEN", token_of(ask(bob)) if "$TOKEN" in given.address else "")
    if given.G:
        answer = bob.get(address, params=dict(pair.split("=", 1) for pair in (*given.data_urlencode, *given.d)))
    elif given.d or given.X:
        answer = bob.request(given.X or "POST", address, content="&".join(given.d), headers=headers)
    else:
        answer = bob.get(address)
    assert answer.status_code in (200, 201, 204), answer.text


def commands() -> dict[str, argparse.ArgumentParser]:
    """The commands of `helpleaf` with their parsers."""
    actions = [each for each in _parser()._actions if isinstance(each, argparse._SubParsersAction)]
    return dict(actions[0].choices)


def options(command: argparse.ArgumentParser) -> Iterator[str]:
    """The options of a command and of all that it is told to do."""
    for action in command._actions:
        if isinstance(action, argparse._SubParsersAction):
            for each in action.choices.values():
                yield from options(each)
        elif action.dest != "help":
            yield from action.option_strings


def test_every_command_is_told_and_no_other():
    assert set(re.findall(r"(?:^|[/ ])helpleaf ([a-z]+)", CODE, re.MULTILINE)) == set(commands())


def test_every_option_of_a_command_is_told():
    for command in commands().values():
        assert [option for option in options(command) if option not in CODE] == []


def test_every_target_of_make_is_told_and_no_other():
    makefile = (ROOT / "Makefile").read_text()
    there = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE)) - {"help"}
    assert set(re.findall(r"\bmake ([a-z]+)", CODE)) == there
    for assignments in re.findall(r"\bmake [a-z]+((?: [A-Z]+=\S+)+)", CODE):
        for variable in re.findall(r"([A-Z]+)=", assignments):
            assert f"$({variable})" in makefile


def test_every_key_of_front_matter_is_told_and_no_other():
    assert named(MANUAL["docs/writing-articles.md"], "Key") == set(KEYS)


def test_every_kind_of_finding_is_told_and_no_other():
    page = MANUAL["docs/writing-articles.md"]
    assert named(page, "Kind") == set(get_args(Kind))
    assert {field.name for kind in (Finding, Figures) for field in msgspec.structs.fields(kind)} <= set(spans(page))


def test_every_fault_of_a_built_site_is_told_and_no_other():
    page = MANUAL["docs/hosting.md"]
    assert named(page, "Kind of fault") == set(get_args(SiteKind))
    assert {field.name for field in msgspec.structs.fields(Fault)} <= set(spans(page))


def test_what_browsers_keep_is_told():
    scripts = (ROOT / "ticket_api/site/assets").glob("*.js")
    used = {key for script in scripts for key in re.findall(r"[\"`](helpleaf\.[a-z]+)", script.read_text())}
    assert named(MANUAL["docs/privacy.md"], "Kept as") == used


def test_every_reserved_name_is_told():
    assert set(spans(MANUAL["docs/writing-articles.md"])) >= RESERVED


def test_every_state_is_told_with_where_it_leads():
    page = MANUAL["docs/working-the-queue.md"]
    states = named(page, "State")
    told = {name: set(cells[2].split(", ")) for cells in rows(page) for name in spans(cells[0]) if name in states}
    assert told == MOVES


def tree(page: str) -> list[str]:
    """The paths in a page's tree, two spaces for each folder that they are in."""
    block = next(
        block for block in re.findall(r"^```\n(.*?)^```", page, re.DOTALL | re.MULTILINE) if "cli.py " in block
    )
    folders: list[str] = []
    paths = []
    for line in block.rstrip().split("\n"):
        name = line.split()[0]
        depth = (len(line) - len(line.lstrip())) // 2
        folders = [*folders[:depth], name.rstrip("/")]
        paths.append("/".join(folders))
    return paths


def test_the_tree_of_the_house_is_the_one_that_stands():
    told = tree(MANUAL["docs/architecture.md"])
    package = ROOT / "ticket_api"
    modules = {path.relative_to(ROOT).as_posix() for path in package.rglob("*.py") if path.name != "__init__.py"}
    rooms = {path.parent.relative_to(ROOT).as_posix() for path in package.rglob("__init__.py")}
    assert sorted(told) == sorted(modules | rooms)


def test_what_is_where_names_what_is_there():
    block = re.search(r"^```\n(README\.md .*?)^```", MANUAL["README.md"], re.DOTALL | re.MULTILINE)
    assert block
    for line in block[1].strip().split("\n"):
        assert (ROOT / line.split()[0]).exists()


def test_the_layers_are_those_that_are_checked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
    assert "\n".join(layers).replace("ticket_api.", "") in MANUAL["docs/architecture.md"]


def test_each_fault_has_the_tests_that_are_told():
    faults = [row for row in rows(MANUAL["docs/architecture.md"]) if re.fullmatch(r"F\d+", row[0])]
    assert len(faults) == 23
    for label, *_, told in faults:
        for path in re.findall(r"`(tests/[^`]+)`", told):
            assert re.search(rf"\b{label}\b", (ROOT / path).read_text()), f"{path} doesn't name {label}"


def test_every_dependency_has_its_reason_and_no_other():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    there = {re.match(r"[\w-]+", requirement)[0] for requirement in wanted}
    assert named(MANUAL["docs/architecture.md"], "Package") == there


@pytest.mark.parametrize("page", MANUAL)
def test_every_link_leads_somewhere(page):
    for link in markdown.links(MANUAL[page]):
        if re.match(r"[a-z]+:", link.target):
            continue
        path, _, anchor = link.target.partition("#")
        target = (ROOT / page).parent / path if path else ROOT / page
        assert target.exists(), f"{page}:{link.line}: {link.target}"
        if anchor:
            assert anchor in markdown.anchors(target.read_text(encoding="utf-8")), f"{page}:{link.line}: {link.target}"
