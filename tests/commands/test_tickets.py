"""Tickets in the terminal, over a real store: they are listed, shown and answered, and no word gets lost."""

import io
import json
import os
import re
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from tests.store.asking import question
from ticket_api import cli
from ticket_api.commands.editor import LINE
from ticket_api.commands.served import is_served, serving
from ticket_api.drafts import Draft, name_of, read_draft, written
from ticket_api.keys import key_mark, load_secret
from ticket_api.preferences import Preferences, SavedReply
from ticket_api.settings import load_settings
from ticket_api.store import open_store
from ticket_api.tickets import handling
from ticket_api.tickets import ticket as tickets
from ticket_api.tickets.event import Act
from ticket_api.tickets.message import Attachment, Message, Note
from ticket_api.tickets.ticket import Did, Ran, Unsent

NOW = datetime.now(UTC)
HOSTILE = "\x1b]0;owned\x07 Refund?\n# vim: set foldmethod=expr:\nLocal Variables:\n\x9b31m\u202e"


def asked(number: int, text: str, **fields):
    at = NOW - timedelta(hours=number)
    files = fields.pop("files", ())
    message = Message("requester", text, at, files or handling.UNSET)
    common = {"subject": "", "status": "open", "messages": (message,), "created_at": at, "changed_at": at, "lang": "en"}
    return question(number, **{**common, **fields})


class Terminal:
    """The owner's terminal, in the folder of a desk with four tickets."""

    def __init__(self, folder: Path, capsys, monkeypatch) -> None:
        self.folder = folder
        self._capsys = capsys
        self._monkeypatch = monkeypatch
        self.settings = load_settings(folder / "helpleaf.toml", {}, {"data": str(folder / "data")})
        with closing(open_store(self.settings.store_url)) as store:
            store.claim(key_mark(load_secret(self.settings)))
            store.add_ticket(asked(1, "Charged twice", tags=("vip",), priority=5))
            store.add_ticket(asked(2, "怎么退款？", lang="zh", name="王小明", email="wang@customer.example"))
            store.add_ticket(asked(30, HOSTILE, name="M\x1b[2Jallory", email="", subject="\x1b[31m"))
            store.add_ticket(asked(4, "Where is my invoice?", status="waiting"))

    def __call__(self, *typed: str, code: int = 0, comes_in: bytes = b"", at: bool = False) -> str:
        """What a command prints; `at`: a person is at the terminal, who can edit."""
        stdin = io.TextIOWrapper(io.BytesIO(comes_in))
        if at:
            stdin.isatty = lambda: True
        self._monkeypatch.setattr(sys, "stdin", stdin)
        assert cli.main(typed) == code
        out, self.error = self._capsys.readouterr()
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", out + self.error)
        return out

    def json(self, *typed: str):
        return json.loads(self(*typed, "--json"))

    def ticket(self, number: int):
        with closing(open_store(self.settings.store_url)) as store:
            return store.ticket(number)

    def change(self, number: int, change) -> None:
        with closing(open_store(self.settings.store_url)) as store:
            store.change_ticket(number, change, Act("requester", "wrote", NOW))

    def paper(self, number: int, draft: Draft | None = None) -> Draft:
        with closing(open_store(self.settings.store_url)) as store:
            if draft:
                store.change_paper(name_of(number), lambda _: written(draft))
            return read_draft(store.paper(name_of(number)))

    def mails(self, number: int):
        with closing(open_store(self.settings.store_url)) as store:
            return store.mails_of(number)

    def editor(self, python: str) -> None:
        """The owner's editor: lines of Python that make `text` of what stands in the `path`."""
        script = self.folder / "editor.py"
        script.write_text(
            "import sys, pathlib\npath = pathlib.Path(sys.argv[1])\ntext = path.read_text()\n"
            f"pathlib.Path('shown').write_text(text)\n{python}\npath.write_text(text)\n"
        )
        self._monkeypatch.setenv("EDITOR", f"'{sys.executable}' '{script}'")


