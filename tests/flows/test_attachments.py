"""Files go with messages, both ways, where the owner wants it."""

from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from tests.conftest import ORIGIN, SECRET
from tests.flows.asking import UNKNOWN, ask, path_of
from tests.flows.working import form_of
from tests.flows.working import path_of as desk_path
from ticket_api.app import create_app

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 100
PDF = b"%PDF-1.7\n" + b"x" * 100
POLICY = "sandbox; default-src 'none'"


@pytest.fixture
def settings(settings):
    return replace(settings, attachments=True)


def write(bob, ticket, *files, message="See the picture"):
    data = {"do": "write", "message": message}
    return bob.post(path_of(ticket), data=data, files=[("files", file) for file in files])


def kept(store, ticket):
    return [file for message in store.ticket(ticket["id"]).messages for file in message.attachments or ()]


@pytest.fixture
def ticket(bob):
    return ask(bob, UNKNOWN)


def test_it_works_both_ways(alice, bob, store, clock, settings, ticket):
    assert (
        write(bob, ticket, ("shot.png", PNG, "text/html"), ("a.txt", "退款".encode(), "image/png")).status_code == 303
    )
    picture, text = kept(store, ticket)
    assert (picture.name, picture.kind, picture.size, text.kind) == ("shot.png", "image/png", len(PNG), "text/plain")
    for at in (path_of(ticket), desk_path(ticket)):
        client = alice if at.startswith("/desk") else bob
        assert f'href="{at}/files/{picture.id}"' in client.get(at).text
        answer = client.get(f"{at}/files/{picture.id}")
        assert (answer.status_code, answer.content) == (200, PNG)
    form = form_of(alice.get(desk_path(ticket)).text)
    fields = {**form, "do": "reply", "message": "Here"}
    sent = alice.post(desk_path(ticket), data=fields, files=[("files", ("帐单.pdf", PDF, ""))])
    assert sent.status_code == 303
    invoice = kept(store, ticket)[-1]
    assert bob.get(f"{path_of(ticket)}/files/{invoice.id}").status_code == 404  # it may still be taken back
    clock.move(seconds=10)
    answer = bob.get(f"{path_of(ticket)}/files/{invoice.id}")
    assert (answer.content, answer.headers["content-type"]) == (PDF, "application/pdf")
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''%E5%B8%90%E5%8D%95.pdf"
    assert sorted(path.name for path in settings.files.iterdir()) == sorted(file.id for file in kept(store, ticket))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("x.png", b"<html><script>alert(1)</script>"),
        ("x.txt", b"\xff\xfe\0\0"),
        ("x.exe", b"MZ\x90\0"),
        ("empty.png", b""),
        ("large.png", PNG + b"\0" * 10_000_000),
    ],
)
def test_a04_what_is_not_taken(bob, store, settings, ticket, name, content):
    answer = write(bob, ticket, ("ok.png", PNG, "image/png"), (name, content, "image/png"))
    assert answer.status_code == 422
    assert "See the picture</textarea>" in answer.text
    assert kept(store, ticket) == []
    assert not settings.files.exists() or list(settings.files.iterdir()) == []


