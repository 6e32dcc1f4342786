"""Read what comes in over HTTP, strictly: JSON, forms and query strings become the types of `types.py`."""

import asyncio
import json
import re
from collections.abc import Mapping
from itertools import islice
from typing import Any, NoReturn, TypeVar
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import ClientDisconnect, Request

from ticket_api import words
from ticket_api.errors import Invalid, TooLarge, Unreadable, WrongType

T = TypeVar("T")

TEXTS = ("message", "comment")
"""Fields that hold somebody's words. They stand in the answer when they couldn't be stored."""
TRIMMED = ("email",)
"""Fields that are copied from elsewhere, with spaces around them."""

BODY_LIMIT = 512 * 1024
"""Bytes of a body that are read. A message of 10,000 Han characters is 90 KB as a form: room for it five times."""
BODY_SECONDS = 20
MOST_FIELDS = 20
MOST_HOOK_FIELDS = 200
MOST_OPENED = 50_000
"""Brackets and braces in a JSON body: each may be a list, and hundreds of thousands hold up everybody."""
MOST_STRAY = 3_000
"""Percent signs in a form that encode nothing. Someone writes a few by hand; each is slow to find."""

_STRAY = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_SURROGATE = re.compile("[\ud800-\udfff]")
_COMPLAINTS = (
    (re.compile(r"Object missing required field `message`"), "missing"),
    (re.compile(r"Expected `str` of length >= 1 - at `\$\.message`"), "missing"),
    (re.compile(r"Object missing required field `(?P<name>[^`]*)`"), "missing_field"),
    (re.compile(r"Object contains unknown field `(?P<name>[^`]*)`"), "unknown_field"),
    (re.compile(r"Expected `str` of length <= (?P<limit>\d+)"), "field_too_long"),
    (re.compile(r"Expected `str` of length >= 1"), "empty_field"),
    (re.compile(r"Expected `int` (?P<range>[<>]=? \d+)"), "out_of_range"),
    (re.compile(r"Expected `(?P<wanted>\w+)`"), "wrong_kind"),
)
"""What msgspec says, and the sentence of ours that says it in the customer's language."""


def language(request: Request, *wishes: str) -> str:
    """The language to answer in: the wishes, then `?lang=`, then the browser's. It is kept for later errors."""
    state = request.state
    kept = getattr(state, "lang", "")
    if not kept:
        asked = request.query_params.get("lang", "") if request.scope["query_string"] else ""
        kept = words.choose(asked, request.headers.get("accept-language", ""))
    state.lang = lang = words.choose(*wishes, kept)
    return lang


async def read_json(request: Request, kind: type[T], *, plain: bool = False) -> T:
    """The body as `kind`. Raises WrongType, Unreadable and Invalid; an empty body is read as an empty object.

    `plain`: it may be called text/plain.
    """
    body = await _body(request)
    if body:
        _expect(request, "application/json", *(["text/plain"] if plain else []))
    raw = _loads(body or b"{}")
    if isinstance(raw, dict):
        if isinstance(wish := raw.get("lang"), str):
            language(request, wish)
        remember_text(request, raw)
        raw |= _trimmed(raw)
    return convert(raw, kind)


async def read_form(request: Request, *, most: int = MOST_FIELDS) -> dict[str, str]:
    """At most `most` fields of a form as text, line ends as they were typed. Raises WrongType and Unreadable."""
    body = await _body(request)
    _expect(request, "application/x-www-form-urlencoded")
    fields = _pairs(body, most)
    language(request, fields.get("lang", ""))
    remember_text(request, fields)
    # Browsers send CR LF for every line end of a text area; JSON senders don't.
    return {name: value.replace("\r\n", "\n") for name, value in (fields | _trimmed(fields)).items()}


def _trimmed(fields: Mapping[str, object]) -> dict[str, str]:
    return {name: value.strip() for name in TRIMMED if isinstance(value := fields.get(name), str)}


def remember_text(request: Request, fields: Mapping[str, object]) -> None:
    """Keep the words that came with a request, for `sent_text`."""
    request.state.text = next((text for name in TEXTS if isinstance(text := fields.get(name), str) and text), "")


def sent_text(request: Request) -> str:
    """The words that came with a request, or ""; to be copied from the answer when they couldn't be stored."""
    text: str = getattr(request.state, "text", "")
    return text