@pytest.fixture
def terminal(tmp_path, capsys, monkeypatch):
    for name in os.environ:
        if name.startswith("HELPLEAF_") or name in ("VISUAL", "EDITOR"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    return Terminal(tmp_path, capsys, monkeypatch)


def test_it_lists_what_waits_for_an_answer(terminal):
    head, *lines, empty, last = terminal("tickets").splitlines()
    assert head.split() == ["#", "Priority", "Time", "Who", "Lang", "Tags", "Question"]
    assert [line.split()[0] for line in lines] == ["1", "3", "2"]
    assert lines[0].endswith("vip   Charged twice")
    assert r"M\x1b[2Jallory" in lines[1]
    assert r"\x1b[31m" in lines[1]
    assert "王小明" in lines[2]
    assert (empty, last) == ("", "3 tickets.")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        (["tag:vip"], [1]),
        (["lang:zh"], [2]),
        (["退款"], [2]),
        (["where", "is", "my", "invoice"], [4]),
        (["status:waiting"], [4]),
        (["--view", "waiting"], [4]),
        (["--view", "all", "from:wang@customer.example"], [2]),
        (["list", "charged"], [1]),
        (["--view", "solved"], []),
    ],
)
def test_it_finds_what_the_desk_finds(terminal, typed, found):
    listed = terminal.json("tickets", *typed)
    assert ([each["id"] for each in listed["tickets"]], listed["more"], listed["version"]) == (found, False, 1)


def test_as_many_as_are_wished_for(terminal):
    with closing(open_store(terminal.settings.store_url)) as store:
        for number in range(60):
            store.add_ticket(asked(100 + number, "One of many"))
    assert terminal("tickets", "--limit", "1").splitlines()[-1] == "1 of 63 tickets."
    assert len(terminal.json("tickets", "--limit", "62")["tickets"]) == 62
    assert terminal.json("tickets", "--limit", "55")["more"]
    assert terminal("tickets", "--limit", "63").splitlines()[-1] == "63 tickets."
    assert terminal("tickets", "many", "--limit", "5").splitlines()[-1].startswith("The first 5 tickets; there are")


def test_nothing_is_found(terminal):
    assert terminal("tickets", "giraffe") == "Nothing is found.\n"
    for number in (1, 2, 3):
        terminal("tickets", "solve", f"#{number}")
    assert terminal("tickets") == "Nothing waits for your answer.\n"


def test_it_shows_a_ticket(terminal):
    file = Attachment("0" * 32, "bill.png", "image/png", 2000)
    late = NOW + timedelta(minutes=1)
    terminal.change(1, lambda ticket: tickets.write(ticket, "Here it is.", NOW, (file,)))
    terminal.change(1, lambda ticket: handling.note(ticket, "Knows the boss.", late))
    assert terminal("tickets", "show", "1").splitlines() == [
        "Ticket 1",
        "open, priority 5, in English, from /zh/billing/, version 2",
        "From Bob <bob@customer.example>; also asked 4",
        "Tags: vip",
        "Offered: Charged (billing/charged-1, 0.10)",
        "",
        f"Bob, {NOW - timedelta(hours=1):%Y-%m-%d %H:%M} UTC",
        "  Charged twice",
        "",
        f"Bob, {NOW:%Y-%m-%d %H:%M} UTC",
        "  Here it is.",
        f"  [bill.png, 2 KB: {'0' * 32}]",
        "",
        f"Your note, {late:%Y-%m-%d %H:%M} UTC",
        "  Knows the boss.",
    ]


def test_it_tells_what_rules_did_and_why_and_what_was_not_sent(terminal):
    at, asks = f"{NOW:%Y-%m-%d %H:%M} UTC", Unsent("ask", "order number", "answered")
    ran = (
        Ran("rule:Money", NOW, (("words", "refund \x1b[2J"),), (Did("tag", "money"), Did("priority", "5", "3")), NOW),
        Ran("rule:Which\torder?", NOW, unsent=asks),
        Ran("rule:Nothing", NOW, (("status", "open"),)),
        Ran("promise:resolution:missed:2026-03-02T13:00Z", NOW),
    )
    terminal.change(1, lambda ticket: msgspec.structs.replace(ticket, ran=ran))
    shown = terminal("tickets", "show", "1").splitlines()
    first = shown.index(f"By itself: {ran[3].name} at {at}") + 1
    assert shown[first : first + 8] == [
        f"Rule Money, {at}: Add tag money; Priority 5",
        r"  Because of: Words refund \x1b[2J",
        f"  Taken back {at}.",
        f"Rule Which order?, {at}",
        "  Because of: every question",
        "  The message that asks for “order number” wasn’t sent: this ticket had its one automatic message already.",
        f"Rule Nothing, {at}: It changed nothing.",
        "  Because of: Status open",
    ]


