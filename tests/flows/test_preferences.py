"""Alice sets what she changes often: hours, target, name, logo and saved replies."""

import re
from datetime import timedelta

import pytest

from tests.conftest import ORIGIN
from ticket_api.preferences import LARGEST_LOGO, CurrentPreferences, Preferences, SavedReply, read
from ticket_api.tickets.hours import Opening

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 100
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 100
WEBP = b"RIFF\x10\0\0\0WEBPVP8 " + b"\0" * 100
FORM = {"version": "0", "open_0": "on", "opens_0": "08:30", "closes_0": "12:00", "target": "4", "name": ""}


def save(client, logo=b"", **changes):
    """Send the form as a browser does; a field that is None isn't sent."""
    fields = {name: value for name, value in {**FORM, **changes}.items() if value is not None}
    return client.post("/desk/preferences", data=fields, files={"logo": ("logo.png", logo)})


def version_on(page: str) -> str:
    return re.search(r'name="version" value="(\d*)"', page)[1]


def test_it_works(alice, store):
    assert save(alice, open_6="on", opens_6="22:00", closes_6="00:00", target="0,5").status_code == 303
    preferences = read(store)
    assert preferences.hours == (Opening(0, 510, 720), Opening(6, 1320, 1440))
    assert (preferences.target, preferences.version) == (timedelta(minutes=30), 1)
    page = alice.get("/desk/preferences").text
    for field in ('name="opens_0" value="08:30"', 'name="closes_6" value="00:00"', 'value="0.5"', 'value="09:00"'):
        assert field in page
    assert page.count(" checked") == 2
    assert [event.what for event in store.events(0)][-1] == "preferences_changed"


def test_the_same_again_is_no_change(alice, store):
    save(alice)
    before = store.events(0)
    assert save(alice).status_code == 303
    assert read(store).version == 1
    assert store.events(0) == before


def test_two_windows_lose_nothing(alice, store):
    save(alice, name="First")
    answer = save(alice, name="Second", closes_0="11:00")
    assert answer.status_code == 409
    assert 'value="Second"' in answer.text
    assert 'value="11:00"' in answer.text
    assert read(store).name == "First"
    assert save(alice, name="Second", version=version_on(answer.text)).status_code == 303
    assert read(store).name == "Second"


