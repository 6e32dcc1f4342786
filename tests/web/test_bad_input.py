"""F17, F18: whatever comes in, a 4xx with a sentence, never a 500, and nothing stored."""

import json

import pytest

from tests.flows.asking import api_of, ask, path_of
from ticket_api.web.intake import BODY_LIMIT

GOOD = {"message": "Where is my refund?"}
JSON = {"content-type": "application/json"}
DEEP = "[" * 100_000 + "]" * 100_000

BODIES = [
    (b"", 422, "missing"),
    (b"{}", 422, "missing"),
    (b'{"message": ""}', 422, "missing"),
    (b'{"message": " \\n\\t "}', 422, "missing"),
    (b'{"message": null}', 422, "wrong_kind"),
    (b'{"message": 7}', 422, "wrong_kind"),
    (b'{"message": ["a"]}', 422, "wrong_kind"),
    (b"[]", 422, "wrong_kind"),
    (b'"text"', 422, "wrong_kind"),
    (b"null", 422, "wrong_kind"),
    (b"{", 400, "bad_json"),
    (b"not json", 400, "bad_json"),
    (b'{"message": "a",}', 400, "bad_json"),
    (b'{"message": "\xff\xfe"}', 400, "bad_encoding"),
    ('{"message": "latin é"}'.encode("latin-1"), 400, "bad_encoding"),
    ('{"message": "x"}'.encode("utf-16"), 400, "bad_encoding"),
    (b'{"message": "nul \\u0000"}', 422, "bad_character"),
    (b'{"message": "half \\ud83d"}', 422, "bad_character"),
    (b'{"message": "a", "name": "\\ud83d"}', 422, "bad_character"),
    (b'{"message": "a", "email": "\\u0000@example.org"}', 422, "bad_character"),
    (b'{"message": "a", "page": "/\\ud83d"}', 422, "bad_character"),
    (b'{"message": "a", "extra": 1}', 422, "unknown_field"),
    (b'{"message": "a", "\\ud83d": 1}', 400, "bad_character"),
    (b'{"message": "a", "message": "b"}', 400, "double_field"),
    (b'{"message": NaN}', 400, "bad_number"),
    (b'{"message": Infinity}', 400, "bad_number"),
    (b'{"message": ' + b"9" * 5000 + b"}", 400, "bad_number"),
    (DEEP.encode(), 400, "deep_json"),
    (f'{{"message": {DEEP}}}'.encode(), 400, "deep_json"),
    (json.dumps({"message": "x" * 10_001}).encode(), 422, "too_long"),
    (json.dumps({"message": "x" * 100 * 1024}).encode(), 422, "too_long"),
    (json.dumps({"message": "a", "name": "n" * 201}).encode(), 422, "field_too_long"),
    (json.dumps({"message": "a", "email": "nobody"}).encode(), 422, "bad_email"),
    (json.dumps({"message": "a", "email": "a@b@c.example"}).encode(), 422, "bad_email"),
    (json.dumps({"message": "a", "email": "a@b.example\nBcc: x@y.example"}).encode(), 422, "bad_email"),
    (json.dumps({"message": "a", "page": "https://mallory.example/"}).encode(), 422, "bad_page"),
    (b" " * (BODY_LIMIT + 1), 413, "too_large"),
]


@pytest.mark.parametrize(
    ("body", "status", "code"), BODIES, ids=[f"{n}-{code}" for n, (_, _, code) in enumerate(BODIES)]
)
def test_a_bad_body_is_refused_with_a_sentence(bob, store, body, status, code):
    answer = bob.post("/api/tickets", content=body, headers=JSON)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (status, code), answer.text
    assert error["message"][0].isupper() or error["message"][0] in "“"
    assert error["message"].endswith(".")
    assert store.count_tickets() == {}


