"""A help centre of any size that is made up, the same each time: four articles in English to one in Chinese."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from random import Random

from benchmarks import _site_words as words

SENTENCES = 27
"""In an article: about 400 words in English."""
NAMES = 6_000
EVEN = {"name": 50.0}
"""How evenly the words of a kind are used; 2 if not named here, and then the first words stand nearly everywhere."""
VOWEL = re.compile(r"\ba (?=[aeiou])")
SLOT = re.compile(r"\{(\w+)\}")


def write_centre(folder: Path, articles: int, categories: int) -> None:
    """Write so many articles in so many categories, and `categories.yml`, into a folder."""
    english, chinese = Writer(words.ENGLISH, words.ENGLISH_SENTENCES, words.ENGLISH_TITLES, " "), _chinese()
    named = []
    for place in range(articles):
        category = f"topic-{place % categories + 1:03d}"
        # Of two Chinese articles one translates the English one before it, the other stands alone.
        is_chinese = place // categories % 5 == 4
        is_translation = place // categories % 10 == 4
        slug = f"article-{place - categories if is_translation else place:05d}"
        path = folder / category / f"{slug}{'.zh' if is_chinese else ''}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        like = "" if is_chinese or place < 5 * categories else f"article-{place - 5 * categories:05d}.md"
        path.write_text((chinese if is_chinese else english).article(place, like), encoding="utf-8")
        if place < categories:
            named.append(_named(category, english, chinese))
    (folder / "categories.yml").write_text("".join(named), encoding="utf-8")


def _chinese() -> "Writer":
    return Writer(words.CHINESE, words.CHINESE_SENTENCES, words.CHINESE_TITLES, "")


def _named(category: str, english: "Writer", chinese: "Writer") -> str:
    number = int(category[-3:])
    titles = (english.category(number), chinese.category(number))
    lines = [f'  {lang}: {{title: "{title}"}}\n' for lang, title in zip(("en", "zh"), titles, strict=True)]
    return f"{category}:\n{''.join(lines)}"


class Writer:
    """Writes the articles of one language. Few words stand in most of them, and most words in few."""

    def __init__(self, kinds: Mapping[str, str], sentences: Sequence[str], titles: Sequence[str], gap: str) -> None:
        self.kinds = {kind: listed.split() for kind, listed in kinds.items()} | {"name": _names()}
        self.weights = {
            kind: list(accumulate(1 / (EVEN.get(kind, 2) + place) for place in range(len(listed))))
            for kind, listed in self.kinds.items()
        }
        self.sentences = sentences
        self.titles = titles
        self.gap = gap
        self._used: set[str] = set()

    def category(self, number: int) -> str:
        """A category's title."""
        noun = self.kinds["noun"][number % len(self.kinds["noun"])]
        return f"{noun.capitalize()} {number}"

    def article(self, number: int, like: str = "") -> str:
        """The file of an article, which links to another one."""
        draw = Random(f"{number}{self.gap}")
        about = draw.sample(self.kinds["noun"], 3)
        title = self._title(draw, about)
        parts = [self._paragraph(draw, about, 3)]
        for _ in range(3):
            parts.append(f"## {self._sentence(draw, about, draw.choice(self.titles))}")
            parts += self._section(draw, about)
        if like:
            parts.append(f"Read [what is similar]({like}) as well.")
        front = [f'title: "{title}"', f'description: "{self._plain(draw, about)}"', "questions:"]
        front += [f'  - "{self._plain(draw, about)}"' for _ in range(2)]
        front.append(f"updated: 2026-{draw.randint(1, 10):02d}-{draw.randint(1, 28):02d}")
        return "---\n" + "\n".join(front) + "\n---\n\n" + "\n\n".join(parts) + "\n"

    def _title(self, draw: Random, about: Sequence[str]) -> str:
        while True:
            title = self._sentence(draw, about, draw.choice(self.titles))
            if title not in self._used:
                self._used.add(title)
                return title

    def _section(self, draw: Random, about: Sequence[str]) -> Iterator[str]:
        rest = SENTENCES // 3 - 1
        yield self._paragraph(draw, about, rest - 5)
        kind = draw.randrange(4)
        if kind < 2:
            mark = "1." if kind else "-"
            yield "\n".join(f"{mark} {self._one(draw, about)}" for _ in range(4))
        elif kind == 2:
            yield f"!!! note\n    {self._paragraph(draw, about, 4)}"
        else:
            rows = [f"| {self._word(draw, about, 'noun')} | {self._one(draw, about)} |" for _ in range(4)]
            yield "\n".join(("| | |", "| --- | --- |", *rows))
        yield self._one(draw, about)

    def _paragraph(self, draw: Random, about: Sequence[str], count: int) -> str:
        return self.gap.join(self._one(draw, about) for _ in range(count))

    def _one(self, draw: Random, about: Sequence[str]) -> str:
        return self._sentence(draw, about, draw.choice(self.sentences))

    def _plain(self, draw: Random, about: Sequence[str]) -> str:
        return self._one(draw, about).replace("*", "")

    def _sentence(self, draw: Random, about: Sequence[str], form: str) -> str:
        return VOWEL.sub("an ", SLOT.sub(lambda slot: self._word(draw, about, slot[1]), form))

    def _word(self, draw: Random, about: Sequence[str], kind: str) -> str:
        match kind:
            case "number":
                return str(draw.randint(2, 90))
            case "code":
                return f"E-{draw.randint(1000, 9999)}"
            case "noun" if draw.random() < 0.5:
                return draw.choice(about)
            case "Verb":
                return self._word(draw, about, "verb").capitalize()
        return draw.choices(self.kinds[kind], cum_weights=self.weights[kind])[0]


def _names() -> list[str]:
    draw = Random("names")
    syllables = words.SYLLABLES.split()
    names: dict[str, None] = {}
    while len(names) < NAMES:
        names["".join(draw.choices(syllables, k=draw.randint(2, 4))).capitalize()] = None
    return list(names)
