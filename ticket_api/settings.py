"""One table of settings. They come from helpleaf.toml and from the environment, which wins."""

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from ticket_api.errors import Stop

PREFIX = "HELPLEAF_"
LAST_PORT = 65535


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of the table: its name, its default (which gives the type) and its sentence in the manual."""

    name: str
    default: str | int | bool | tuple[str, ...]
    help: str
    secret: bool = False
    from_file: bool = False

    @property
    def has_file(self) -> bool:
        """Whether the value may stand in a file that the variable with _FILE behind it names."""
        return self.secret or self.from_file


TABLE = (
    Setting("company", "Larkbill", "The company's name, as customers read it on the ticket pages."),
    Setting("mail", "help@larkbill.example", "The address that the form names when tickets can't be taken."),
    Setting("languages", ("en", "zh"), "The languages of the articles; the first one has no prefix in addresses."),
    Setting("offer_minutes", 10, "Minutes of silence after which an offered ticket opens by itself."),
    Setting("timezone", "UTC", "The time zone that times are shown in, such as Asia/Shanghai."),
    Setting("message_limit", 10_000, "The longest message that is taken, in characters."),
    Setting("base_url", "", "The address that links in answers begin with; empty: the one that is served."),
    Setting(
        "hosts", (), "Further host names that the server answers to, beside that of base_url and this machine's own."
    ),
    Setting("host", "127.0.0.1", "The address that the server listens on."),
    Setting("port", 8000, "The port that the server listens on."),
    Setting("data", "data", "The folder of tickets and secrets."),
    Setting(
        "store",
        "",
        "Where tickets are kept: a path, or postgresql://user@host/database; empty: tickets.db in the data folder.",
        from_file=True,
    ),
    Setting("articles", "kb_articles", "The folder of articles."),
    Setting("learn", True, "Whether questions that an article has answered help to find it for those who ask alike."),
    Setting(
        "confidence",
        "",
        "How sure an article must be to be offered, from 0 to 1; empty: what the articles' own questions call for.",
    ),
    Setting("build", "build", "The folder that the help site and the article index are built in."),
    Setting("retention_days", 0, "Days after which solved and deflected tickets are erased by themselves; 0: never."),
    Setting("limits", True, "Whether the sign-in delays wrong passwords; off for load tests only."),
    Setting(
        "secret", "", "The key that secret links are made with; empty: secret.key in the data folder, made once.", True
    ),
)


VARIABLES = sorted(
    f"{PREFIX}{setting.name.upper()}{ending}"
    for setting in TABLE
    for ending in (("", "_FILE") if setting.has_file else ("",))
)
"""The variables of the environment that are read."""

RULES: Mapping[str, tuple[str, Callable[[Any], object]]] = {
    "base_url": (
        "an address without a path, such as https://help.example.org",
        lambda value: not value or _is_address(value),
    ),
    "confidence": ("a number from 0 to 1, such as 0.1, or empty", lambda value: not value or _is_share(value)),
    "company": ("the name of the company", lambda value: bool(value.strip())),
    "mail": ("an e-mail address", lambda value: re.fullmatch(r"[^\s@]+@[^\s@]+", value)),
    "languages": (
        "one language or more, such as en and zh",
        lambda value: bool(value) and len(set(value)) == len(value),
    ),
    "message_limit": ("at least 100", lambda value: value >= 100),
    "offer_minutes": ("between 1 and 10080, a week", lambda value: 1 <= value <= 10_080),
    "retention_days": ("between 0, which is never, and 36500", lambda value: 0 <= value <= 36_500),
    "port": (f"between 0 and {LAST_PORT}", lambda value: 0 <= value <= LAST_PORT),
    "timezone": ("a time zone such as Europe/Lisbon or Asia/Shanghai", lambda value: value in available_timezones()),
}
"""What some settings must be, in words and as a test."""

PATHS = ("data", "store", "articles", "build")
"""Settings that may hold any bytes, as the names of files do."""


def _is_address(text: str) -> bool:
    return re.fullmatch(r"https?://[^/\s?#@]+/?", text) is not None


def _is_share(text: str) -> bool:
    return re.fullmatch(r"\d*\.?\d+", text, re.ASCII) is not None and float(text) <= 1


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings in force; the fields are those of TABLE."""

    company: str
    mail: str
    languages: tuple[str, ...]
    offer_minutes: int
    timezone: str
    message_limit: int
    base_url: str
    hosts: tuple[str, ...]
    host: str
    port: int
    data: Path
    store: str
    articles: Path
    learn: bool
    confidence: str
    build: Path
    retention_days: int
    limits: bool
    secret: str

    @property
    def least(self) -> float | None:
        """The least score that is offered, if `confidence` sets it."""
        return float(self.confidence) if self.confidence else None

    @property
    def index_path(self) -> Path:
        """The article index, one JSON file."""
        return self.build / "index" / "articles.json"

    @property
    def store_url(self) -> str:
        """Where the tickets are: the setting `store`, or tickets.db in the data folder."""
        return self.store or str(self.data / "tickets.db")

    @property
    def site_path(self) -> Path:
        """The folder of the built help site."""
        return self.build / "site"

    @property
    def served_url(self) -> str:
        """Where links in answers point: `base_url`, or the address that is served, without a slash at the end."""
        host = "127.0.0.1" if self.host in ("", "0.0.0.0", "::") else self.host  # noqa: S104
        host = f"[{host}]" if ":" in host else host
        return (self.base_url or f"http://{host}:{self.port}").rstrip("/")


