"""The tickets of a desk of some age: two languages, threads, tags; the same for the same number and time."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import NamedTuple

from msgspec import UNSET

from benchmarks._site_words import CHINESE, ENGLISH
from ticket_api.keys import fingerprint
from ticket_api.suggestion import Reason, Suggestion
from ticket_api.tickets.message import Message, Rating
from ticket_api.tickets.ticket import Status, Ticket

REQUESTERS = 5_000
EVERY = timedelta(minutes=10)
"""From one ticket to the next."""
OFFERED = 60
"""The newest tickets: these have only been offered articles."""
LONG_EVERY, LONG = 500, 30
"""Every so manieth ticket has so many messages."""
ANSWER = timedelta(minutes=95)
STATUSES: tuple[Status | None, ...] = (
    *("open",) * 2,
    *("waiting",) * 2,
    None,  # open, and put off
    *("quarantined",) * 2,
    "deflected",
    *("solved",) * 12,
)
TAGS = ("billing", "bug", "card", "delivery", "invoice", "login", "refund", "vip")
PRIORITIES = (1, 2, *(3,) * 12, 4, 4, 5)
NAMES = ("Ada Berg", "Bruno Costa", "Chen Mei", "Dana Novak", "Emil Sato", "Fatima Noor", "王小明", "李华", "")
SENTENCES = {
    "en": (
        "I tried to {verb} the {noun} but the {noun} is still {quality}.",
        "Since yesterday my {noun} shows a {quality} {noun}.",
        "Why was the {noun} {done} {when}, and who can {verb} it?",
        "Please {verb} my {noun}: the number is {code}.",
        "Your article about the {quality} {noun} did not help me with the {noun}.",
        "When I {verb} a {noun}, the {person} gets the wrong {noun}.",
        "Thank you, the {noun} has been {done} now.",
        "How long does it take until a {quality} {noun} is {done}?",
    ),
    "zh": (
        "我想{verb}{noun}，但是{noun}还是{quality}。",
        "从昨天开始，我的{noun}显示{quality}{noun}。",
        "为什么{noun}{done}，谁可以{verb}？",
        "请帮我{verb}{noun}，编号是 {code}。",
        "你们关于{quality}{noun}的文章没有解决我的{noun}问题。",
        "{verb}{noun}的时候，{person}收到的是错误的{noun}。",
        "谢谢，{noun}{done}了。",
        "{quality}{noun}要多久才能{verb}？",
    ),
}
SUBJECTS = {"en": "{quality} {noun} and {noun}", "zh": "{quality}{noun}和{noun}"}
MATERIAL = {"en": ENGLISH, "zh": CHINESE}


class Writer(NamedTuple):
    """Writes in a language. Words at the beginning of a list come more often than those at its end."""

    lang: str
    draw: Random

    def sentence(self, form: str) -> str:
        """A sentence of a form."""
        words = {kind: self._one(_split(self.lang, kind)) for kind in MATERIAL[self.lang]}
        first, _, rest = form.partition("{noun}")  # not the same noun twice
        told = first.format(**words) + (words["noun"] if _ else "")
        words["noun"] = self._one(_split(self.lang, "noun"))
        return told + rest.format(code=f"{self.draw.choice('ABCDEF')}{self.draw.randrange(10**5):05}", **words)

    def text(self) -> str:
        """Two to five sentences."""
        forms = self.draw.choices(SENTENCES[self.lang], k=self.draw.randint(2, 5))
        return (" " if self.lang == "en" else "").join(map(self.sentence, forms))

    def _one(self, words: Sequence[str]) -> str:
        return words[int(len(words) * self.draw.random() ** 2)]


@cache
def _split(lang: str, kind: str) -> tuple[str, ...]:
    return tuple(MATERIAL[lang][kind].split())


def tickets(count: int, now: datetime) -> Iterator[Ticket]:
    """So many tickets, the last of which came just before `now`."""
    for number in range(1, count + 1):
        offered = number > count - OFFERED
        yield ticket(number, now - (count - number + 1) * EVERY, now, offered=offered)


def ticket(number: int, asked: datetime, now: datetime, *, offered: bool = False) -> Ticket:
    """The ticket of a number; what was put off waits until some day after `now`."""
    draw = Random(number)
    drawn = "offered" if offered else draw.choice(STATUSES)
    status: Status = drawn or "open"
    write = Writer("zh" if draw.random() < 0.3 else "en", draw)
    person = draw.randrange(REQUESTERS)
    answered = status in ("waiting", "solved") or (status == "open" and draw.random() < 0.3)
    messages = _messages(write, asked, status, answered, number)
    uid = f"{draw.getrandbits(128):032x}"
    ended = messages[-1].at if status in ("solved", "deflected") else None
    return Ticket(
        id=number,
        uid=uid,
        link=fingerprint("link", uid),
        request=fingerprint("request", uid),
        requester=f"{Random(person).getrandbits(128):032x}",
        status=status,
        subject=write.sentence(SUBJECTS[write.lang]).capitalize() if draw.random() < 0.7 else "",
        name=NAMES[person % len(NAMES)],
        email=f"customer{person}@example.org",
        lang=write.lang,
        page="/billing/refunds/",
        messages=messages,
        offers=tuple(_offers(write.lang, 3 if offered else draw.choice((0, 0, 1, 3)))),
        created_at=asked,
        changed_at=messages[-1].at,
        first_reply_at=next((each.at for each in messages if each.author == "owner"), None),
        solved_at=ended,
        tags=tuple(sorted(draw.sample(TAGS, draw.choice((0, 1, 2, 3))))) or UNSET,
        priority=draw.choice(PRIORITIES),
        snoozed_until=UNSET if drawn else now + timedelta(hours=draw.randint(30, 900)),
        rating=Rating(draw.randint(1, 5), ended) if status == "solved" and ended and draw.random() < 0.4 else UNSET,
    )


def _messages(write: Writer, asked: datetime, status: str, answered: bool, number: int) -> tuple[Message, ...]:
    """A thread: requester and owner in turn; the owner has the last word unless it is the owner's turn."""
    count = LONG if number % LONG_EVERY == 0 else 2 * write.draw.choice((1, 1, 1, 2)) if answered else 1
    count += status == "open" and answered and count != LONG
    pause = ANSWER / count
    return tuple(
        Message("owner" if place % 2 else "requester", write.text(), asked + place * pause) for place in range(count)
    )


def _offers(lang: str, count: int) -> Iterator[Suggestion]:
    for place in range(count):
        why = (Reason("title", ("invoice",), 0.6), Reason("text", ("refund",), 0.4))
        title = "Refund an invoice" if lang == "en" else "发票退款"
        yield Suggestion(f"billing/refund-{place}", lang, f"/billing/refund-{place}/", title, "", "", 0.4, why)
