"""Synonyms: what customers call the same thing, in the owner's own list."""

import re
from collections.abc import Iterator, Mapping

from ticket_api.knowledge import frontmatter
from ticket_api.knowledge.article import decode
from ticket_api.knowledge.frontmatter import Item
from ticket_api.knowledge.problem import Problem
from ticket_api.knowledge.text import tokens

FILE = "synonyms.yml"
MOST_GROUPS = 1_000
MOST_MEMBERS = 20
LONGEST = 60
"""Characters of a word or phrase."""

CHINESE_COMMA = re.compile("[，、；]")
EXAMPLE = "- [refund, money back]"

Group = tuple[str, ...]
"""Two or more words or phrases that mean the same to customers, in any languages, as the owner wrote them."""

Members = Mapping[tuple[str, ...], Item]
"""The words or phrases of a group by what is looked up of them: refund and Refunds are one."""


def read_synonyms(data: bytes | None) -> tuple[tuple[Group, ...], list[Problem]]:
    """The groups of the file (None when there is none) in its order, and every problem. What is good counts anyway."""
    if data is None:
        return (), []
    try:
        listed = frontmatter.items(decode(data))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return (), [Problem(FILE, line, "This isn't UTF-8 text; save the file as UTF-8.")]
    except frontmatter.BadYaml as error:
        return (), [Problem(FILE, error.line, f"{error.message} A group looks like this: {EXAMPLE}")]
    groups: list[Members] = []
    problems = list(_too_many(listed, MOST_GROUPS, "groups in this file"))
    for item in listed[:MOST_GROUPS]:
        members, faults = _read_group(item)
        groups += [members] if len(members) > 1 else []
        problems += faults
    problems += _in_two_groups(groups)
    return tuple(tuple(_tidy(item) for item in members.values()) for members in groups), problems


def _read_group(group: Item) -> tuple[Members, list[Problem]]:
    """The members that can be looked up, and the problems of one group."""
    if group.items is None:
        message = f"This isn't a group; put its words in brackets, with commas between them, such as {EXAMPLE}"
        return {}, [Problem(FILE, group.line, message)]
    faults = list(_too_many(group.items, MOST_MEMBERS, "words in this group"))
    members: dict[tuple[str, ...], Item] = {}
    for item in group.items[:MOST_MEMBERS]:
        fault = _fault(item)
        if fault:
            faults.append(Problem(FILE, item.line, fault))
        else:
            members.setdefault(tuple(tokens(_tidy(item))), item)
    if len(members) < 2 and not faults:
        message = "A group needs two different words or phrases; add what else customers call it, or take it out."
        faults.append(Problem(FILE, group.line, message))
    return members, faults


def _fault(item: Item) -> str:
    """What is wrong with one member of a group, or ""."""
    if item.text is None:
        return f"A group holds words and phrases alone; write it as a plain list, such as {EXAMPLE}"
    text = _tidy(item)
    if len(text) > LONGEST:
        return f"{text[:20] + '…'!r} is longer than {LONGEST} characters; shorten it to a word or a short phrase."
    if not tokens(text):
        return f"{text!r} holds no word that is looked up; how, the and signs alone are not. Take it out."
    if CHINESE_COMMA.search(text):
        return f"{text!r} is one phrase to us; put a plain comma (,) between the words of a group."
    return ""


def _too_many(items: tuple[Item, ...], most: int, what: str) -> Iterator[Problem]:
    if len(items) > most:
        message = f"There are more than {most:,} {what}; from here on they don't count, so take some out."
        yield Problem(FILE, items[most].line, message)


def _in_two_groups(groups: list[Members]) -> Iterator[Problem]:
    first: dict[tuple[str, ...], int] = {}
    for members in groups:
        for key, item in members.items():
            if key in first:
                message = f"{_tidy(item)!r} is in the group on line {first[key]} too; join the two, or leave it in one."
                yield Problem(FILE, item.line, message, error=False)
        first |= {key: item.line for key, item in members.items() if key not in first}


def _tidy(item: Item) -> str:
    return " ".join((item.text or "").split())
