"""How the help site's files are served: with the headers they were built with, compressed, kept or asked for again."""

import asyncio
import gzip
import os
import shutil
import threading
from dataclasses import replace

import pytest
from starlette.exceptions import HTTPException
from starlette.testclient import TestClient

from tests.conftest import ORIGIN
from tests.serving import SECRET
from ticket_api import headers
from ticket_api.app import create_app
from ticket_api.headers import Rule
from ticket_api.web.help_site import HelpSite

POLICY = "default-src 'none'; script-src 'self' 'sha256-abc='"
PAGE = "<h1>Refunds</h1>" + "<p>Ask for one.</p>" * 100
STYLES = "/assets/helpleaf/a.css"
NAMED = "/assets/stylesheets/main.01234567.min.css"
FOR_EVER = "public, max-age=31536000, immutable"
PLAIN = {"accept-encoding": "identity"}


def put(settings, text: str = POLICY) -> None:
    rules = (
        Rule("/*", {headers.POLICY: text, "Referrer-Policy": "same-origin"}),
        Rule(NAMED, {"Cache-Control": FOR_EVER}),
    )
    (settings.site_path / headers.NAME).write_text(headers.write(rules))


@pytest.fixture
def site(settings):
    """A built site of a few files."""
    put(settings)
    files = {"index.html": PAGE, "404.html": "Lost", "zh/404.html": "没有", "billing/index.html": "Billing"}
    for name, text in (files | {STYLES[1:]: "p{}", NAMED[1:]: "p{}", "a.png": "x" * 900}).items():
        file = settings.site_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return settings.site_path


@pytest.mark.parametrize(
    ("path", "status"), [("/", 200), ("/billing", 307), ("/nowhere/", 404), ("/zh/nowhere/", 404), (STYLES, 200)]
)
def test_every_answer_of_the_site_carries_its_policy(bob, site, path, status):
    answer = bob.get(path)
    assert answer.status_code == status
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("accepted", ["gzip", "identity"])
def test_a_page_that_is_replaced_while_it_is_asked_for_comes_whole(bob, site, accepted):
    pages = [f"<p>{'short ' * 200}</p>", f"<p>{'much longer ' * 400}</p>"]
    ended = threading.Event()

    def build() -> None:
        while not ended.is_set():
            for page in pages:
                (site / "next.html").write_text(page)
                (site / "next.html").replace(site / "index.html")

    (site / "index.html").write_text(pages[0])
    builder = threading.Thread(target=build)
    builder.start()
    try:
        answers = [bob.get("/", headers={"accept-encoding": accepted}) for _ in range(150)]
    finally:
        ended.set()
        builder.join()
    assert {answer.text for answer in answers} <= {*pages}
    assert all(accepted == "gzip" or int(each.headers["content-length"]) == len(each.content) for each in answers)


@pytest.mark.parametrize("follows", [False, True])
@pytest.mark.parametrize("page", ["billing/index.html", "404.html", "zh/404.html"])
def test_a_page_that_the_new_build_lacks_is_gone_and_no_fault(settings, site, page, follows):
    class Late(HelpSite):
        async def _answer(self, path, request):
            response = await super()._answer(path, request)
            shutil.rmtree(site, ignore_errors=True)  # as between one folder and the next
            return response

    async def asked():
        address = f"/{page.removesuffix('index.html').replace('404.html', 'nowhere/')}"
        scope = {"type": "http", "method": "GET", "path": address, "headers": [], "query_string": b""}
        return await Late(site, ("en", "zh"), follows=follows).get_response(page, scope)

    with pytest.raises(HTTPException) as raised:
        asyncio.run(asked())
    assert raised.value.status_code == 404


def test_a_new_site_brings_its_own_policy_along(bob, site, settings):
    assert bob.get("/").headers["content-security-policy"] == POLICY
    put(settings, "default-src 'none'")
    os.utime(site / headers.NAME, ns=(1, 1))
    assert bob.get("/").headers["content-security-policy"] == "default-src 'none'"


