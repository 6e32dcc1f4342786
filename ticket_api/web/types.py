"""What may enter and leave over HTTP: the one definition, from which the checks and openapi.json are made."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, convert, structs

from ticket_api import mailbox
from ticket_api.knowledge.reasons import marked_by
from ticket_api.question import VISIBLE
from ticket_api.suggestion import Reason, Suggestion
from ticket_api.tickets.ticket import Ticket

KEY = "[!-~]{16,200}"
"""An Idempotency-Key: long enough that nobody guesses another's."""


def described(**schema: object) -> Meta:
    """What a rule of the use cases looks like in openapi.json; the use case itself holds it."""
    return Meta(extra_json_schema=schema)


STORABLE = described(pattern=r"^[^\u0000]*$")
Line = Annotated[str, Meta(max_length=200), STORABLE]
Email = Annotated[str, Meta(max_length=mailbox.LONGEST), described(pattern=rf"^\s*({mailbox.ASCII})?\s*$")]
Path = Annotated[str, Meta(max_length=2000), described(pattern=r"^(/[^\u0000]*)?$")]
Query = Annotated[str, Meta(max_length=2000), STORABLE]
Language = Annotated[str, Meta(max_length=35, description="en or zh; empty: the browser's language.")]
PIECES = Meta(
    description="The excerpt in pieces. Those at places 1, 3, 5, ..., counted from 0, hold words of the question."
)
ArticleId = Annotated[str, Meta(min_length=1, max_length=300)]
Text = Annotated[str, Meta(min_length=1), described(pattern=rf"^[^\u0000]*{VISIBLE}[^\u0000]*$")]


class Input(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all that enters: unknown fields are refused."""


class SearchQuery(Input, frozen=True, kw_only=True):
    """The search box."""

    q: Query
    lang: Language = ""
    limit: Annotated[int, Meta(ge=1, le=50)] = 10


class SuggestionsQuery(Input, frozen=True, kw_only=True):
    """A question that is being typed, and the path of the page it is typed on."""

    q: Query
    lang: Language = ""
    page: Path = ""
    limit: Annotated[int, Meta(ge=1, le=3)] = 3


class NewTicket(Input, frozen=True, kw_only=True):
    """A question for the owner."""

    message: Text
    subject: Line = ""
    name: Line = ""
    email: Email = ""
    lang: Language = ""
    page: Path = ""
    form: Annotated[str, Meta(max_length=200, description="What GET /api/form gave; may be missing.")] = ""
    topic: Annotated[str, Meta(max_length=200, description="Of a field that people don't see: leave it empty.")] = ""


class Solved(Input, frozen=True, kw_only=True):
    """The article that solved it."""

    article: ArticleId


class Nothing(Input, frozen=True, kw_only=True):
    """No field at all: an empty object or an empty body."""


class NewMessage(Input, frozen=True, kw_only=True):
    """A further message."""

    message: Text


class NewRating(Input, frozen=True, kw_only=True):
    """How the answer was, from 1 (bad) to 5 (good), and why."""

    score: Annotated[int, Meta(ge=1, le=5)]
    comment: Annotated[str, STORABLE] = ""


class NewRequester(Input, frozen=True, kw_only=True):
    """Who asked, as the owner says."""

    name: Line
    email: Email


class NewFeedback(Input, frozen=True, kw_only=True):
    """The answer to "Was this helpful?"."""

    article: ArticleId
    helpful: bool
    comment: Annotated[str, STORABLE] = ""
    lang: Language = ""


class NewSearch(Input, frozen=True, kw_only=True):
    """What was searched for, how many articles were shown, and the id of the one that was opened."""

    q: Annotated[str, Meta(max_length=2000)]
    lang: Language = ""
    results: Annotated[int, Meta(ge=0, le=100_000)]
    opened: Annotated[str, Meta(max_length=300)] = ""


class SuggestionReply(Struct, frozen=True):
    """An article offered for a question."""

    id: str
    url: str
    title: str
    section: Annotated[str, Meta(description="The heading that the excerpt stands under, or empty.")]
    excerpt: str
    marked: Annotated[tuple[str, ...], PIECES]
    marked_title: Annotated[tuple[str, ...], Meta(description="The title, cut in the same way.")]
    lang: str
    score: float
    why: tuple[Reason, ...]


class SearchReply(Struct, frozen=True):
    """What a search found, best first."""

    results: list[SuggestionReply]


class SuggestionsReply(Struct, frozen=True):
    """At most three suggestions, best first; none when no article is confident enough."""

    suggestions: list[SuggestionReply]


class FormReply(Struct, frozen=True):
    """A form that was begun: its token may be posted once, 3 seconds to 24 hours later."""

    form: str


class TicketReply(Struct, frozen=True):
    """A ticket as its requester may see it; `link` is absolute and secret."""

    id: int
    status: Literal["offered", "open", "waiting", "solved", "deflected"]
    link: str
    suggestions: list[SuggestionReply]


class TakenReply(Struct, frozen=True):
    """A message of a hook was taken: the number of its ticket, without the secret link."""

    ticket: int


class Thanks(Struct, frozen=True):
    """The feedback was stored."""

    status: Literal["stored"] = "stored"


class Health(Struct, frozen=True):
    """How the server is. `warnings` are sentences for the owner."""

    status: Literal["ok", "failing"]
    articles: int
    store: Literal["ok", "failing"]
    version: str
    warnings: tuple[str, ...] = ()


class ErrorDetail(Struct, frozen=True, omit_defaults=True):
    """What was wrong: a code for programs, a sentence for people, and the field that is to blame.

    `text`: the words that were sent, when the server could not store them.
    """

    code: str
    message: str
    field: str | UnsetType = UNSET
    text: str | UnsetType = UNSET


class ErrorReply(Struct, frozen=True):
    """Every answer that isn't a success."""

    error: ErrorDetail


def suggestion_reply(suggestion: Suggestion) -> SuggestionReply:
    """Translate a suggestion for the outside."""
    marked = marked_by(suggestion.excerpt, suggestion.why)
    marked_title = marked_by(suggestion.title, suggestion.why)
    return convert(structs.asdict(suggestion) | {"marked": marked, "marked_title": marked_title}, SuggestionReply)


def ticket_reply(ticket: Ticket, link: str) -> TicketReply:
    """Translate a ticket for its requester, who isn't told of a quarantine."""
    status = "open" if ticket.status == "quarantined" else ticket.status
    return TicketReply(ticket.id, status, link, [suggestion_reply(offer) for offer in ticket.offers])
