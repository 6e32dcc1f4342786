"""PURE. One cell of a list of orders: an address, a day, an amount of money, a plan."""

import re
from collections.abc import Callable
from datetime import date
from typing import Literal, TypeVar
from zlib import crc32

from ticket_api.mailbox import address_key, is_mailbox

BUCKETS = 256
"""Into so many parts the customers are divided, by a checksum of their address."""
MOST_KEPT, MOST_ADDRESSES = 50_000, 200_000
"""Cells of a column that are remembered, so that the same one isn't read twice. An address costs about 250 bytes."""
LONGEST_PLAN = 100
LONGEST_CELL = 60
MOST_DIGITS = 12
"""Of an amount, before its decimals, also where they are grouped: the sum of ninety thousand fits into 64 bits."""
FIRST_YEAR = 1970

DayOrder = Literal["day", "month", ""]
"""Which comes first in 03/04/2026; "" where that isn't known."""

_DAY = re.compile(
    r"(?:(?P<y>\d{4})(?:-(?P<m>\d{1,2})-(?P<d>\d{1,2})|/(?P<m2>\d{1,2})/(?P<d2>\d{1,2})|年(?P<m3>\d{1,2})月(?P<d3>\d{1,2})日)"
    r"|(?P<d4>\d{1,2})\.(?P<m4>\d{1,2})\.(?P<y4>\d{4})|(?P<a>\d{1,2})/(?P<b>\d{1,2})/(?P<y5>\d{4}))"
    r"(?:[ T]\d{1,2}:\d{2}\S*(?: ?[+-]\d{2}:?\d{2}| ?[AaPp][Mm]| UTC)?)?",
    re.ASCII,
)
_PLAIN = re.compile(r"-?\d{1,12}(?:\.\d{1,2})?", re.ASCII)
_AMOUNT = re.compile(
    r"(?P<open>\()?(?P<minus>[-−+])? ?(?P<sign>[$€£¥￥₹]|[A-Z]{3})? ?(?P<minus2>[-−])?(?P<number>\d[\d.,' ]*)"
    r" ?(?P<sign2>[$€£¥￥₹元]|[A-Z]{3})?(?P<minus3>-)?(?P<close>\))?",
    re.ASCII,
)
_GROUPED = re.compile(r"\d{1,3}(?:([ '.,])\d{3}(?:\1\d{3})*)?(?:(?!\1)[.,]\d{1,2})?|\d{1,12}(?:[.,]\d{1,2})?", re.ASCII)

T = TypeVar("T")


class BadCell(ValueError):
    """A cell that can't be read; the message says why, as it follows the number of its line."""


class Read(dict[str, T]):
    """Cells that were read, each once while they are remembered."""

    def __init__(self, read: Callable[[str], T], most: int = MOST_KEPT) -> None:
        super().__init__()
        self._read = read
        self._most = most

    def __missing__(self, cell: str) -> T:
        if len(self) >= self._most:
            self.clear()
        found = self[cell] = self._read(cell)
        return found


def address(cell: str) -> tuple[str, int]:
    """The key of an address, and the bucket of its orders. Raises BadCell."""
    key = address_key(cell)
    if not is_mailbox(key):
        raise BadCell(f"{_shown(cell)} isn't an e-mail address" if cell.strip() else "the address is missing")
    return (cell if key == cell else key), bucket_of(key)  # the very same text takes its room once


def bucket_of(key: str) -> int:
    """In which part the orders of an address (its key) are."""
    return crc32(key.encode()) % BUCKETS


