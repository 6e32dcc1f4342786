"""A ticket through 200 rules, 50 of them patterns, beside one question to the matcher at 1,000 articles.

Both are asked of the same questions, which of them first turns from question to question, in one run. Times are of CPU.
"""

import gc
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice

import msgspec

from benchmarks._desk_tickets import tickets
from benchmarks._matching_articles import article
from benchmarks._measure import Figure, Progress
from ticket_api.knowledge.index import ArticleIndex, build_index
from ticket_api.knowledge.matching import rank
from ticket_api.rules import spelled
from ticket_api.tickets.customers import Profile
from ticket_api.tickets.rule import Rule
from ticket_api.tickets.rules import Facts, Ready, holding, ready
from ticket_api.tickets.ticket import Ticket

ARTICLES, RULES, PATTERNS, QUESTIONS, ROUNDS = 1_000, 200, 50, 300, 5
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
VIP = Profile(plan="pro", tags=("vip",))
USUAL = (
    r"\bLB-\d{5}\b",
    r"order\s*(no|number)?[.:]?\s*#?\d{4,}",
    r"(refund|money back|chargeback)",
    r"[\w.+-]+@[\w-]+\.[a-z]{2,}",
    r"订单号?[:：]?\s*\d+",
    r"not\s+(working|loading|helpful)",
    r"https?://\S+",
    r"\$\s?\d+([.,]\d\d)?",
    r"(发票|退款|取消).{0,10}(申请|订单)",
    r"\b(urgent|asap|immediately)\b",
)
"""Patterns as owners write them."""
HOSTILE = (
    "(a+)+$",
    r"(\w+\s?)*$",
    "(a|aa)+$",
    r"([a-z]+)*\d",
    r"^(([a-z])+.)+[A-Z]([a-z])+$",
    "a.*b.*c.*d.*e.*f.*g",
    r"\d+\s*(days|weeks)",
    r"(\w+)\s+\1\s+\1",
    r"(?:退|退款)+[^退]+$",
    r"(.*?,){11}P",
)
TEXTS = (
    "a" * 20_000,
    "a" * 28 + "!",
    "ab1 " * 5_000,
    "1" * 20_000,
    " " * 20_000,
    "退款" * 10_000,
    "a," * 10_000,
    "abcdefg" * 2_800,
)


def measure() -> dict[str, Figure]:
    """The two figures of rules."""
    asked = [msgspec.structs.replace(each, status="open") for each in tickets(QUESTIONS, NOW)]  # none is passed over
    index = build_index(article(fields) for fields in _articles())
    rules = [ready(each, spelled) for each in made()]
    progress = Progress(f"{RULES} rules beside the matcher", QUESTIONS * ROUNDS)
    gc.collect()
    gc.freeze()
    ratios = [_round(asked, index, rules, progress) for _ in range(ROUNDS)]
    gc.unfreeze()
    return {"rules200_vs_match": Figure.of(ratios), "pattern_worst_ms": _worst()}


def made() -> list[Rule]:
    """The rules: 50 patterns, 100 of words in both languages, 50 of what is known of ticket and customer."""
    rules = []
    for number in range(RULES):
        if number < PATTERNS:
            when: dict[str, object] = {"pattern": f"{USUAL[number % len(USUAL)]}|zz{number}"}
        elif number % 3:
            when = {"words": [f"invoice{number}", "refund now", "退款申请", f"delivery {number}"]}
        else:
            when = ({"lang": "zh", "status": "open"}, {"tag": "gold"}, {"category": "billing"}, {"age": "2h"})[
                number % 4
            ]
        rules.append(msgspec.convert({"name": f"Rule {number}", "when": when, "then": {"tag": f"t{number}"}}, Rule))
    return rules


def _articles() -> Iterator[dict[str, str]]:
    """Articles in two languages, of the sentences that tickets are made of."""
    by_lang: dict[str, list[str]] = {"en": [], "zh": []}
    for ticket in tickets(4 * ARTICLES, NOW):
        by_lang[ticket.lang].append(ticket.question)
    for lang, texts in by_lang.items():
        for number in range(ARTICLES if lang == "en" else ARTICLES // 4):
            three = list(islice(iter(texts[number * 2 :] + texts), 3))
            yield {"id": f"topic/{lang}-{number}", "lang": lang, "title": three[0][:60], "body": "\n\n".join(three)}


def _round(asked: list[Ticket], index: ArticleIndex, rules: list[Ready], progress: Progress) -> float:
    """All seconds of the rules / all seconds of the matcher."""
    seconds = [0.0, 0.0]
    for number, ticket in enumerate(asked):
        for which in (0, 1) if number % 2 else (1, 0):
            started = time.thread_time()
            if which:
                rank(index, ticket.question, ticket.lang)
            else:
                through(ticket, rules)
            seconds[which] += time.thread_time() - started
        progress.step()
    return seconds[0] / seconds[1]


def through(ticket: Ticket, rules: list[Ready]) -> int:
    """How many rules hold of a ticket, which is looked at from nothing."""
    facts = Facts(ticket, spelled, NOW, lambda: VIP)
    return len(list(holding(rules, facts, ran=frozenset(), slow=lambda _: None)))


def _worst() -> Figure:
    """The costliest hostile text through hostile patterns, in ms of CPU."""
    rules = [
        ready(
            msgspec.convert(
                {"name": f"Rule {number}", "when": {"pattern": HOSTILE[number % len(HOSTILE)]}, "then": {"tag": "x"}},
                Rule,
            ),
            spelled,
        )
        for number in range(PATTERNS)
    ]
    ticket = next(tickets(1, NOW))
    worst = []
    for _ in range(ROUNDS):
        costs = []
        for text in TEXTS:
            asked = msgspec.structs.replace(
                ticket, status="open", messages=(msgspec.structs.replace(ticket.messages[0], text=text),)
            )
            started = time.thread_time()
            through(asked, rules)
            costs.append(time.thread_time() - started)
        worst.append(1000 * max(costs))
    return Figure.of(worst)
