"""The owner's desk at 100,000 tickets, beside django-helpdesk and a bare page of the same rows.

DESK_PARTS names the parts that are run, such as `pages browser`; without it, all are: pages, peer, asking, browser.
DESK_TICKETS is how many tickets there are; the targets are for 100,000.
"""

import gzip
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path

from playwright.sync_api import Browser

from benchmarks import _desk_bare as bare_page
from benchmarks import _desk_browser as seen
from benchmarks._desk_lists import address, lists, utc_now
from benchmarks._desk_rounds import Field, asking, beside_peer, pages, require_same_rows
from benchmarks._desk_serving import Client, bare, ours, peer, write_desk, write_peer
from benchmarks._desk_tables import page_ratios, peer_ratios, print_asked, print_beside, print_pages
from benchmarks._desk_targets import TARGETS
from benchmarks._desk_tickets import LONG_EVERY, tickets
from benchmarks._measure import Figure, Progress
from benchmarks._parts import chosen
from benchmarks._site_pages import LANGUAGES, SCHEMES
from benchmarks._site_serving import chromium
from benchmarks._store_http import Desk
from benchmarks._targets import print_figures
from ticket_api.tickets.row import VIEWS

BUILD = Path(__file__).parents[1] / "build"
MANY, FEW = 100_000, 1_000
STATES = len(LANGUAGES) * len(SCHEMES)
QUESTIONS = ((seen.QUESTION, "en"), ("这个月扣了我两次钱，怎么退？", "zh"))

Figures = dict[str, Figure]


def main() -> int:
    """Measure, and print; 2 with one sentence for a part that there is none of, or a peer that isn't installed."""
    wanted = chosen("DESK_PARTS", PARTS)
    if not wanted:
        return 2
    if not find_spec("helpdesk") or not find_spec("gunicorn"):
        print("django-helpdesk is not installed; `make bench NAME=desk` installs it.", file=sys.stderr)
        return 2
    figures: Figures = {}
    with tempfile.TemporaryDirectory(prefix="bench-desk-", dir=BUILD) as folder:  # /tmp may be memory: nothing to sync
        workshop = Workshop(Path(folder))
        for name in wanted:
            figures |= PARTS[name](workshop)
    print_figures(figures, TARGETS)
    return 0


class Workshop:
    """Makes desks in a folder; what was made once is there for whoever needs it next."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.build = folder / "build"
        self.count = int(os.environ.get("DESK_TICKETS", MANY))
        self.now = utc_now()

    def desk(self, count: int) -> Path:
        """The data folder of a desk of ours with so many tickets."""
        folder = self.folder / f"desk-{count}"
        if not folder.exists():
            write_desk(folder, tickets(count, self.now), Progress(f"Writing {count:,} tickets", count))
        return folder

    def bare(self) -> Path:
        """The folder of the bare page's database."""
        bare_page.fill(self.folder, tickets(self.count, self.now), Progress("Writing the bare page's", self.count))
        return self.folder


def _pages(workshop: Workshop) -> Figures:
    many, few, plain = workshop.desk(workshop.count), workshop.desk(FEW), workshop.bare()
    with ours(many, workshop.build) as (_, one), ours(few, workshop.build) as (_, other), bare(plain) as by_hand:
        field = Field(one, other, by_hand, workshop.now)
        rows = require_same_rows(field)
        times = pages(field)
        largest = max(len(gzip.compress(one.get(path).encode())) for path in lists(workshop.now).values()) / 1000
    print_pages(times, rows)
    return page_ratios(times, rows) | {"queue_kb": Figure(largest, largest, largest)}


def _peer(workshop: Workshop) -> Figures:
    theirs = workshop.folder / "peer"
    theirs.mkdir()
    with write_peer(theirs, workshop.count, workshop.now) as loading:
        many, session = workshop.desk(workshop.count), _session(loading)
    with ours(many, workshop.build) as (_, one), peer(theirs, session) as other:
        times = beside_peer(one, other)
    print_beside(times)
    return peer_ratios(times)


def _asking(workshop: Workshop) -> Figures:
    with ours(workshop.desk(workshop.count), workshop.build) as (desk, _):
        asked = asking(desk, workshop.now)
    print_asked(asked)
    return {"ask_busy_vs_idle": asked.ratio()}


def _browser(workshop: Workshop) -> Figures:
    with chromium() as browser, ours(workshop.desk(FEW), workshop.build) as (_, few):
        first, after = seen.requests(browser, few)
        missed = seen.off_screen(browser, few, [f"/desk/tickets/{LONG_EVERY}", "/desk/tickets/1"])
        paths = seen.desk_paths(few)
        progress = Progress("Pages of the desk", STATES * len(paths))
        found = list(seen.findings(browser, few, paths, False, progress.step))
    with chromium() as browser, ours(workshop.folder / "new", workshop.build) as (desk, new):
        found += _new_desk(browser, desk, new)
        keys = seen.keys_to_answer(browser, new)
    print(f"The first visit to the queue asks for {', '.join(first)},\nand the next for {', '.join(after)}.")
    print("".join(f"Not on screen at {path}.\n" for path in missed), end="")
    print("".join(f"{each}\n" for each in dict.fromkeys(found)), end="")
    if keys is None:
        print("A ticket can't be answered with an article by keys alone.")
    counts = {"requests_first": len(first), "requests_after": len(after), "off_screen": len(missed)}
    counts |= {"axe_findings": len(found)} | ({} if keys is None else {"keys_to_answer": keys})
    return {name: Figure(count, count, count) for name, count in counts.items()}


def _new_desk(browser: Browser, desk: Desk, client: Client) -> list[str]:
    """What axe-core finds at a desk without tickets, and on a customer's pages; a ticket waits afterwards."""
    empty = [address(view) for view in (*VIEWS, "all")]
    asked = [seen.ask(desk, question, lang) for question, lang in QUESTIONS]
    links = [path for _, path in asked]
    replies = ("reply", "reply_solve")
    guest = ["/desk/login", "/ask", "/ask?message=Hello", "/find", *links]
    progress = Progress("Pages of a customer", STATES * (len(empty) + (1 + len(replies)) * len(guest)))
    found = list(seen.findings(browser, client, empty, False, progress.step))
    found += seen.findings(browser, client, guest, True, progress.step)
    for how in replies:
        for ticket, _ in asked:
            seen.reply(desk, ticket, how)
        found += seen.findings(browser, client, links, True, progress.step)
    seen.ask(desk, *QUESTIONS[0])
    return found


def _session(loading: "subprocess.Popen[str]") -> str:
    told, _ = loading.communicate()
    if loading.returncode:
        raise SystemExit("django-helpdesk's database could not be made; what went wrong stands above.")
    return told.strip()


PARTS: Mapping[str, Callable[[Workshop], Figures]] = {
    "pages": _pages,
    "peer": _peer,
    "asking": _asking,
    "browser": _browser,
}

if __name__ == "__main__":
    sys.exit(main())
