"""Settings: where they come from, and what is told when one is wrong."""

from pathlib import Path

import pytest

from ticket_api.errors import Stop
from ticket_api.settings import TABLE, load_settings


def test_the_defaults(tmp_path):
    settings = load_settings(tmp_path / "none.toml", {})
    assert (settings.host, settings.port, settings.offer_minutes) == ("127.0.0.1", 8000, 10)
    assert settings.data == Path("data")
    assert settings.served_url == "http://127.0.0.1:8000"


def test_command_line_wins_over_environment_over_file(tmp_path):
    toml = tmp_path / "helpleaf.toml"
    toml.write_text('company = "From file"\nport = 1\noffer_minutes = 3\nlanguages = ["zh", "en"]\n')
    settings = load_settings(toml, {"HELPLEAF_PORT": "2", "HELPLEAF_OFFER_MINUTES": "4"}, {"port": 5, "host": None})
    assert (settings.company, settings.port, settings.offer_minutes) == ("From file", 5, 4)
    assert settings.languages == ("zh", "en")


@pytest.mark.parametrize("setting", TABLE, ids=lambda setting: setting.name)
def test_every_setting_has_a_variable(tmp_path, setting):
    text = {bool: "off", int: "700", tuple: "zh en", str: "something"}[type(setting.default)]
    text = {
        "timezone": "Asia/Shanghai",
        "base_url": "https://help.example.org",
        "api": "https://api.example.org",
        "origins": "https://a.example https://b.example",
        "mail": "a@b.example",
        "smtp_security": "tls",
        "smtp_from": "c@d.example",
        "confidence": "0.25",
        "personal": "7",
        "trusted_proxies": "127.0.0.1 10.0.0.0/8",
        "desk_host": "desk.example.org",
    }.get(setting.name, text)
    settings = load_settings(tmp_path / "none.toml", {f"HELPLEAF_{setting.name.upper()}": text})
    read = getattr(settings, setting.name)
    assert (" ".join(read) if isinstance(read, tuple) else str(read)) == {"off": "False"}.get(text, text)


def test_a_secret_comes_from_a_file_too(tmp_path):
    (tmp_path / "key").write_text("a key from a file\n")
    settings = load_settings(tmp_path / "none.toml", {"HELPLEAF_SECRET_FILE": str(tmp_path / "key")})
    assert settings.secret == "a key from a file"


def test_the_address_of_the_store_comes_from_a_file_too(tmp_path):
    (tmp_path / "store").write_text("postgresql://alice:secret@db.example.com/helpleaf\n")
    settings = load_settings(tmp_path / "none.toml", {"HELPLEAF_STORE_FILE": str(tmp_path / "store")})
    assert settings.store == "postgresql://alice:secret@db.example.com/helpleaf"


def test_an_empty_variable_hides_no_file(tmp_path):
    (tmp_path / "store").write_text("kept.db")
    environ = {"HELPLEAF_STORE_FILE": str(tmp_path / "store"), "HELPLEAF_STORE": "", "HELPLEAF_SECRET_FILE": ""}
    assert load_settings(tmp_path / "none.toml", environ).store == "kept.db"


@pytest.mark.parametrize("variable", ["HELPLEAF_STORE_FILE", "HELPLEAF_SECRET_FILE"])
@pytest.mark.parametrize(
    ("name", "told"),
    [(".", "Is a directory"), ("none", "No such file"), ("empty", "it is empty"), ("binary", "it isn't text")],
)
def test_a_file_that_holds_no_value_is_told(tmp_path, variable, name, told):
    (tmp_path / "empty").write_text(" \n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(Stop) as refused:
        load_settings(tmp_path / "none.toml", {variable: str(tmp_path / name)})
    sentence = str(refused.value)
    assert sentence.startswith(f"{variable} names {tmp_path / name}, which can't be read: {told}")
    assert sentence.endswith("Name a file that holds the value alone and that this user may read.")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://alice:secret@db.example.com/helpleaf",
        "postgres://alice:secret@/helpleaf",
        "postgresql://alice:sec/ret@db.example.com/helpleaf",
        "postgresql://alice:sec@ret@db.example.com/helpleaf",
        "postgresql://alice@db.example.com/helpleaf?password=secret",
        "postgresql:///helpleaf?sslmode=require&sslpassword=secret",
    ],
)
def test_a_password_in_the_file_that_is_in_git_is_refused_and_not_repeated(tmp_path, url):
    (tmp_path / "helpleaf.toml").write_text(f"store = '{url}'")
    with pytest.raises(Stop, match="would be in git") as refused:
        load_settings(tmp_path / "helpleaf.toml", {})
    assert "sec" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    ["postgresql://alice@db.example.com:5433/helpleaf?sslmode=require", "data/a:b@c.db", "postgresql:///helpleaf"],
)
def test_a_store_without_a_password_may_stand_in_the_file(tmp_path, url):
    (tmp_path / "helpleaf.toml").write_text(f"store = '{url}'")
    assert load_settings(tmp_path / "helpleaf.toml", {}).store == url


