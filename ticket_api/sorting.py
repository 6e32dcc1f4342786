"""Sorting: what new tickets are about, learned from those whose category is known. In memory alone."""

import logging
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress

from msgspec import Struct

from ticket_api.errors import HelpleafError
from ticket_api.gathering import COUNTED, Gathering
from ticket_api.knowledge.document import Document
from ticket_api.knowledge.index import ArticleIndex
from ticket_api.knowledge.sorting import LONGEST, Example, Sorter, Verdict, terms_of
from ticket_api.store import Store
from ticket_api.tickets.ticket import OWNER, Ticket

MOST = 3_000
"""The most tickets that count, in all languages."""
OF_CUSTOMERS = 200
"""The most that count for one article by their customers' word alone: so much nonsense of strangers it can take."""
SECONDS = 1.0
"""Between two looks at the tickets and at the articles."""
AGAIN = 10.0
"""Seconds until the next try after a fault."""
BREATH = 0.002
"""Seconds between some tickets and the next, so that learning leaves the machine to the visitors."""
PATIENCE = 10.0
"""The most seconds that are waited for the thread at the end."""

log = logging.getLogger(__name__)


class Known(Struct, frozen=True):
    """A ticket that tells what it is about: the owner's word for its `category`, or else that of an article."""

    lang: str
    terms: tuple[str, ...]
    category: str = ""
    article: str = ""
    by_owner: bool = False


class _Enough(Exception):
    """The server ends."""


class Sorting:
    """Sorters by language, replaced as a whole: who judges keeps what it began with.

    From `start` to `close`, a thread of its own follows the tickets and the articles of `index`, which gives the ones
    in force.
    """

    def __init__(self, store: Store, index: Callable[[], ArticleIndex]) -> None:
        self._gathering = Gathering(store, known_of, _counting)
        self._index = index
        self._learned: ArticleIndex | None = None
        self._articles: dict[str, tuple[str, ...]] = {}
        self._sorters: Mapping[str, Sorter] | None = None
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._work, name="sorting", daemon=True)

    @property
    def ready(self) -> bool:
        """Whether it has read the tickets."""
        return self._sorters is not None

    def judge(self, ticket: Ticket) -> Verdict | None:
        """What a ticket is most likely about; None when nothing is known."""
        sorter = (self._sorters or {}).get(ticket.lang)
        return sorter.judge(text_of(ticket)) if sorter else None

    def words_for(self, ticket: Ticket, category: str) -> tuple[str, ...]:
        """The words of a ticket that speak for a category by what is known now, the strongest first."""
        sorter = (self._sorters or {}).get(ticket.lang)
        return sorter.words_for(text_of(ticket), category) if sorter else ()

    def start(self) -> None:
        """Begin to follow."""
        self._thread.start()

    def close(self) -> None:
        """End the thread, where there is one."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join(PATIENCE)

    def follow(self, go_on: Callable[[], object] = lambda: None) -> bool:
        """Learn what happened since the last call; whether anything changed. Raises StoreUnavailable.

        `go_on` is called between some tickets and the next, and may raise to end it.
        """
        index, changed = self._index(), self._gathering.follow(go_on)
        if self.ready and not changed and index is self._learned:
            return False
        self._sorters = self._learn(index, go_on)
        self._learned = index
        return True

    def _learn(self, index: ArticleIndex, go_on: Callable[[], object]) -> dict[str, Sorter]:
        categories = _categories(index)
        known: dict[str, list[Example]] = defaultdict(list)
        for each in self._gathering.gathered.values():
            category = each.category or categories.get(each.article, "")
            if category:
                known[each.lang].append(Example(each.terms, category))
        articles = self._articles_of(index)
        return {lang: Sorter(known[lang], articles[lang], go_on) for lang in known.keys() | articles.keys()}

    def _articles_of(self, index: ArticleIndex) -> dict[str, list[Example]]:
        """What speaks for each category before anybody asked, by language; read once of each article."""
        found: dict[str, list[Example]] = defaultdict(list)
        read = {}
        for lang, shelf in index.shelves.items():
            for document in shelf.documents:
                if document and document.entry.category:
                    read[document.stamp] = terms = self._articles.get(document.stamp) or _terms(document)
                    found[lang].append(Example(terms, document.entry.category))
        self._articles = read
        return found

    def _work(self) -> None:
        with suppress(_Enough):
            while not self._ending.is_set():
                self._ending.wait(SECONDS if self._keep_up() else AGAIN)

    def _keep_up(self) -> bool:
        """Whether it could follow. A fault costs what was learned: nothing of it may outlive an erase."""
        try:
            self.follow(self._go_on)
        except HelpleafError:  # whoever needs the store is told
            return False
        except _Enough:
            raise
        except Exception:
            log.exception("What tickets are about can't be learned")
            self._sorters = {}
            return False
        return True

    def _go_on(self) -> None:
        if self._ending.wait(BREATH):
            raise _Enough


def text_of(ticket: Ticket) -> str:
    """What a ticket is sorted by."""
    return f"{ticket.subject}\n{ticket.question}"[:LONGEST]


def known_of(ticket: Ticket) -> Known | None:
    """What a ticket tells of what it is about: by the owner's choice, else by the article that answered or solved it.

    An article counts only if it was offered for it: so nobody can have any article stand for any question. What was
    sorted by itself, or by a rule, teaches nothing.
    """
    if ticket.status not in COUNTED or ticket.merged_into:
        return None
    if ticket.category and ticket.category.by == OWNER:
        chosen = ticket.category.name
        return Known(ticket.lang, terms_of(text_of(ticket)), chosen, by_owner=True) if chosen else None
    article = ticket.answered_by or ticket.solved_by
    if not article or article not in {offer.id for offer in ticket.offers}:
        return None
    return Known(ticket.lang, terms_of(text_of(ticket)), article=article, by_owner=bool(ticket.answered_by))


def _counting(known: Mapping[int, Known]) -> dict[int, Known]:
    """The newest that count: of the same words once, by customers so many for an article, so many in all."""
    counting: dict[int, Known] = {}
    seen: set[Known] = set()
    of_customers: Counter[str] = Counter()
    for ticket_id in sorted(known, reverse=True):
        each = known[ticket_id]
        full = len(counting) >= MOST or (not each.by_owner and of_customers[each.article] >= OF_CUSTOMERS)
        if full or each in seen or not each.terms:
            continue
        of_customers[each.article] += not each.by_owner
        seen.add(each)
        counting[ticket_id] = each
    return counting


def _categories(index: ArticleIndex) -> dict[str, str]:
    """The category of each article."""
    documents = (document for shelf in index.shelves.values() for document in shelf.documents if document)
    return {document.entry.id: document.entry.category for document in documents}


def _terms(document: Document) -> tuple[str, ...]:
    return terms_of("\n".join((document.entry.title, *document.questions)))
