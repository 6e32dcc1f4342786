"""One table of settings. They come from helpleaf.toml and from the environment, which wins."""

import os
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from ticket_api.address import origin
from ticket_api.errors import Stop
from ticket_api.mailbox import is_mailbox
from ticket_api.network import networks

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
    Setting("acknowledge", True, "Whether who leaves an address gets a mail with the link of their question."),
    Setting("smtp_host", "", "The mail server; empty: mail is written into the folder mail of the data folder."),
    Setting("smtp_port", 0, "Its port; 0: the usual one, 587 for starttls, 465 for tls, 25 for none."),
    Setting("smtp_security", "starttls", "How the connection is encrypted: starttls, tls, or none without a password."),
    Setting("smtp_user", "", "Who signs in at the mail server; empty: nobody."),
    Setting("smtp_password", "", "The password at the mail server.", True),
    Setting("smtp_from", "", "The address that mail comes from; empty: that of mail."),
    Setting("languages", ("en", "zh"), "The languages of the articles; the first one has no prefix in addresses."),
    Setting("offer_minutes", 10, "Minutes of silence after which an offered ticket opens by itself."),
    Setting("timezone", "UTC", "The time zone that times are shown in, such as Asia/Shanghai."),
    Setting("message_limit", 10_000, "The longest message that is taken, in characters."),
    Setting("base_url", "", "The address that links in answers begin with; empty: the one that is served."),
    Setting(
        "hosts", (), "Further host names that the server answers to, beside that of base_url and this machine's own."
    ),
    Setting("desk_host", "", "A host name of the desk's own, such as desk.example.org; empty: that of the help site."),
    Setting("api", "", "The address of the server, where the help site stands on another one; empty: the same."),
    Setting(
        "origins", (), "Addresses of sites beside its own whose pages may use the API, such as https://www.example.org."
    ),
    Setting("searches", True, "Whether what visitors search for is counted, without anything about who they are."),
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
    Setting("attachments", False, "Whether images, texts and PDF files of up to 10 MB may be sent with messages."),
    Setting(
        "confidence",
        "",
        "How sure an article must be to be offered, from 0 to 1; empty: what the articles' own questions call for.",
    ),
    Setting("build", "build", "The folder that the help site and the article index are built in."),
    Setting("watch", True, "Whether the site is built anew when an article is saved while it is served."),
    Setting("retention_days", 0, "Days after which solved and deflected tickets are erased by themselves; 0: never."),
    Setting("trusted_proxies", (), "Addresses and networks of proxies that are believed about whom they forward."),
    Setting(
        "limits",
        True,
        "Whether wrong passwords are delayed, and floods of questions and searches held off; off for load tests only.",
    ),
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

Rule = tuple[str, Callable[[Any], object]]


def _address(such_as: str) -> Rule:
    return f"an address without a path, such as {such_as}", lambda value: not value or _is_address(value)


RULES: Mapping[str, Rule] = {
    "base_url": _address("https://help.example.org"),
    "api": _address("https://api.example.org"),
    "origins": (
        "addresses without a path, such as https://www.example.org",
        lambda value: all(_is_address(each) for each in value),
    ),
    "desk_host": ("a host name, such as desk.example.org", lambda value: re.fullmatch(r"[A-Za-z0-9.-]*", value)),
    "confidence": ("a number from 0 to 1, such as 0.1, or empty", lambda value: not value or _is_share(value)),
    "company": ("the name of the company", lambda value: bool(value.strip())),
    "mail": ("an e-mail address", is_mailbox),
    "smtp_port": (f"between 0 and {LAST_PORT}", lambda value: 0 <= value <= LAST_PORT),
    "smtp_security": ("starttls, tls or none", lambda value: value in ("starttls", "tls", "none")),
    "smtp_from": ("an e-mail address, or empty", lambda value: not value or is_mailbox(value)),
    "languages": ("one language or more, such as en and zh", lambda value: value and len(set(value)) == len(value)),
    "message_limit": ("at least 100", lambda value: value >= 100),
    "offer_minutes": ("between 1 and 10080, a week", lambda value: 1 <= value <= 10_080),
    "retention_days": ("between 0, which is never, and 36500", lambda value: 0 <= value <= 36_500),
    "port": (f"between 0 and {LAST_PORT}", lambda value: 0 <= value <= LAST_PORT),
    "trusted_proxies": ("addresses or networks, such as 127.0.0.1 or 10.0.0.0/8", lambda value: _are_networks(value)),
    "timezone": ("a time zone such as Europe/Lisbon or Asia/Shanghai", lambda value: value in available_timezones()),
}
"""What some settings must be, in words and as a test."""

PATHS = ("data", "store", "articles", "build")
"""Settings that may hold any bytes, as the names of files do."""


def _is_address(text: str) -> bool:
    try:
        return bool(origin(text))
    except ValueError:
        return False


def _are_networks(texts: Iterable[str]) -> bool:
    try:
        return bool(networks(texts)) or not texts
    except ValueError:
        return False


def _is_share(text: str) -> bool:
    return re.fullmatch(r"\d*\.?\d+", text, re.ASCII) is not None and float(text) <= 1


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings in force; the fields are those of TABLE."""

    company: str
    mail: str
    acknowledge: bool
    smtp_host: str
    smtp_port: int
    smtp_security: Literal["starttls", "tls", "none"]
    smtp_user: str
    smtp_password: str
    smtp_from: str
    languages: tuple[str, ...]
    offer_minutes: int
    timezone: str
    message_limit: int
    base_url: str
    hosts: tuple[str, ...]
    desk_host: str
    api: str
    origins: tuple[str, ...]
    searches: bool
    host: str
    port: int
    data: Path
    store: str
    articles: Path
    learn: bool
    attachments: bool
    confidence: str
    build: Path
    watch: bool
    retention_days: int
    trusted_proxies: tuple[str, ...]
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
    def queue_path(self) -> Path:
        """The queue as it is looked at: made of the tickets, and made anew when it is missing."""
        return self.data / "queue.db"

    @property
    def files(self) -> Path:
        """The folder of attachments."""
        return self.data / "files"

    @property
    def site_path(self) -> Path:
        """The folder of the built help site."""
        return self.build / "site"

    @property
    def mail_path(self) -> Path:
        """The folder of mails while there is no mail server."""
        return self.data / "mail"

    @property
    def desk_url(self) -> str:
        """Where the owner finds the desk."""
        parts = urlsplit(self.served_url)
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{self.desk_host}{port}/desk" if self.desk_host else f"{self.served_url}/desk"

    @property
    def at_home(self) -> bool:
        """Whether the site is served to this machine alone: to the owner who writes."""
        return urlsplit(self.served_url).hostname in ("localhost", "127.0.0.1", "::1")

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
    for name in ("base_url", "api"):
        values[name] = origin(address) if (address := str(values[name])) else ""
    if values["smtp_security"] == "none" and (values["smtp_user"] or values["smtp_password"]):
        raise Stop(
            "smtp_security is none, so the password would cross the network for all to read. Set it to starttls or tls,"
            " or leave smtp_user and smtp_password empty."
        )
    settings = Settings(**values)  # type: ignore[arg-type]
    if settings.desk_host and settings.desk_host.lower() == urlsplit(settings.served_url).hostname:
        raise Stop(f"desk_host must be another host than that of the help site, which is {settings.desk_host}.")
    return settings


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
