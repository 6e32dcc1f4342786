"""What bad input costs beside a common question."""

import random
import string
import time
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import cycle, islice
from statistics import median
from typing import Any

from benchmarks._matching_articles import article, pool, sample
from benchmarks._matching_speed import QUESTIONS, USUAL
from benchmarks._measure import Progress
from benchmarks._questions import QuestionSet
from ticket_api.knowledge.index import build_index
from ticket_api.knowledge.matching import suggest
from ticket_api.knowledge.text import is_han, words

REPEATS = 5
LANGUAGES = ("en", "zh")

MAIL = """Hi there,

{0}

I have tried it three times now, on two computers, and it is always the same. {1} Could you please have a look?

Best regards,
Dr. Robin Example (she/her) | Head of Something | Example & Sons Ltd.
12 Long Street, Exampleton EX1 2MP | +44 20 7946 0000 | robin@shop.example | https://www.shop.example/?from=mail
This message is confidential. If you are not its recipient, please delete it and tell the sender.

On Tue, 4 Nov 2025 at 09:12, Support <help@help.example> wrote:
> Dear Robin,
>
> thank you for your message. {2}
>
> On Mon, 3 Nov 2025 at 18:40, Robin Example <robin@shop.example> wrote:
>> {3}
>> {0}
>>
>> Sent from my phone
"""


def inputs(asked: Sequence[str], articles: Sequence[dict[str, Any]]) -> dict[str, str]:
    """The bad inputs by what they are, the same in every run; made of questions and articles of one language."""
    choose = random.Random("hostile")
    text = " ".join(fields["body"] for fields in articles)
    common = [word for word, _ in Counter(words(text[:200_000])).most_common(300)]
    unknown = ["".join(choose.choices(string.ascii_lowercase, k=choose.randint(9, 16))) for _ in range(600)]
    return {
        "empty": "",
        "one letter": "a",
        "10,000 characters": text[:10_000],
        "10,000 times a letter": 10_000 * "y",
        "only punctuation": 500 * "?!.,;:-_",
        "emoji": 500 * "😀🎉👩‍💻",
        "mixed scripts": 100 * "refund возврат 退款 払い戻し 환불 επιστροφή ",
        "right to left": 100 * "كيف أسترد أموالي؟ איך אני מקבל החזר ",
        "e-mail with signature and thread": MAIL.format(*asked[:4]),
        "a question pasted ten times": "\n".join(10 * [max(asked, key=len)]),
        "unknown long words": " ".join(unknown),
        "thousands of common words": " ".join(islice(cycle(common), 5_000)),
        "thousands of Han characters": "".join(letter for letter in text if is_han(letter))[:8_000] or 4_000 * "退款",
    }


def hostile(sets: Sequence[QuestionSet]) -> dict[str, list[float]]:
    """For each bad input what it costs in times of a common question, in English and in Chinese."""
    tables = [_costs(sets, lang) for lang in LANGUAGES if any(each.lang == lang for each in sets)]
    return {name: [table[name] for table in tables] for name in tables[0]}


def _costs(sets: Sequence[QuestionSet], lang: str) -> dict[str, float]:
    articles, asked = pool(sets, lang, USUAL), sample(sets, lang, QUESTIONS)
    index = build_index(article(fields) for fields in articles)

    def ask(text: str) -> object:
        return suggest(index, text, lang)

    bad = inputs(asked, articles)
    progress = Progress(f"bad input ({lang})", REPEATS)
    costs: dict[str, list[float]] = {name: [] for name in bad}
    for _ in range(REPEATS):  # what is compared comes together: the machine is faster at times than at others
        common = median([_cpu(ask, text) for text in asked])
        for name, text in bad.items():
            costs[name].append(_cpu(ask, text) / common)
        progress.step()
    return {name: median(each) for name, each in costs.items()}


def _cpu(ask: Callable[[str], object], text: str) -> float:
    started = time.process_time()
    ask(text)
    return time.process_time() - started