def test_it_names_the_saved_reply_that_fits(terminal):
    replies = (
        SavedReply("Charged \x1b[31m twice", "en", "One of the two charges of {company} disappears."),
        SavedReply("退款", "zh", "{name}，您好：款项已经退回。"),
    )
    stored = msgspec.json.encode(Preferences(version=1, replies=replies)).decode()
    assert terminal.json("tickets", "show", "1")["saved_reply"] is None
    with closing(open_store(terminal.settings.store_url)) as store:
        store.change_paper("preferences", lambda _: stored)
    shown = terminal("tickets", "show", "1")
    assert "\nSaved reply that fits: Charged \\x1b[31m twice (“charged”, “twice” in the title" in shown
    reply = terminal.json("tickets", "show", "2")["saved_reply"]
    assert reply == {"title": "退款", "text": replies[1].text, "why": ["“退款” in the title"]}
    assert "Saved reply" not in terminal("tickets", "show", "3")


def test_scripts_get_a_ticket_without_what_leads_to_its_secret_link(terminal):
    shown = terminal.json("tickets", "show", "1")
    assert (shown["version"], shown["others"], shown["ticket"]["messages"][0]["text"]) == (1, [4], "Charged twice")
    assert not {"uid", "link", "request"} & set(shown["ticket"])


def test_strangers_words_reach_no_terminal_as_they_are(terminal):
    shown = terminal("tickets", "show", "3")  # `Terminal` looks at every character that is printed
    assert r"\x1b]0;owned\x07 Refund?" in shown
    assert r"\x9b31m\u202e" in shown


def test_a_reply_comes_in_and_its_mail_waits(terminal):
    told = terminal("tickets", "reply", "2", "--solve", comes_in="# 好的\n\nDone.\n\n".encode())
    assert told.startswith("Replied to ticket 2, which is solved. The mail to wang@customer.example waits, because no")
    ticket = terminal.ticket(2)
    assert (ticket.messages[-1].text, ticket.status) == ("# 好的\n\nDone.", "solved")
    (mail,) = terminal.mails(2)
    assert (mail.kind, mail.state, mail.text) == ("reply", "waiting", "# 好的\n\nDone.")


def test_a_server_sends_the_mail_and_who_gave_no_address_gets_none(terminal):
    with serving(terminal.settings.data):
        told = terminal("tickets", "reply", "1", "-m", "Yes.")
    assert "The server mails it to bob@customer.example in 10 seconds." in told
    assert terminal("tickets", "reply", "3", "-m", "Yes.").endswith(
        "The customer gave no address, and reads it behind the secret link.\n"
    )
    assert terminal.mails(3) == []


def test_a_reply_is_taken_back(terminal, monkeypatch):
    monkeypatch.setattr(handling, "UNDO", timedelta(days=1))
    terminal("tickets", "reply", "1", "-m", "Oops.")
    assert "is taken back" in terminal("tickets", "retract", "1")
    assert (len(terminal.ticket(1).messages), terminal.mails(1), terminal.paper(1).text) == (1, [], "Oops.")


def test_a_reply_is_written_in_the_editor_below_which_the_thread_stands(terminal):
    terminal.paper(3, Draft("# Begun at the desk", 4))
    terminal.editor("text = text.replace('the desk', 'the desk, ended here', 1)")
    assert "Replied to ticket 3" in terminal("tickets", "reply", "3", at=True)
    assert terminal.ticket(3).messages[-1].text == "# Begun at the desk, ended here"
    shown = Path("shown").read_text()
    begun, _, below = shown.partition(f"\n{LINE}\n")
    assert begun == "# Begun at the desk\n"
    assert all(line.startswith("#") for line in below.splitlines())
    assert r"Refund?" in below
    assert not re.search(r"vim:|Local Variables:|[\x1b\x07\x9b\u202e]", below)
    assert list(terminal.folder.glob("helpleaf-*")) == []
    assert terminal.paper(3).text == ""