def test_answers_that_arent_the_sites_have_the_servers_policy(bob, site):
    for answer in (bob.get("/ask"), bob.post("/"), bob.get("/", headers={"host": "mallory.example"})):
        assert "script-src" not in answer.headers["content-security-policy"]
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-frame-options"] == "DENY"


def test_the_file_itself_isnt_published(bob, site):
    assert bob.get("/_headers").status_code == 404


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/", "no-cache"),
        ("/?v=1", "no-cache"),
        (STYLES, "no-cache"),
        (f"{STYLES}?v=1", FOR_EVER),
        (NAMED, FOR_EVER),
        ("/assets/helpleaf/gone.css?v=1", "no-cache"),
        ("/billing", "no-cache"),
    ],
)
def test_what_changes_its_address_is_kept_for_good(bob, site, path, kept):
    assert bob.get(path).headers["cache-control"] == kept


@pytest.mark.parametrize("sent", [PLAIN, {"accept-encoding": "gzip"}])
def test_what_a_browser_has_isnt_sent_again(bob, site, sent):
    etag = bob.get("/", headers=sent).headers["etag"]
    again = bob.get("/", headers=sent | {"if-none-match": etag})
    assert (again.status_code, again.content) == (304, b"")
    (site / "index.html").write_text("Changed")
    assert bob.get("/", headers=sent | {"if-none-match": etag}).status_code == 200


class TestCompressed:
    def test_texts_are(self, bob, site):
        with bob.stream("GET", "/", headers={"accept-encoding": "br, gzip;q=0.5"}) as answer:
            raw = b"".join(answer.iter_raw())
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.headers["etag"].startswith('W/"')
        assert len(raw) == int(answer.headers["content-length"]) < len(PAGE) / 5
        assert gzip.decompress(raw).decode() == PAGE
        assert answer.headers["content-type"] == "text/html; charset=utf-8"

    def test_the_page_for_unknown_addresses_is(self, bob, site):
        (site / "404.html").write_text(PAGE)
        answer = bob.get("/nowhere/", headers={"accept-encoding": "gzip"})
        assert (answer.status_code, answer.headers["content-encoding"], answer.text) == (404, "gzip", PAGE)

    def test_a_changed_page_is_compressed_anew(self, bob, site):
        assert bob.get("/").text == PAGE
        (site / "index.html").write_text(PAGE.replace("Ask", "Beg"))
        assert "Beg" in bob.get("/").text

    @pytest.mark.parametrize(
        ("path", "sent"),
        [
            ("/", PLAIN),
            ("/", {"accept-encoding": "gzip;q=0"}),
            ("/", {"accept-encoding": "gzip;q=nan"}),
            ("/", {"accept-encoding": "gzip;q=x"}),
            ("/a.png", {}),
            (STYLES, {}),
            ("/", {"range": "bytes=0-3"}),
        ],
    )
    def test_nothing_else_is(self, bob, site, path, sent):
        assert "content-encoding" not in bob.get(path, headers={"accept-encoding": "gzip"} | sent).headers

    def test_a_store_between_keeps_both_apart(self, bob, site):
        for accepted in ("gzip", "identity"):
            assert bob.get("/", headers={"accept-encoding": accepted}).headers["vary"] == "Accept-Encoding"

    def test_answers_that_hold_somebodys_words_never_are(self, bob, site):
        for path in ("/api/openapi.json", "/ask", "/desk/login"):
            assert "content-encoding" not in bob.get(path, headers={"accept-encoding": "gzip"}).headers


@pytest.mark.parametrize(
    ("base_url", "told"), [("https://help.example", True), ("http://help.example", False), ("", False)]
)
def test_https_is_insisted_on_where_the_address_has_it(settings, store, index, clock, base_url, told):
    app = create_app(replace(settings, base_url=base_url), store, index, SECRET, clock)
    client = TestClient(app, base_url=ORIGIN)
    for path in ("/", "/ask", "/api/health"):
        assert ("strict-transport-security" in client.get(path).headers) == told