def read_query(request: Request, kind: type[T]) -> T:
    """The query string as `kind`. Raises Unreadable and Invalid."""
    return convert(_pairs(request.scope["query_string"]), kind, strict=False)


def convert(raw: object, kind: type[T], *, strict: bool = True) -> T:
    """Check a decoded value against a type of ours. Raises Invalid with the field and the sentence for it."""
    try:
        return msgspec.convert(raw, kind, strict=strict)
    except msgspec.ValidationError as error:
        _refuse(str(error))


def _refuse(complaint: str) -> NoReturn:
    path = re.search(r" - at `\$\.(\w+)", complaint)
    field = path.group(1) if path else None
    for pattern, code in _COMPLAINTS:
        if found := pattern.match(complaint):
            values = found.groupdict()
            named = values.pop("name", None) or field or ("message" if code == "missing" else None)
            raise Invalid(code, field=named, name=named or "JSON", **values) from None
    raise Invalid("wrong_value", field=field, name=field or "JSON") from None


def read_fields(request: Request, body: bytes) -> object:
    """A body that was read already, JSON of any kind or a form. Raises WrongType and Unreadable."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        _expect(request, kind)
        return _pairs(body, MOST_HOOK_FIELDS)
    _expect(request, kind if kind.endswith("+json") else "application/json")
    return _loads(body)


async def read_body(request: Request) -> bytes:
    """The whole body, of whatever kind. Raises Unreadable when it comes too slowly, TooLarge."""
    return await _body(request)


async def _body(request: Request) -> bytes:
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await _limited(request)
    except TimeoutError:
        raise Unreadable("too_slow", seconds=BODY_SECONDS) from None
    except ClientDisconnect:
        raise Unreadable("bad_length") from None


async def _limited(request: Request) -> bytes:
    """The body, read no further than BODY_LIMIT. Starlette's own limit can't answer with a sentence of ours."""
    body = bytearray()
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced) > BODY_LIMIT:
        raise TooLarge("too_large", limit=BODY_LIMIT // 1024)
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            raise TooLarge("too_large", limit=BODY_LIMIT // 1024)
    return bytes(body)


def _expect(request: Request, wanted: str, *others: str) -> None:
    kind, _, parameters = request.headers.get("content-type", "").lower().partition(";")
    charset = re.search(r"charset\s*=\s*\"?([\w-]+)", parameters)
    if kind.strip() not in (wanted, *others) or (charset and charset.group(1) not in ("utf-8", "utf8")):
        raise WrongType("wrong_type", wanted=wanted)
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise WrongType("wrong_type", wanted=wanted)


def _loads(body: bytes) -> Any:
    if body.count(b"[") + body.count(b"{") > MOST_OPENED:
        raise Unreadable("deep_json")
    try:
        return _JSON.decode(body.decode("utf-8"))
    except UnicodeDecodeError:
        raise Unreadable("bad_encoding") from None
    except RecursionError:
        raise Unreadable("deep_json") from None
    except json.JSONDecodeError as error:
        raise Unreadable("bad_json", line=error.lineno, column=error.colno) from None
    except ValueError:  # a number of thousands of digits, or NaN
        raise Unreadable("bad_number") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if _SURROGATE.search("".join(fields)):
        raise Unreadable("bad_character")
    if len(fields) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise Unreadable("double_field", name=twice[:100])
    return fields


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _number(text: str) -> float | int:
    """A number with a point or an exponent; 3.0 and 3e0 are whole to JSON, as 3 is."""
    number = float(text)
    return int(number) if number.is_integer() else number


_JSON = json.JSONDecoder(object_pairs_hook=_once, parse_float=_number, parse_constant=_no_constant)


def _pairs(encoded: bytes, most: int = MOST_FIELDS) -> dict[str, str]:
    if next(islice(_STRAY.finditer(encoded), MOST_STRAY, None), None):
        raise Unreadable("bad_encoding")
    try:
        pairs = parse_qsl(encoded.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=most)
    except UnicodeDecodeError:
        raise Unreadable("bad_encoding") from None
    except ValueError:
        raise Unreadable("many_fields", limit=most) from None
    return _once(pairs)