@pytest.mark.parametrize(
    ("python", "told"),
    [
        ("pass", "The text is empty, so nothing was done."),
        ("text = ''", "The line that ends your text is gone"),
        ("text = 'Yes.\\n' + text.split('\\n', 3)[3]", "The line that ends your text is gone"),
        ("path.write_bytes(b'\\xff' + path.read_bytes())\nsys.exit(0)", "this isn't UTF-8 text (byte 1)"),
        ("path.write_text('Half')\nsys.exit(3)", "ended with 3. Nothing was sent; your text is in"),
    ],
)
def test_what_was_edited_is_not_sent(terminal, python, told):
    terminal.editor(python)
    terminal("tickets", "reply", "3", at=True, code=1)
    assert told in terminal.error
    assert len(terminal.ticket(3).messages) == 1
    named = re.search(r"\S+/ticket-3\.md", terminal.error)
    assert bool(named) == bool(list(terminal.folder.glob("helpleaf-*/ticket-3.md")))


def test_no_editor(terminal, monkeypatch):
    monkeypatch.setenv("EDITOR", "no-such-editor")
    terminal("tickets", "reply", "3", at=True, code=1)
    assert "The editor 'no-such-editor' can't be started. Name another one in EDITOR" in terminal.error


def test_what_came_meanwhile_is_shown_and_the_text_is_kept(terminal):
    terminal.editor(
        "from datetime import UTC, datetime\nfrom ticket_api.store import open_store\n"
        "from ticket_api.tickets.event import Act\nfrom ticket_api.tickets.ticket import write\n"
        "store, now = open_store('data/tickets.db'), datetime.now(UTC)\n"
        "store.change_ticket(1, lambda ticket: write(ticket, 'It is solved!', now), Act('requester', 'wrote', now))\n"
        "store.close()\ntext = 'My answer.\\n' + text"
    )
    terminal("tickets", "reply", "1", at=True, code=1)
    assert "\n  It is solved!\n" in terminal.error
    assert terminal.error.endswith(
        "helpleaf: Ticket 1 changed meanwhile, so nothing was done. See helpleaf tickets show 1.\n"
    )
    (kept,) = terminal.folder.glob("helpleaf-*/ticket-1.md")
    assert f"Your text is kept in {kept}\n" in terminal.error
    assert (kept.stat().st_mode & 0o77, kept.parent.stat().st_mode & 0o77) == (0, 0)
    assert kept.read_text() == "My answer."
    assert len(terminal.ticket(1).messages) == 2


def test_what_stands_below_the_line_is_never_sent(terminal):
    Path("kept.md").write_text(f"\r\nMine.\r\n\r\n{LINE}\r\n# Your note\r\n#   A rude customer.\r\n")
    terminal("tickets", "reply", "1", "--file", "kept.md")
    assert terminal.ticket(1).messages[-1].text == "Mine."


@pytest.mark.parametrize("verb", ["reply", "note"])
def test_a_text_that_was_not_stored_is_kept(terminal, verb):
    terminal("tickets", verb, "1", "--seen", "7", code=1, comes_in=b"Mine.")
    kept = Path(re.search(r"kept in (\S+)", terminal.error)[1])
    assert kept.read_text() == "Mine."
    terminal("tickets", verb, "1", "--seen", "7", "--file", str(kept), code=1)
    assert f"Your text is kept in {kept}\n" in terminal.error
    terminal("tickets", verb, "1", "--file", str(kept))
    assert kept.read_text() == "Mine."


def test_a_draft_of_another_window_stays(terminal):
    terminal.paper(1, Draft("Written at the desk", 2))
    told = terminal("tickets", "reply", "1", "-m", "Written here")
    assert "The desk holds a draft with other words for ticket 1; it stays." in told
    assert terminal.paper(1).text == "Written at the desk"