def test_every_refusal_has_a_chinese_sentence(bob):
    for body, status, code in BODIES:
        answer = bob.post("/api/tickets", content=body, headers={**JSON, "accept-language": "zh-CN,zh;q=0.9,en;q=0.1"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
        assert any("\u4e00" <= character <= "\u9fff" for character in answer.json()["error"]["message"])


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=gbk",
    ],
)
def test_a_wrong_content_type_is_refused(bob, kind):
    answer = bob.post("/api/tickets", content=json.dumps(GOOD), headers={"content-type": kind})
    assert (answer.status_code, answer.json()["error"]["code"]) == (415, "wrong_type")


def test_a_compressed_body_is_refused(bob):
    answer = bob.post("/api/tickets", content=b"\x1f\x8b", headers={**JSON, "content-encoding": "gzip"})
    assert answer.status_code == 415


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"message=%FF%FE", "application/x-www-form-urlencoded", 400),
        (b"message=%ED%A0%80", "application/x-www-form-urlencoded", 400),
        (b"message=" + b"%zz" * 3_001, "application/x-www-form-urlencoded", 400),
        (b"message=a&message=b", "application/x-www-form-urlencoded", 400),
        (b"&".join(b"f%d=1" % n for n in range(30)), "application/x-www-form-urlencoded", 400),
        (b"message=a&status=open", "application/x-www-form-urlencoded", 422),
        (b"message=%00", "application/x-www-form-urlencoded", 422),
        (b"", "application/x-www-form-urlencoded", 422),
        (b"message=a", "text/plain", 415),
        (b"--x\r\n", "multipart/form-data; boundary=x", 415),
        (b"message=" + b"x" * BODY_LIMIT, "application/x-www-form-urlencoded", 413),
    ],
)
def test_a_bad_form_is_refused_with_a_page(bob, store, body, kind, status):
    answer = bob.post("/ask", content=body, headers={"content-type": kind})
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert "<h1" in answer.text
    assert store.count_tickets() == {}


def test_percent_signs_that_encode_nothing_are_taken_as_they_stand(bob, store):
    written = "100% sure, or 50%?" + "%" * 2_000
    bob.post("/ask", content=f"message={written}", headers={"content-type": "application/x-www-form-urlencoded"})
    assert store.ticket(1).messages[0].text == written


@pytest.mark.parametrize("path", ["/api/suggestions", "/api/search"])
@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 422),
        ("q=%FF", 400),
        ("q=%00", 422),
        ("q=a&q=b", 400),
        ("q=a&limit=0", 422),
        ("q=a&limit=51", 422),
        ("q=a&limit=many", 422),
        ("q=a&limit=99999999999999999999999", 422),
        ("q=a&colour=red", 422),
        ("q=" + "x" * 2001, 422),
    ],
)
def test_a_bad_query_is_refused(bob, path, query, status):
    answer = bob.get(f"{path}?{query}")
    assert answer.status_code == status, answer.text
    assert answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "q", ["", " ", "?", "。", "🍰", "\u202e", "a", "的", "x" * 2000, "refund " * 250, "((((", "*", "'"]
)
def test_odd_questions_get_an_answer_or_silence(bob, q):
    for path in ("/api/suggestions", "/api/search"):
        assert bob.get(path, params={"q": q}).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", "/api/tickets", "POST"),
        ("DELETE", "/api/tickets", "POST"),
        ("POST", "/api/health", "GET"),
        ("PUT", "/api/articles/feedback", "POST"),
        ("PUT", "/ask", "GET"),
        ("DELETE", "/desk", "GET"),
        ("POST", "/", "GET"),
    ],
)
def test_a_wrong_method_is_refused(bob, method, path, allow):
    answer = bob.request(method, path)
    assert answer.status_code == 405
    assert allow in answer.headers["allow"]
    assert method in answer.text


@pytest.mark.parametrize("token", ["x", "A" * 22, "..%5c..", "%00", "%ED%A0%80", "退款", "A" * 5000])
def test_an_unknown_link_is_refused_on_every_door(mallory, token):
    assert mallory.get(f"/t/{token}").status_code == 404
    assert mallory.post(f"/t/{token}", data={"do": "send"}).status_code == 404
    for action in ("send", "undo"):
        assert mallory.post(f"/api/tickets/{token}/{action}").status_code == 404
    assert mallory.post(f"/api/tickets/{token}/messages", json=GOOD).status_code == 404


