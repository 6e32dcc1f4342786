"""What is known of a requester beside the tickets, and of who has only ordered."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime

from msgspec import Struct
from msgspec.structs import replace

from ticket_api.errors import Invalid
from ticket_api.tickets.message import Note
from ticket_api.tickets.orders import Figures, Loyalty, Risk, risk_of
from ticket_api.tickets.tag import spelling


class Profile(Struct, frozen=True, kw_only=True):
    """A customer as priorities and rules see them. `value` is in which fifth of all customers, from 1 to 5 for the most
    valuable, 0 where no orders are known; `plan` is "" where none is."""

    plan: str = ""
    value: int = 0
    tags: tuple[str, ...] = ()


NOBODY = Profile()
"""A requester of whom nothing is known."""

LONGEST_NAME, LONGEST_FIELD, LONGEST_NOTE = 60, 500, 5_000
MOST_TAGS, MOST_FIELDS, MOST_NOTES, MOST_MERGED = 30, 30, 200, 10

BUYER = "x"
"""What the ids of those begin with who have only ordered; the ids of requesters begin with no such letter."""
_NEVER = datetime(1970, 1, 1).toordinal()
_BUYER_ID = re.compile(r"x((?:[0-9a-f]{2}){1,1016})")


def buyer_id(address: str) -> str:
    """What stands for the id of a requester where somebody has only ordered: the key of the address, in hex."""
    return BUYER + address.encode().hex()


def buyer_address(requester: str) -> str:
    """The key of the address that such an id is made of; "" for the id of a requester, and for what is none."""
    found = _BUYER_ID.fullmatch(requester)
    try:
        return bytes.fromhex(found[1]).decode() if found else ""
    except UnicodeDecodeError:
        return ""


class Kept(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is kept of a requester, as `Profile` reads it too: plan, value and tags are those of all addresses together.

    `address` is the key of theirs. `own_plan` and `own_tags` are the owner's words about this address, `fields` by
    name, `notes` by time. `merged` are the ids of requesters who are the same person, `into` is the one that this is
    merged into. `orders` are the figures of all addresses, `loyalty` is None where there are too few customers.
    """

    address: str = ""
    plan: str = ""
    value: int = 0
    tags: tuple[str, ...] = ()
    own_plan: str = ""
    own_tags: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    notes: tuple[Note, ...] = ()
    merged: tuple[str, ...] = ()
    into: str = ""
    orders: Figures | None = None
    loyalty: Loyalty | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known but the address."""
        return self == Kept(address=self.address)


def settled(group: Mapping[str, Kept], main: str, orders: Figures | None, loyalty: Loyalty | None) -> dict[str, Kept]:
    """All of one person, by requester, with plan, value and tags as they follow from the owner's words and the orders.

    The owner's plan comes before that of the last order, the main address's before that of the others.
    """
    ordered = [group[main], *(each for name, each in group.items() if name != main)]
    plan = next((each.own_plan for each in ordered if each.own_plan), orders.plan if orders else "")
    tags = tuple(sorted({tag for each in ordered for tag in each.own_tags}))
    value = loyalty.value if loyalty else 0
    return {
        name: replace(
            each,
            plan=plan,
            value=value,
            tags=tags,
            orders=orders if name == main else None,
            loyalty=loyalty if name == main else None,
        )
        for name, each in group.items()
    }


def tagged(kept: Kept, tag: str) -> Kept:
    """With a tag more. Raises Invalid."""
    spelled = spelling(tag)
    if not spelled:
        raise Invalid("missing_tag", field="tag")
    if len(spelled) > LONGEST_NAME:
        raise Invalid("field_too_long", field="tag", name="tag", limit=LONGEST_NAME)
    tags = tuple(sorted({*kept.own_tags, spelled}))
    if len(tags) > MOST_TAGS:
        raise Invalid("many_of_customer", field="tag", limit=MOST_TAGS)
    return replace(kept, own_tags=tags)


def untagged(kept: Kept, tag: str) -> Kept:
    """Without a tag."""
    return replace(kept, own_tags=tuple(each for each in kept.own_tags if each != tag))


def planned(kept: Kept, plan: str) -> Kept:
    """With the plan that the owner says; "" leaves it to the orders. Raises Invalid."""
    name = " ".join(plan.split())
    if len(name) > LONGEST_NAME:
        raise Invalid("field_too_long", field="plan", name="plan", limit=LONGEST_NAME)
    return replace(kept, own_plan=name)


def with_field(kept: Kept, name: str, value: str) -> Kept:
    """With an own field, in place of one of that name; an empty value takes it away. Raises Invalid."""
    known, given, text = dict(kept.fields), " ".join(name.split()), value.strip()
    if not given:
        raise Invalid("empty_field", field="name", name="name")
    if len(given) > LONGEST_NAME:
        raise Invalid("field_too_long", field="name", name="name", limit=LONGEST_NAME)
    if len(text) > LONGEST_FIELD:
        raise Invalid("field_too_long", field="value", name="value", limit=LONGEST_FIELD)
    known.pop(given, None)
    fields = {**known, given: text} if text else known
    if len(fields) > MOST_FIELDS:
        raise Invalid("many_of_customer", field="name", limit=MOST_FIELDS)
    return replace(kept, fields=tuple(fields.items()))


def noted(kept: Kept, text: str, now: datetime) -> Kept:
    """With a note more; the same words twice in a row, by a second click, are one. Raises Invalid."""
    if not text.strip():
        raise Invalid("missing_note", field="note")
    if len(text) > LONGEST_NOTE:
        raise Invalid("field_too_long", field="note", name="note", limit=LONGEST_NOTE)
    if len(kept.notes) >= MOST_NOTES:
        raise Invalid("many_of_customer", field="note", limit=MOST_NOTES)
    if kept.notes and kept.notes[-1].text == text:
        return kept
    return replace(kept, notes=(*kept.notes, Note(text, now)))


def unnoted(kept: Kept, number: int) -> Kept:
    """Without the note with this number, from 0."""
    return replace(kept, notes=tuple(note for place, note in enumerate(kept.notes) if place != number))


def joined(kept: Kept, former: Kept) -> Kept:
    """What is kept of a requester, with what the owner said of them while they had only ordered."""
    return replace(
        kept,
        own_plan=kept.own_plan or former.own_plan,
        own_tags=tuple(sorted({*kept.own_tags, *former.own_tags})),
        fields=tuple({**dict(former.fields), **dict(kept.fields)}.items()),
        notes=tuple(sorted((*former.notes, *kept.notes), key=lambda note: note.at)),
    )


class Customer(Struct, frozen=True, kw_only=True):
    """A customer as the list shows them: all that is known of the person, whatever the address.

    `messages` are those that they wrote, `scores` their ratings from 1 to 5, `open` tickets wait for the owner; `first`
    and `last` are when they wrote, or ordered where they never wrote, and have no `lang` then.
    """

    requester: str
    address: str
    name: str = ""
    lang: str = "en"
    tickets: int = 0
    open: int = 0
    messages: int = 0
    scores: tuple[int, ...] = ()
    first: datetime
    last: datetime
    kept: Kept = Kept()

    @property
    def badly_rated(self) -> int:
        """How many of their tickets they rated 1 or 2."""
        return sum(score <= 2 for score in self.scores)

    def risk(self, today: int) -> Risk:
        """Their risk of leaving."""
        return risk_of(self.kept.orders, self.open, self.badly_rated, today)


SORTS: Mapping[str, Callable[[Customer, int], int]] = {
    "seen": lambda customer, _: int(customer.last.timestamp() * 1000),
    "value": lambda customer, _: customer.kept.orders.cents if customer.kept.orders else -(1 << 62),
    "risk": lambda customer, today: round(customer.risk(today).score * 1_000_000),
}
"""What customers are sorted by, the greatest first."""


def sorted_by(customers: Iterable[Customer], sort: str, today: int) -> Sequence[tuple[int, Customer]]:
    """Customers in their order, each with what it is by; of the same, by the id."""
    read = SORTS[sort]
    return sorted(((read(each, today), each) for each in customers), key=lambda pair: (-pair[0], pair[1].requester))


def buyer(requester: str, kept: Kept) -> Customer:
    """A customer who never wrote; what is kept of them holds their address."""
    days = (kept.orders.first, kept.orders.last) if kept.orders else (_NEVER, _NEVER)
    first, last = (datetime.fromordinal(day).replace(tzinfo=UTC) for day in days)
    return Customer(requester=requester, address=kept.address, lang="", first=first, last=last, kept=kept)
