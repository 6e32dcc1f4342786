"""Priority: how important a ticket is and how urgent, each from 1 to 5, and why.

Every part gives points, above or below what is usual, times its weight; importance and urgency are what is usual with
the points of their parts, held between 1 and 5. score = (a x importance + b x urgency) / (a + b), the weighted mean.
All of it changes in steps, at instants known ahead: so an order stays right when only what is due is looked at.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Literal, NamedTuple, get_args

from msgspec import Meta, Struct

from ticket_api.tickets.customers import NOBODY, Profile
from ticket_api.tickets.ticket import Ticket
from ticket_api.tickets.timeline import Timeline
from ticket_api.tickets.urgent_words import Tone, Words

Quadrant = Literal["now", "soon", "plan", "whenever"]
QUADRANTS: tuple[Quadrant, ...] = get_args(Quadrant)
"""Both high; urgent; important; neither."""
PartName = Literal["plan", "value", "category", "words", "waiting", "target", "written"]
PARTS: tuple[PartName, ...] = get_args(PartName)
IMPORTANT: frozenset[PartName] = frozenset({"plan", "value", "category"})
"""The parts of importance; the others are of urgency."""
USUAL_IMPORTANCE, USUAL_URGENCY = 3.0, 2.0
"""What a ticket has of which nothing is known but that it is there."""
HIGH = 4.0
"""From here on importance and urgency are high."""
LEAST, MOST = 1.0, 5.0
MIDDLE = 3
WAITING = ((timedelta(days=3), 2.0), (timedelta(days=1), 1.0))
"""Points for who has waited so long, by the clock on the wall."""
WORDS_URGENT, WORDS_CALM = 2.0, -1.0
STEPS = ("", "half", "most", "late")
"""What is said of the points that a target gives."""
MOST_WRITTEN = 3
"""The first message of the owner's turn gives no point, the second one, the third two, and no more."""

Weight = Annotated[float, Meta(ge=0, le=10)]
Level = Annotated[int, Meta(ge=1, le=5)]
Phrase = Annotated[str, Meta(min_length=1, max_length=60)]