def test_a04_a_file_is_saved_and_never_shown(bob, store, ticket):
    write(bob, ticket, ("a.txt", b"alert(1)", "text/html"))
    answer = bob.get(f"{path_of(ticket)}/files/{kept(store, ticket)[0].id}")
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/abs/x.png", "x.png"),
        ("a\rb\nc.png", "abc.png"),
        ('"><img src=x onerror=alert(1)>.png', '"><img src=x onerror=alert(1)>.png'),
        ("x" * 500 + ".png", "x" * 116 + ".png"),
        ("..", ".."),
    ],
)
def test_a09_a_name_is_only_text(alice, bob, store, settings, ticket, name, shown):
    body = b"".join(
        (
            b"--cut\r\nContent-Disposition: form-data; name=do\r\n\r\nwrite\r\n",
            b"--cut\r\nContent-Disposition: form-data; name=message\r\n\r\nHere\r\n",
            b'--cut\r\nContent-Disposition: form-data; name=files; filename="',
            name.replace('"', "%22").replace("\r", "").replace("\n", "").replace("\\", "\\\\").encode(),
            b'"\r\n\r\n' + PNG + b"\r\n--cut--\r\n",
        )
    )
    headers = {"content-type": "multipart/form-data; boundary=cut"}
    assert bob.post(path_of(ticket), content=body, headers=headers).status_code == 303
    (file,) = kept(store, ticket)
    assert file.name in (shown, shown.replace('"', "%22"))
    assert [path.name for path in settings.files.iterdir()] == [file.id]
    assert "<img" not in alice.get(desk_path(ticket)).text


def test_a14_a_file_is_read_by_its_own_tickets_link_alone(bob, mallory, store, ticket):
    other = ask(bob, UNKNOWN)
    write(bob, ticket, ("a.png", PNG, ""))
    (file,) = kept(store, ticket)
    for path in (
        f"{path_of(other)}/files/{file.id}",
        f"/t/nowhere/files/{file.id}",
        f"{path_of(ticket)}/files/../{file.id}",
    ):
        assert bob.get(path).status_code == 404
    for wrong in ("0" * 32, "..%2f..%2ftickets.db", "secret.key", file.id.upper() + "x"):
        assert bob.get(f"{path_of(ticket)}/files/{wrong}").status_code == 404
    assert mallory.get(f"{desk_path(ticket)}/files/{file.id}").status_code == 303


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--cut",
        b"--cut\r\n",
        b"--cut\r\nContent-Disposition: form-data; name=do\r\n\r\nwrite",
        b"--cut\r\n" + b"X: y\r\n" * 10_000 + b"\r\n--cut--\r\n",
        b"--cut\r\nContent-Disposition: form-data\r\n\r\nx\r\n--cut--\r\n",
        b"".join(b"--cut\r\nContent-Disposition: form-data; name=f%d\r\n\r\nx\r\n" % each for each in range(50))
        + b"--cut--",
        b"--cut\r\nContent-Disposition: form-data; name=message\r\n\r\n" + b"x" * 600_000 + b"\r\n--cut--\r\n",
        b"\r\n" * 200_000,
    ],
    ids=range(9),
)
def test_a10_forms_that_are_none(bob, store, ticket, body):
    headers = {"content-type": "multipart/form-data; boundary=cut"}
    assert 400 <= bob.post(path_of(ticket), content=body, headers=headers).status_code < 500
    assert len(store.ticket(ticket["id"]).messages) == 1


def test_a10_four_files_and_too_many_bytes_are_refused(bob, store, ticket):
    assert write(bob, ticket, *[(f"{each}.png", PNG, "") for each in range(4)]).status_code == 400
    assert write(bob, ticket, *[(f"{each}.png", PNG + b"\0" * 11_000_000, "") for each in range(3)]).status_code == 413
    assert kept(store, ticket) == []


def test_a_reply_that_is_refused_leaves_no_file(alice, store, settings, ticket):
    fields = {"do": "reply", "message": "Here", "version": "99"}
    answer = alice.post(desk_path(ticket), data=fields, files=[("files", ("a.pdf", PDF, ""))])
    assert answer.status_code == 409
    assert "Here</textarea>" in answer.text
    assert list(settings.files.iterdir()) == []


def test_they_are_off_at_first(store, index, clock, settings, bob, ticket):
    off = create_app(replace(settings, attachments=False), store, index, SECRET, clock)
    with TestClient(off, base_url=ORIGIN, follow_redirects=False) as client:
        assert 'type="file"' not in client.get(path_of(ticket)).text
        assert write(client, ticket, ("a.png", PNG, "")).status_code == 415
    assert 'type="file"' in bob.get(path_of(ticket)).text