def load_settings(
    toml: Path = Path("helpleaf.toml"),
    environ: Mapping[str, str] | None = None,
    given: Mapping[str, object] | None = None,
) -> Settings:
    """Read the settings: `given` wins over the environment, the environment over the file, the file over the defaults.

    Raises Stop with a sentence that names the setting and the place when a name is unknown or a value can't be read.
    """
    environ = os.environ if environ is None else environ
    from_file = _read_toml(toml)
    from_environ = _read_environ(environ)
    values = {
        setting.name: _convert(setting, *_first(setting, given or {}, from_environ, from_file, str(toml)))
        for setting in TABLE
    }
    for name in ("data", "articles", "build"):
        values[name] = Path(str(values[name]))
    return Settings(**values)  # type: ignore[arg-type]


def _read_toml(path: Path) -> dict[str, object]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Stop(f"{path} can't be read: {error}.") from error
    allowed = {setting.name for setting in TABLE if not setting.secret}
    for name in values:
        if name not in allowed:
            raise Stop(f"{path}: there is no setting {name!r}. The settings are {', '.join(sorted(allowed))}.")
    if _has_password(str(values.get("store", ""))):
        raise Stop(
            f"{path}: the password in store would be in git. Take it out, and put it into PGPASSWORD or ~/.pgpass,"
            " or the whole address into a file that HELPLEAF_STORE_FILE names."
        )
    return values


def _has_password(url: str) -> bool:
    """Whether a PostgreSQL address holds a password; a file's path can't."""
    before_host = re.match(r"\w+://(.*)@", url)
    return "://" in url and (":" in (before_host[1] if before_host else "") or "password=" in url)


def _read_environ(environ: Mapping[str, str]) -> dict[str, str]:
    known = {PREFIX + setting.name.upper(): setting for setting in TABLE}
    values: dict[str, str] = {}
    for variable, text in environ.items():
        if not variable.startswith(PREFIX):
            continue
        setting = known.get(variable) or known.get(variable.removesuffix("_FILE"))
        if setting is None or variable not in VARIABLES:
            raise Stop(f"There is no setting {variable}. The settings are {', '.join(VARIABLES)}.")
        if text:
            values[setting.name] = text if variable in known else _read_secret(variable, text)
    return values


def _read_secret(variable: str, path: str) -> str:
    try:
        text = Path(path).read_text(encoding="utf-8").strip()
        reason = "" if text else "it is empty"
    except OSError as error:
        reason = error.strerror or str(error)
    except UnicodeDecodeError:
        reason = "it isn't text"
    if reason:
        raise Stop(
            f"{variable} names {path}, which can't be read: {reason}."
            " Name a file that holds the value alone and that this user may read."
        )
    return text


def _first(
    setting: Setting, given: Mapping[str, object], environ: Mapping[str, str], file: Mapping[str, object], toml: str
) -> tuple[object, str]:
    """The value that counts, and where it was found."""
    if given.get(setting.name) is not None:
        return given[setting.name], "the command line"
    if environ.get(setting.name):
        return environ[setting.name], PREFIX + setting.name.upper()
    if setting.name in file:
        return file[setting.name], toml
    return setting.default, "the defaults"


def _convert(setting: Setting, value: object, where: str) -> object:
    """Bring a value to the type of the setting's default; text is what the environment gives."""
    kind = type(setting.default)
    if isinstance(value, str) and setting.name not in PATHS and re.search("[\ud800-\udfff]", value):
        raise Stop(f"{where}: {setting.name} must be text in UTF-8.")
    if isinstance(value, str) and kind is not str:
        value = _from_text(kind, value)
    if kind is str and type(value) in (int, float):
        value = str(value)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        value = tuple(value)
    if type(value) is not kind:
        wanted = {bool: "on or off", int: "a whole number", tuple: "a list of words", str: "text"}[kind]
        raise Stop(f"{where}: {setting.name} must be {wanted}.")
    wanted, fits = RULES.get(setting.name, ("", lambda _: True))
    if not fits(value):
        raise Stop(f"{where}: {setting.name} must be {wanted}.")
    return value


def _from_text(kind: type, text: str) -> object:
    if kind is bool:
        return {"on": True, "true": True, "1": True, "off": False, "false": False, "0": False}.get(text.lower(), text)
    if kind is int:
        return int(text) if text.strip().lstrip("-").isdecimal() else text
    return tuple(text.replace(",", " ").split())
