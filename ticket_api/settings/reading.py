"""Settings are read from helpleaf.toml and from the environment, which wins."""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from ticket_api.address import origin
from ticket_api.errors import Stop
from ticket_api.settings.sections import SECTIONS, signing_key
from ticket_api.settings.table import PATHS, PREFIX, RULES, TABLE, VARIABLES, Setting
from ticket_api.settings.values import Settings


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
    sections = {name: table for name, table in from_file.items() if name in SECTIONS}
    settings = Settings(**values, file=str(toml), sections=sections, signing=_signing(environ))  # type: ignore[arg-type]
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
    allowed = {*SECTIONS, *(setting.name for setting in TABLE if not setting.secret)}
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
        if not variable.startswith(PREFIX) or signing_key(variable):
            continue
        setting = known.get(variable) or known.get(variable.removesuffix("_FILE"))
        if setting is None or variable not in VARIABLES:
            raise Stop(f"There is no setting {variable}. The settings are {', '.join(VARIABLES)}.")
        if text:
            values[setting.name] = text if variable in known else _read_secret(variable, text)
    return values


def _signing(environ: Mapping[str, str]) -> dict[str, str]:
    """The keys for messages to and from other programs, by what they are for."""
    found = {variable: text for variable, text in environ.items() if text and signing_key(variable)}
    return {
        signing_key(variable): _read_secret(variable, text) if variable.endswith("_FILE") else text
        for variable, text in found.items()
    }


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