@pytest.mark.parametrize(
    ("toml", "environ", "told"),
    [
        ("colour = 1", {}, "there is no setting 'colour'"),
        ("port = 'x'", {}, "port must be a whole number"),
        ("port = true", {}, "port must be a whole number"),
        ("languages = 'en'\nport = 1.5", {}, "port must be a whole number"),
        ("secret = 'x'", {}, "there is no setting 'secret'"),
        ("= broken", {}, "can't be read"),
        ("timezone = 'Mars/Base'", {}, "timezone must be a time zone such as"),
        ("languages = []", {}, "languages must be one language or more"),
        ("base_url = 'help.example.org'", {}, "base_url must be an address without a path"),
        ("base_url = 'https://help.example.org/kb'", {}, "base_url must be an address without a path"),
        ("base_url = 'https://['", {}, "base_url must be an address without a path"),
        ("base_url = 'https://help.example.org:port'", {}, "base_url must be an address without a path"),
        ('api = "https://a.example;script-src *"', {}, "api must be an address without a path"),
        ('api = "https://a.example\'"', {}, "api must be an address without a path"),
        ("api = 'https://a.example,b.example'", {}, "api must be an address without a path"),
        ("api = 'https://a..example'", {}, "api must be an address without a path"),
        ("origins = ['https://a.example:99999']", {}, "origins must be addresses without a path"),
        ("origins = ['*']", {}, "origins must be addresses without a path"),
        ("origins = ['null']", {}, "origins must be addresses without a path"),
        ("company = ' '", {}, "company must be the name"),
        ("mail = 'nonsense'", {}, "mail must be an e-mail address"),
        ("offer_minutes = -5", {}, "offer_minutes must be between 1 and"),
        ("retention_days = -1", {}, "retention_days must be between 0"),
        ("confidence = 1.5", {}, "confidence must be a number from 0 to 1"),
        ("confidence = -1", {}, "confidence must be a number from 0 to 1"),
        ("confidence = nan", {}, "confidence must be a number from 0 to 1"),
        ("", {"HELPLEAF_CONFIDENCE": "high"}, "HELPLEAF_CONFIDENCE: confidence must be a number from 0 to 1"),
        ("api = 'https://a.example/path'", {}, "api must be an address without a path"),
        ("origins = ['a.example']", {}, "origins must be addresses without a path"),
        ("personal = 51", {}, "personal must be between 0 and 50"),
        ("learn = 'maybe'", {}, "learn must be on or off"),
        ("message_limit = 0", {}, "message_limit must be at least 100"),
        ("", {"HELPLEAF_COLOUR": "red"}, "There is no setting HELPLEAF_COLOUR.*, HELPLEAF_STORE_FILE"),
        ("", {"HELPLEAF_COMPANY_FILE": "x"}, "There is no setting HELPLEAF_COMPANY_FILE"),
        ("", {"HELPLEAF_PORT": "http"}, "HELPLEAF_PORT: port must be a whole number"),
        ("", {"HELPLEAF_PORT": "70000"}, "between 0 and 65535"),
        ("", {"HELPLEAF_LIMITS": "maybe"}, "limits must be on or off"),
        ("", {"HELPLEAF_SECRET_FILE": "/nowhere"}, "/nowhere, which can't be read"),
        ("", {"HELPLEAF_SECRET": "\udcff" * 32}, "HELPLEAF_SECRET: secret must be text in UTF-8."),
        ("", {"HELPLEAF_HOSTS": "a b\udcff"}, "HELPLEAF_HOSTS: hosts must be text in UTF-8."),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path, toml, environ, told):
    path = tmp_path / "helpleaf.toml"
    path.write_text(toml)
    with pytest.raises(Stop, match=told.replace("(", r"\(")):
        load_settings(path, environ)


def test_links_lead_to_the_base_address(tmp_path):
    environ = {"HELPLEAF_BASE_URL": "https://help.example.org/"}
    assert load_settings(tmp_path / "none.toml", environ).served_url == "https://help.example.org"
    assert load_settings(tmp_path / "none.toml", {"HELPLEAF_HOST": "::1"}).served_url == "http://[::1]:8000"


@pytest.mark.parametrize(
    ("toml", "least"),
    [("", None), ("''", None), ("'0.25'", 0.25), ("'.5'", 0.5), ("0.5", 0.5), ("0", 0.0), ("1", 1.0)],
)
def test_how_sure_an_article_must_be(tmp_path, toml, least):
    path = tmp_path / "helpleaf.toml"
    path.write_text(f"confidence = {toml}" if toml else "")
    assert load_settings(path, {}).least == least


def test_addresses_of_sites_are_kept_as_browsers_write_them(tmp_path):
    settings = load_settings(
        tmp_path / "none", {}, {"base_url": "HTTPS://帮助.Example:443/", "api": "http://[::1]:8000/"}
    )
    assert settings.base_url == settings.served_url == "https://xn--7frx1y.example"
    assert settings.api == "http://[::1]:8000"