def day(cell: str, order: DayOrder, latest: int) -> int:
    """A day as an ordinal; a time of day behind it isn't kept. Raises BadCell, also for one after `latest`."""
    found = _DAY.fullmatch(cell.strip())
    if not found:
        raise BadCell(f"{_shown(cell)} is no date; write it as 2026-03-31" if cell.strip() else "the date is missing")
    part = found.groupdict()
    if part["a"] and not order:
        raise BadCell(f"{_shown(cell)} may begin with the day or the month; write it as 2026-03-31")
    if part["a"]:
        part["d"], part["m"] = (part["a"], part["b"]) if order == "day" else (part["b"], part["a"])
    year, month, number = (next(filter(None, (part[name] for name in names))) for names in _PARTS)
    try:
        ordinal = date(int(year), int(month), int(number)).toordinal()
    except ValueError:
        raise BadCell(f"there is no day {_shown(cell)}") from None
    if int(year) < FIRST_YEAR:
        raise BadCell(f"{_shown(cell)} is before {FIRST_YEAR}")
    if ordinal > latest:
        raise BadCell(f"{_shown(cell)} is still to come")
    return ordinal


_PARTS = (("y", "y4", "y5"), ("m", "m2", "m3", "m4"), ("d", "d2", "d3", "d4"))


def slashed(cell: str) -> tuple[int, int] | None:
    """The two numbers before the year of a day such as 03/31/2026; None for any other."""
    found = _DAY.fullmatch(cell.strip())
    return (int(found["a"]), int(found["b"])) if found and found["a"] else None


def amount(cell: str) -> tuple[int, str]:
    """An amount in cents, and the sign of its currency or "". Raises BadCell.

    The last comma or point with one or two digits behind it is that of the decimals. A negative one is a refund.
    """
    text = cell.strip().replace("\u00a0", " ").replace("\u202f", " ")
    if _PLAIN.fullmatch(text):
        return _cents(text), ""
    found = _AMOUNT.fullmatch(text)
    if not found or bool(found["open"]) != bool(found["close"]):
        raise BadCell(f"{_shown(cell)} is no amount; write it as 1234.50" if text else "the amount is missing")
    minus = [each for each in (found["open"], found["minus"], found["minus2"], found["minus3"]) if each]
    if len(minus) > 1:
        raise BadCell(f"{_shown(cell)} is no amount; write it as 1234.50")
    number = _plain(found["number"].strip(), cell)
    sign = (found["sign"] or found["sign2"] or "").replace("￥", "¥").replace("元", "¥")
    return (-_cents(number) if minus and minus != ["+"] else _cents(number)), sign


def _plain(number: str, cell: str) -> str:
    """A number with no more than a point in it."""
    if not _GROUPED.fullmatch(number):
        raise BadCell(f"{_shown(cell)} is no amount; write it as 1234.50")
    marks = [each for each in number if each in ".,"]
    if len(marks) == 1 and len(number) - number.index(marks[0]) == 4 and not set(number) & set(" '"):
        raise BadCell(f"{_shown(cell)} may have three decimals or be in the thousands; write it as 1234.50")
    decimals = len(marks) == 1 or (len(marks) > 1 and marks[-1] != marks[0])
    whole, _, rest = number.rpartition(marks[-1]) if decimals else (number, "", "")
    digits = re.sub("[ '.,]", "", whole)
    if len(digits) > MOST_DIGITS:
        raise BadCell(f"{_shown(cell)} is no amount; write it as 1234.50")
    return digits + (f".{rest}" if rest else "")


def _cents(number: str) -> int:
    whole, _, decimals = number.lstrip("-").partition(".")
    cents = int(whole) * 100 + int(decimals.ljust(2, "0") or 0)
    return -cents if number.startswith("-") else cents


def plan(cell: str) -> str:
    """The name of a plan, on one line. Raises BadCell."""
    text = " ".join(cell.split())
    if len(text) > LONGEST_PLAN:
        raise BadCell(f"the plan has more than {LONGEST_PLAN} characters")
    if "\0" in text:
        raise BadCell("the plan holds a character that can't be kept")
    return text


def _shown(cell: str) -> str:
    text = " ".join(cell.split())
    text = "".join(each if each.isprintable() else "\ufffd" for each in text)
    return text if len(text) <= LONGEST_CELL else f"{text[:LONGEST_CELL]}…"