@pytest.mark.parametrize(
    ("changes", "field", "told"),
    [
        ({"closes_0": "08:30"}, "closes_0", "Monday: enter a time"),
        ({"closes_0": "08:00"}, "closes_0", "Monday: enter a time"),
        ({"opens_0": ""}, "closes_0", "Monday: enter a time"),
        ({"opens_0": "25:00"}, "closes_0", "Monday: enter a time"),
        ({"open_3": "on", "opens_3": "9", "closes_3": "17"}, "closes_3", "Thursday: enter a time"),
        ({"target": "0"}, "target", "hours above 0"),
        ({"target": "soon"}, "target", "hours above 0"),
        ({"target": "99999"}, "target", "hours above 0"),
        ({"target": "nan"}, "target", "hours above 0"),
        ({"name": "x" * 101}, "name", "at most 100"),
        ({"logo": b"<svg onload=alert(1)>"}, "logo", "isn’t a PNG"),
        ({"logo": PNG + b"\0" * LARGEST_LOGO}, "logo", "at most 100 KB"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_lost(alice, store, changes, field, told):
    answer = save(alice, **{"name": "Kept name", **changes})
    assert answer.status_code == 422
    assert told in answer.text
    wrong = re.search(r'<input [^>]*name="(\w+)"[^>]*aria-invalid="true"', answer.text)
    assert wrong[1] == field
    assert changes.get("name", "Kept name") in answer.text
    assert ("choose the picture again" in answer.text) is ("logo" in changes)
    assert read(store) == Preferences()


@pytest.mark.parametrize("version", [None, "", "-1", "1.5"])
def test_a_form_without_its_version_is_refused(alice, version):
    assert save(alice, version=version).status_code == 422


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"])
def test_a_form_that_cannot_be_read_is_refused(alice, kind):
    answer = alice.post("/desk/preferences", content=b"--x\r\nnonsense", headers={"content-type": kind})
    assert answer.status_code in (400, 415)


def test_customers_see_the_name(alice, bob):
    assert "Larkbill" in bob.get("/ask").text
    save(alice, name="Lark & Bill")
    page = bob.get("/ask").text
    assert "Lark &amp; Bill" in page
    assert "Larkbill" not in page


@pytest.mark.parametrize(("data", "kind"), [(PNG, "png"), (JPEG, "jpeg"), (WEBP, "webp")])
def test_customers_see_the_logo(alice, bob, data, kind):
    assert "/static/logo/" not in bob.get("/ask").text
    save(alice, logo=data)
    address = re.search(r'<img src="(/static/logo/\w+\.\w+)" alt=""', bob.get("/ask").text)[1]
    picture = bob.get(address)
    assert (picture.content, picture.headers["content-type"]) == (data, f"image/{kind}")
    assert picture.headers["x-content-type-options"] == "nosniff"
    assert "immutable" in picture.headers["cache-control"]
    assert address.endswith(kind)
    for wrong in ("/static/logo/other.png", "/static/logo/"):
        assert bob.get(wrong).status_code == 404


def test_the_logo_stays_until_it_is_taken_away(alice, bob, store):
    save(alice, logo=PNG)
    first = read(store).logo
    save(alice, version="1", name="Other")
    assert read(store).logo == first
    save(alice, version="2", logo=JPEG)
    assert bob.get(f"/static/logo/{first}").status_code == 404
    save(alice, version="3", no_logo="on")
    assert read(store).logo == ""
    assert store.paper("logo") == ""


def test_what_another_server_changes_is_in_force_soon(alice, store, monkeypatch, clock):
    current = CurrentPreferences(store)
    save(alice, name="Elsewhere")
    assert current.now.name == ""
    monkeypatch.setattr("ticket_api.preferences.FRESH_SECONDS", -1.0)
    for _ in range(1000):
        if current.now.name:
            break
        current._reading.acquire()  # waits for the thread that reads
        current._reading.release()
    assert current.now.name == "Elsewhere"


def reply(client, mark="new", do="save", **fields):
    given = {"title": "Hello", "in": "en", "text": "Hello {name}, it is {number}.", **fields}
    return client.post(f"/desk/replies/{mark}", data={"do": do, **given})


def test_saved_replies_are_made_changed_and_removed(alice, store):
    assert reply(alice).status_code == 303
    assert reply(alice, title="Apology", text="Sorry").status_code == 303
    assert reply(alice, title="你好", **{"in": "zh"}, text="{name}，你好").status_code == 303
    english = read(store).replies_in("en")
    assert [each.title for each in english] == ["Apology", "Hello"]
    page = alice.get("/desk/preferences").text
    mark = re.search(r'href="/desk/replies/(\w+)" lang="en">Hello<', page)[1]
    assert "Hello {name}, it is {number}." in alice.get(f"/desk/replies/{mark}").text
    assert reply(alice, mark, text="Hi {name}").status_code == 303
    assert read(store).replies_in("en")[1] == SavedReply("Hello", "en", "Hi {name}")
    assert reply(alice, read(store).replies_in("en")[1].mark, "remove").status_code == 303
    assert [each.title for each in read(store).replies] == ["Apology", "你好"]


def test_a_preview_fills_the_variables_and_stores_nothing(alice, store):
    page = reply(alice, do="preview", text="Hello **{name}**, {company} <script>x</script> {article}").text
    shown = page.partition("As the customer reads it")[2]
    assert "Hello <strong>Alex</strong>, Larkbill &lt;script&gt;" in shown
    assert '<a href="https://help.example.com/refunds/"' in shown
    assert "Hello **{name}**" in page
    assert read(store) == Preferences()


def test_a_reply_in_another_language_leaves_the_page_in_the_owners(alice):
    assert "As the customer reads it" in reply(alice, do="preview", text="{name}，你好", **{"in": "zh"}).text


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"title": " "}, "give the saved reply a title"),
        ({"text": "\n "}, "write the text"),
        ({"title": "x" * 101}, "at most 100"),
        ({"text": "x" * 10_001}, "at most 10000"),
        ({"in": "xx"}, "can&#39;t be taken"),
        ({"do": "nonsense"}, "can&#39;t be taken"),
        ({"title": "Taken"}, "already a saved reply"),
    ],
)
def test_a_saved_reply_that_cannot_be_stored_says_why_and_is_kept(alice, store, fields, told):
    reply(alice, title="Taken")
    answer = reply(alice, **{"text": "Every word", **fields})
    assert answer.status_code == 422
    assert told in answer.text
    assert fields.get("text", "Every word") in answer.text
    assert len(read(store).replies) == 1


def test_one_changed_in_another_window_is_kept_as_a_new_one(alice, store):
    reply(alice)
    mark = read(store).replies[0].mark
    reply(alice, mark, text="Changed elsewhere")
    answer = reply(alice, mark, text="Changed here")
    assert answer.status_code == 409
    assert "Changed here" in answer.text
    assert 'action="/desk/replies/new"' in answer.text
    assert read(store).replies == (SavedReply("Hello", "en", "Changed elsewhere"),)
    assert reply(alice, mark, "remove").status_code == 409
    assert alice.get(f"/desk/replies/{mark}").status_code == 404


def test_editing_replies_and_the_rest_in_two_windows_keeps_both(alice, store):
    save(alice, name="One")
    reply(alice)
    answer = save(alice, version="1", name="Two")
    assert answer.status_code == 409
    assert save(alice, version=version_on(answer.text), name="Two").status_code == 303
    assert (read(store).name, len(read(store).replies)) == ("Two", 1)


def test_mallory_reads_and_changes_nothing(alice, visitor, store):
    mallory = visitor(origin=ORIGIN)
    for path in ("/desk/preferences", "/desk/replies/new"):
        assert mallory.get(path).status_code == 303
    assert save(mallory, name="Mallory").status_code == 403
    assert reply(mallory).status_code == 403
    assert (
        save(visitor(origin="https://mallory.example", cookie=f"helpleaf={alice.cookies['helpleaf']}")).status_code
        == 403
    )
    assert read(store) == Preferences()