class Weights(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The owner's table of priorities: `importance` and `urgency` are a and b, then comes the weight of each part.

    `categories` says from 1 to 5 how important each category is, by its name; 3 is usual. The words are looked for
    beside ours. Raises ValueError for what can't be weighed with.
    """

    importance: Weight = 1.0
    urgency: Weight = 1.0
    plan: Weight = 1.0
    value: Weight = 0.5
    category: Weight = 1.0
    words: Weight = 1.0
    waiting: Weight = 1.0
    target: Weight = 1.0
    written: Weight = 1.0
    categories: dict[str, Level] = {}
    urgent_words: Annotated[tuple[Phrase, ...], Meta(max_length=200)] = ()
    calm_words: Annotated[tuple[Phrase, ...], Meta(max_length=200)] = ()

    def __post_init__(self) -> None:
        """Check what a type can't say."""
        if not self.importance + self.urgency:
            raise ValueError("importance and urgency can't both be 0, as nothing would count then")
        blank = [word for word in (*self.urgent_words, *self.calm_words) if not word.strip()]
        if blank:
            raise ValueError("a word in urgent_words or calm_words is blank, and would be found in every question")
        both = {word.strip().casefold() for word in self.urgent_words} & {w.strip().casefold() for w in self.calm_words}
        if both:
            raise ValueError(f"“{min(both)}” can't be in urgent_words and in calm_words")


class Scale:
    """The owner's tables, ready to be looked things up in. Names of plans and categories count without case."""

    def __init__(self, weights: Weights | None = None, plans: Mapping[str, int] | None = None) -> None:
        self.weights = weights or Weights()
        self.plans = {name.strip().casefold(): level for name, level in (plans or {}).items()}
        self.categories = {name.strip().casefold(): level for name, level in self.weights.categories.items()}
        self.words = Words(
            *([w.strip() for w in each] for each in (self.weights.urgent_words, self.weights.calm_words))
        )


class Target(NamedTuple):
    """When half and three quarters of the time for an answer have passed, and when all of it has."""

    half: datetime
    most: datetime
    due: datetime


class Facts(Struct, frozen=True, omit_defaults=True, gc=False):
    """What of a ticket counts. Levels are from 1 to 5, 0 where none is known; `written` counts the requester's messages
    since the owner's last, `since` is when the first of them came, `owner` is the owner's own word on it, 0 for none.
    """

    since: datetime
    plan: str = ""
    plan_level: int = 0
    value: int = 0
    category: str = ""
    category_level: int = 0
    urgent: str = ""
    calm: str = ""
    written: int = 0
    owner: int = 0
    target: Target | None = None


class Part(NamedTuple):
    """What one part gives: `points` above or below what is usual, not yet weighed. `reason` is a code, `about` what
    stands in its sentence: a name, a word or a number."""

    name: PartName
    points: float
    weight: float
    reason: str
    about: str = ""


class Assessment(Struct, frozen=True, gc=False):
    """How much a ticket presses. `until` is when that may change next, None for never. `owner`: the owner's own word,
    which `score` then is, 0 where there is none; `computed` is the score without it."""

    score: float
    importance: float
    urgency: float
    quadrant: Quadrant
    parts: tuple[Part, ...]
    until: datetime | None
    owner: int = 0
    computed: float = 0.0

    @property
    def points(self) -> tuple[tuple[str, float], ...]:
        """The parts as they are kept beside a correction: names, and points before they are weighed."""
        return tuple((part.name, part.points) for part in self.parts)


def facts_of(
    ticket: Ticket, scale: Scale, profile: Profile = NOBODY, *, since: datetime, target: Target | None = None
) -> Facts:
    """What of a ticket counts. `since`: since when its requester waits (`row.since`)."""
    texts = _turn(ticket)
    written = len(texts)
    if not ticket.answered and ticket.subject:
        texts.append(ticket.subject)
    tone = scale.words.tone("\n".join(texts)) if texts else Tone()
    category = ticket.category.name if ticket.category else ""
    return Facts(
        since,
        profile.plan,
        scale.plans.get(profile.plan.strip().casefold(), 0) if profile.plan else 0,
        profile.value,
        category,
        scale.categories.get(category.strip().casefold(), 0) if category else 0,
        tone.urgent,
        tone.calm,
        written,
        ticket.priority or 0,
        target,
    )


def _turn(ticket: Ticket) -> list[str]:
    """What the requester has written since the owner's last message, the newest first."""
    texts = []
    for message in reversed(ticket.messages):
        if message.author == "owner":
            break
        if message.author == "requester":
            texts.append(message.text)
    return texts


def target_of(timeline: Timeline, since: datetime, span: timedelta) -> Target:
    """The steps on the way to when `span` of opening time has passed."""
    return Target(*timeline.steps(since, span))


def assess(facts: Facts, weights: Weights, now: datetime) -> Assessment:
    """How much a ticket presses by now."""
    parts = [part for part in (*_important(facts, weights), *_urgent(facts, weights, now)) if part.points]
    importance, urgency = levels([(part.name, part.points * part.weight) for part in parts])
    computed = mean(importance, urgency, weights)
    quadrant = quadrant_of(importance, urgency)
    if facts.owner:
        quadrant = quadrant_of_word(facts.owner, importance, urgency)
    score = float(facts.owner or computed)
    return Assessment(score, importance, urgency, quadrant, tuple(parts), _until(facts, now), facts.owner, computed)


def _important(facts: Facts, weights: Weights) -> list[Part]:
    parts = []
    if facts.plan_level:
        parts.append(Part("plan", float(facts.plan_level - MIDDLE), weights.plan, "plan", facts.plan))
    if facts.value:
        parts.append(Part("value", float(facts.value - MIDDLE), weights.value, "value", str(facts.value)))
    if facts.category_level:
        points = float(facts.category_level - MIDDLE)
        parts.append(Part("category", points, weights.category, "category", facts.category))
    return parts


def _urgent(facts: Facts, weights: Weights, now: datetime) -> list[Part]:
    parts = []
    if facts.urgent:
        parts.append(Part("words", WORDS_URGENT, weights.words, "urgent", facts.urgent))
    elif facts.calm:
        parts.append(Part("words", WORDS_CALM, weights.words, "calm", facts.calm))
    waited = now - facts.since
    for span, points in WAITING:
        if waited >= span:
            parts.append(Part("waiting", points, weights.waiting, "waiting", str(span.days)))
            break
    target = facts.target
    if target and now >= target.half:
        step = 3 if now >= target.due else 2 if now >= target.most else 1
        parts.append(Part("target", float(step), weights.target, STEPS[step]))
    if facts.written > 1:
        points = float(min(facts.written, MOST_WRITTEN) - 1)
        parts.append(Part("written", points, weights.written, "written", str(facts.written)))
    return parts


def levels(weighed: Iterable[tuple[str, float]]) -> tuple[float, float]:
    """Importance and urgency of weighed points, by the names of their parts."""
    importance, urgency = USUAL_IMPORTANCE, USUAL_URGENCY
    for name, points in weighed:
        if name in IMPORTANT:
            importance += points
        else:
            urgency += points
    return min(max(importance, LEAST), MOST), min(max(urgency, LEAST), MOST)


def mean(importance: float, urgency: float, weights: Weights) -> float:
    """The score: the mean of both, weighed by a and b."""
    a, b = weights.importance, weights.urgency
    return (a * importance + b * urgency) / (a + b)


def quadrant_of(importance: float, urgency: float) -> Quadrant:
    """Where a ticket belongs: `now` where both are high, `soon` where it is urgent, `plan` where it is important."""
    if urgency >= HIGH:
        return "now" if importance >= HIGH else "soon"
    return "plan" if importance >= HIGH else "whenever"


def quadrant_of_word(owner: int, importance: float, urgency: float) -> Quadrant:
    """Where the owner's word puts it: 4 and 5 are now, 1 and 2 whenever; 3 leans to what is the higher of the two."""
    if owner >= HIGH:
        return "now"
    if owner < MIDDLE:
        return "whenever"
    return "soon" if urgency >= importance else "plan"


def _until(facts: Facts, now: datetime) -> datetime | None:
    later = [step for step in facts.target or () if step > now]
    for span, _ in reversed(WAITING):
        if now < facts.since + span:
            later.append(facts.since + span)
            break
    return min(later) if later else None
