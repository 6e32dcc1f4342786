"""Every sentence shown to people: one TOML file a language, the same keys in each."""

import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

FALLBACK = "en"


@cache
def load(lang: str) -> Mapping[str, Mapping[str, str]]:
    """The sections of a language's file, each a mapping of key to sentence; English for a language without a file."""
    path = Path(__file__).with_name(f"{spoken_for(lang)}.toml")
    sections: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    return sections


@cache
def spoken() -> tuple[str, ...]:
    """The languages that have a file, sorted."""
    return tuple(sorted(path.stem for path in Path(__file__).parent.glob("*.toml")))


def spoken_for(lang: str) -> str:
    """The language in which a reader of `lang` is spoken to: that one if it has a file, else English."""
    return lang if lang in spoken() else FALLBACK


def say(lang: str, key: str, **values: object) -> str:
    """The sentence for `section.key` with its placeholders filled. Raises KeyError for an unknown key."""
    return _sentence(lang, key).format(**values)


def say_error(lang: str, code: str, values: Mapping[str, object]) -> str:
    """The sentence of an error: a field among its values is called by its name, a status told in words."""
    told = {**values, "name": load(lang)["fields"].get(str(values.get("name")), values.get("name"))}
    if "status" in told:
        told["status"] = say(lang, f"status.{told['status']}")
    return say(lang, f"errors.{code}", **told)


@cache
def _sentence(lang: str, key: str) -> str:
    section, _, name = key.partition(".")
    return load(lang)[section][name]


def in_language(lang: str, other: str) -> str:
    """What a page in `lang` says beside something in another language: "in Chinese"; its code if it has no name."""
    return say(lang, "offer.in_language", language=load(lang)["language"].get(other, other))


def choose(*wishes: str) -> str:
    """The first spoken language among the wishes (`zh`, `zh-CN`, or a whole Accept-Language header), else English."""
    return next((lang for wish in wishes if wish and (lang := _best(wish))), FALLBACK)


@lru_cache(maxsize=1024)  # browsers say the same again and again
def _best(wish: str) -> str:
    tags = (tag.replace("_", "-").split("-")[0].lower() for tag in _by_preference(wish))
    return next((lang for lang in tags if lang in spoken()), "")


def _by_preference(header: str) -> list[str]:
    """The tags of an Accept-Language header, the best liked first."""
    weighed = []
    for place, part in enumerate(header[:200].split(",")):
        tag, _, quality = part.strip().partition(";q=")
        try:
            weighed.append((-float(quality or 1), place, tag))
        except ValueError:
            weighed.append((0.0, place, tag))
    return [tag for _, _, tag in sorted(weighed)]