def test_all_that_takes_a_word(terminal):
    assert terminal("tickets", "note", "1", comes_in="记一下".encode()) == "Your note stands at ticket 1.\n"
    assert terminal("tickets", "tag", "1", " Late  Delivery") == "Ticket 1 has the tags: late delivery, vip.\n"
    assert terminal("tickets", "untag", "1", "vip") == "Ticket 1 has the tags: late delivery.\n"
    assert re.fullmatch(r"Ticket 1 comes back at 2.* 09:00\.\n", terminal("tickets", "snooze", "1", "tomorrow"))
    assert [each["id"] for each in terminal.json("tickets", "--view", "snoozed")["tickets"]] == [1]
    assert terminal("tickets", "wake", "1") == "Ticket 1 is awake.\n"
    assert terminal("tickets", "solve", "1") == "Ticket 1 is solved.\n"
    assert terminal("tickets", "reopen", "1") == "Ticket 1 is open again.\n"
    ticket = terminal.ticket(1)
    assert [note.text for note in ticket.notes] == ["记一下"]
    assert isinstance(ticket.notes[0], Note)
    assert (ticket.tags, ticket.status, ticket.snoozed_until) == (("late delivery",), "open", handling.UNSET)


def test_what_silence_has_opened_is_open(terminal):
    terminal.change(4, lambda ticket: handling.replace(ticket, status="offered"))
    assert "\nopen, " in terminal("tickets", "show", "4")
    assert [each["id"] for each in terminal.json("tickets")["tickets"]] == [1, 3, 4, 2]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (
            ["show", "twelve"],
            "'twelve' isn't the number of a ticket. Name one such as 12: helpleaf tickets lists them.",
        ),
        (["show", "-1"], "'-1' isn't the number"),
        (["show", "9" * 30], "isn't the number"),
        (["show", "99"], "There is no ticket #99. Look up its number in the queue."),
        (["reply", "99", "-m", "Hello"], "There is no ticket #99."),
        (["is:late"], "The search knows is:overdue and is:unanswered, and not is:late."),
        (["after:yesterday"], "yesterday is no day. Write it as 2026-10-31."),
        (["x" * 201], "A search takes up to 200 characters."),
        (["--limit", "0"], "--limit 0: name a number of tickets, 1 or more."),
        (["snooze", "1", "yesterday"], "'yesterday' is no time to come within a year. UNTIL is later, tomorrow, week"),
        (["tag", "1", " "], "Type the tag first."),
        (["reply", "1", "-m", " "], "The text is empty, so nothing was done."),
        (["reply", "1", "--file", "nowhere"], "nowhere can't be used: No such file or directory."),
        (["note", "1", "-m", "x" * 99_999], "This is 99999 characters long; at most"),
        (["solve", "1", "--seen", "7"], "Ticket 1 changed meanwhile, so nothing was done."),
        (["retract", "1"], "That can't be taken back any more"),
        (["--data", "elsewhere"], "There is no desk in elsewhere"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(terminal, typed, told):
    assert terminal("tickets", *typed, code=1) == ""
    assert told in terminal.error
    assert terminal.error.count("helpleaf: ") == 1


def test_help_names_everything(terminal, capsys):
    with pytest.raises(SystemExit):
        cli.main(["tickets", "--help"])
    told = capsys.readouterr().out
    for verb in ("list", "show", "reply", "note", "solve", "reopen", "retract", "tag", "untag", "snooze", "wake"):
        assert re.search(rf"^ +{verb} ", told, re.MULTILINE)
    with pytest.raises(SystemExit):
        cli.main(["tickets", "reply", "--help"])
    assert "usage: helpleaf tickets reply [-h]" in capsys.readouterr().out


def test_who_serves_is_seen(tmp_path):
    assert not is_served(tmp_path)
    with serving(tmp_path), serving(tmp_path):
        assert is_served(tmp_path)
    assert not is_served(tmp_path)
    with serving(tmp_path / "nowhere"):
        assert not is_served(tmp_path / "nowhere")
