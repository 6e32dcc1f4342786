"""`helpleaf webhooks`: how they are, and switching them on and off."""

from contextlib import closing
from datetime import UTC, datetime

import pytest

from tests.channels.conftest import KEY
from ticket_api.channels import webhooks_of
from ticket_api.cli import main
from ticket_api.settings import load_settings
from ticket_api.store import open_store
from ticket_api.tickets.event import Act
from ticket_api.webhooks.state import State, written

TOML = '[[webhooks]]\nname = "chat"\nurl = "https://chat.example/in"\n'
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def failing(tmp_path, monkeypatch):
    """A desk whose webhook was switched off."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HELPLEAF_WEBHOOK_CHAT_SECRET", KEY)
    (tmp_path / "helpleaf.toml").write_text(TOML)
    settings = load_settings()
    assert webhooks_of(settings)
    settings.data.mkdir()
    with closing(open_store(settings.store_url)) as store:
        off = State(off=True, delivered=3, delivered_at=AT, trouble="answered", status=500, failing_since=AT, tries=33)
        store.change_paper("webhook:chat", lambda _: written(off))
        store.record(Act("system", "webhook_off", AT))
    return settings


def test_it_tells_how_each_is(failing, capsys):
    assert main(["webhooks"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "chat: off, 3 events delivered, last at 2026-03-02 09:00 UTC",
        "    failing since 2026-03-02 09:00 UTC: It answered 500 in place of 200.",
    ]


def test_it_switches_one_on_and_off(failing, capsys):
    told = []
    for arguments in (["on", "chat"], ["on", "chat"], ["off", "chat"], ["off", "chat"], ["on", "chat", "--from-now"]):
        assert main(["webhooks", *arguments]) == 0
        told.append(capsys.readouterr().out.strip())
    assert told == [
        "chat is switched on, and goes on where it was.",
        "chat was on already; it is tried at once.",
        "chat is switched off.",
        "chat was off already.",
        "chat is switched on, and goes on from now.",
    ]
    with closing(open_store(failing.store_url)) as store:
        assert [event.what for event in store.events(0)] == ["webhook_off", "webhook_on", "webhook_off", "webhook_on"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["on"], "Name the webhook: helpleaf webhooks on NAME."),
        (["on", "shop"], "There is no webhook “shop” in the settings."),
        (["--from-now"], "--from-now stands only with on"),
    ],
)
def test_anything_else_is_told(failing, capsys, arguments, told):
    assert main(["webhooks", *arguments]) == 1
    assert told in capsys.readouterr().err


def test_a_desk_without_any_says_so(failing, tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("HELPLEAF_WEBHOOK_CHAT_SECRET")
    (tmp_path / "helpleaf.toml").write_text("")
    assert main(["webhooks"]) == 0
    assert capsys.readouterr().out == "There is no webhook in helpleaf.toml.\n"