@pytest.mark.parametrize("key", ["short", "k" * 201, "with space in the key"])
def test_a_bad_idempotency_key_is_refused(bob, store, key):
    answer = bob.post("/api/tickets", json=GOOD, headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "bad_key")
    assert store.count_tickets() == {}


def test_many_fields_cost_little_and_are_refused(bob):
    fields = ",".join(f'"k{number}":0' for number in range(30_000))
    answer = bob.post("/api/tickets", content=f'{{{fields},"message":"a","message":"b"}}', headers=JSON)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "double_field")


def test_a_body_without_a_length_is_read_no_further_than_the_limit(bob):
    def pieces():
        for _ in range(BODY_LIMIT // 1024 + 1):
            yield b" " * 1024

    assert bob.post("/api/tickets", content=pieces(), headers=JSON).status_code == 413


def test_a_ticket_number_of_any_length_is_just_not_there(bob, alice):
    for number in ("9" * 5000, "-1", "1.5", "٣"):
        assert alice.get(f"/desk/tickets/{number}").status_code == 404
        assert bob.get(f"/desk/tickets/{number}").status_code == 303


def test_a_long_address_is_refused(bob):
    answer = bob.post("/api/tickets", json={**GOOD, "email": "a" * 250 + "@example.org"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "field_too_long")


def test_addresses_that_are_nowhere(bob):
    assert bob.get("/api/nothing").json()["error"]["code"] == "not_found"
    assert bob.get("/api/nothing").status_code == 404
    assert bob.get("/nothing").status_code == 404
    assert bob.get("/static/../app.py").status_code == 404
    assert bob.get("/static/%2e%2e/pages.py").status_code == 404


def test_a_slash_at_the_end_of_a_link_does_no_harm(bob):
    ticket = ask(bob)
    answer = bob.get(path_of(ticket) + "/")
    assert (answer.status_code, answer.headers["location"]) == (307, path_of(ticket))
    assert bob.get("/api/nothing/").headers["location"] == "/api/nothing"
    assert bob.get("/t//mallory.example/").headers["location"].startswith("/t/")


def test_pages_of_the_site_may_begin_like_ours(bob, settings):
    for name in ("desktop", "asking", "tea"):
        (settings.site_path / name).mkdir()
        (settings.site_path / name / "index.html").write_text("<h1>An article</h1>")
        answer = bob.get(f"/{name}/")
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")


def test_a_page_that_is_not_there_speaks_the_language_of_its_address(bob, settings):
    (settings.site_path / "zh").mkdir()
    (settings.site_path / "404.html").write_text("not here")
    (settings.site_path / "zh" / "404.html").write_text("没有这一页")
    assert bob.get("/nowhere").text == "not here"
    assert bob.get("/zh/nowhere").text == "没有这一页"
    assert bob.get("/nowhere", headers={"accept-language": "zh-CN"}).text == "没有这一页"
    assert bob.get("/zh/nowhere").status_code == 404


def test_a_chinese_page_is_refused_in_chinese_whatever_the_browser_speaks(bob):
    large = b"message=" + b"x" * BODY_LIMIT
    headers = {"content-type": "application/x-www-form-urlencoded", "accept-language": "en"}
    assert "内容太大" in bob.post("/ask?lang=zh", content=large, headers=headers).text


def test_fields_are_named_as_the_form_names_them(bob):
    answer = bob.post("/api/tickets", json={**GOOD, "name": "n" * 201, "lang": "zh"})
    assert "称呼" in answer.json()["error"]["message"]


def test_a_refused_message_leaves_the_ticket_as_it_was(bob, store):
    ticket = ask(bob)
    before = store.ticket(ticket["id"])
    for message in ("", "a\0", "\ud83d", "x" * 10_001):
        body = json.dumps({"message": message})
        assert bob.post(api_of(ticket, "messages"), content=body, headers=JSON).status_code == 422
    assert store.ticket(ticket["id"]) == before
