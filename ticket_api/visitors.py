"""What visitors of the help site say without asking: whether an article helped, and what they searched for."""

from datetime import datetime

from ticket_api import searches
from ticket_api.current import CurrentIndex
from ticket_api.errors import NotFound
from ticket_api.question import check_storable
from ticket_api.store import Store
from ticket_api.store.records import Feedback


class Visitors:
    """Their use cases over one store and the current index; nothing in them says who. `now` is an aware UTC time."""

    def __init__(self, store: Store, current: CurrentIndex, *, comment_limit: int) -> None:
        self._store = store
        self._current = current
        self._limit = comment_limit

    def vote(self, article: str, helpful: bool, lang: str, now: datetime, *, comment: str = "") -> None:
        """Store an answer to "Was this helpful?". Raises NotFound and Invalid."""
        self._keep(Feedback(article=article, lang=lang, helpful=helpful, comment=comment, at=now))

    def comment(self, article: str, lang: str, now: datetime, *, comment: str) -> None:
        """Store what a visitor missed, whose "no" was counted before. Raises NotFound and Invalid."""
        self._keep(Feedback(article=article, lang=lang, helpful=False, comment=comment, at=now, follows=True))

    def count_search(self, q: str, lang: str, results: int, opened: str, now: datetime) -> None:
        """Count what a visitor searched for, without anything about who; what was opened must be an article (its id).

        Nothing is stored without words, nor when the day is full.
        """
        known = opened if self._current.index.has(opened) else ""
        if search := searches.search_of(q, lang, results, known, now.date()):
            self._store.add_search(search, most=searches.MOST_A_DAY)

    def _keep(self, feedback: Feedback) -> None:
        if not self._current.index.has(feedback.article):
            raise NotFound("unknown_article", field="article", article=feedback.article)
        check_storable("comment", feedback.comment, self._limit)
        self._store.add_feedback(feedback)
