"""The engine behind the search box by itself, with a clock that stands still until it is told to go on."""

import json

import pytest

from tests.browser.test_search_alone import HOST, own, page_alone  # noqa: F401
from tests.site.strings import MANY, strings
from ticket_api.knowledge.simplified import changes
from ticket_api.knowledge.text import STOP_WORDS, every_word, is_han, normalise, split, terms, tokens, words

FOUND = {"url": "/a/b/#c", "lang": "en", "title": "T", "excerpt": "E", "section": "S", "marked": ["E"]}

WORLD = """([reply, own]) => {
  // The worker's own world: what it fetches is written down, and answered as the test says.
  window.calls = [];
  window.said = [];
  window.reply = reply;
  const ask = (type, data) => dispatchEvent(new MessageEvent("message", { data: { type, data } }));
  window.ask = (data) => ask(2, data);
  window.postMessage = (message) => window.said.push(message);
  window.fetch = (url, { signal } = {}) => {
    const path = new URL(url).pathname;
    const call = { path, question: new URL(url).searchParams.get("q"), whole: String(url), cancelled: false };
    window.calls.push(call);
    signal?.addEventListener("abort", () => (call.cancelled = true));
    if (path.includes("search-")) return Promise.resolve({ ok: true, json: async () => JSON.parse(own) });
    return new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
      if (window.reply === "never") return;
      if (window.reply === "down") return reject(new TypeError("Failed to fetch"));
      if (typeof window.reply === "number") return resolve({ ok: false, status: window.reply });
      resolve({ ok: true, json: async () => ({ results: window.reply }) });
    });
  };
}"""


@pytest.fixture
def worker(page_alone, own):  # noqa: F811
    """The worker's code in a page whose clock stands still; `worker(reply)` gives the page."""

    def make(reply, start: str = "/"):
        page = page_alone(start)
        page.clock.install(time=0)
        page.clock.pause_at(1000)
        for name in ("lunr.js", "search-index.js"):
            page.add_script_tag(content=own.text(f"/assets/helpleaf/{name}"))
        page.evaluate(WORLD, [reply, own.text("/assets/helpleaf/search-en.json")])
        page.add_script_tag(content=own.text("/assets/helpleaf/search-worker.js"))
        return page

    return make


def questions(page) -> list[str]:
    return [call["question"] for call in page.evaluate("calls") if call["path"] == "/api/search"]


def results(page) -> list[dict]:
    return [said["data"]["items"] for said in page.evaluate("said") if said["type"] == 3]


def test_the_first_key_is_asked_at_once_then_the_last_of_every_150_milliseconds(worker):
    page = worker([FOUND])
    page.evaluate("ask('r'); ask('re'); ask('ref')")
    assert questions(page) == ["r"]
    page.clock.run_for(149)
    page.evaluate("ask('refu')")
    assert questions(page) == ["r"]
    page.clock.run_for(1)
    assert questions(page) == ["r", "refu"]
    page.clock.run_for(1000)
    assert questions(page) == ["r", "refu"]
    page.evaluate("ask('refund')")
    assert questions(page) == ["r", "refu", "refund"]


def test_an_older_question_is_cancelled_and_never_answered(worker):
    page = worker("never")
    page.evaluate("ask('old')")
    page.clock.run_for(200)
    page.evaluate("reply = [{ url: '/new/', lang: 'en', title: 'New', excerpt: '', section: '' }]; ask('newer')")
    page.clock.run_for(2000)
    assert [call["cancelled"] for call in page.evaluate("calls")] == [True, False]
    assert [[item[0]["location"] for item in items] for items in results(page)] == [["new/"]]


def test_a_slow_answer_is_not_waited_for(worker):
    page = worker("never")
    page.evaluate("ask('charged twice')")
    page.clock.run_for(299)
    assert [call["path"] for call in page.evaluate("calls")] == ["/api/search"]
    page.clock.run_for(1)
    page.wait_for_function("said.length")
    assert results(page)[0][0][0]["location"].startswith("billing/charged-twice/")


@pytest.mark.parametrize("fault", ["down", 404, 503])
def test_an_api_that_is_away_is_asked_again_only_now_and_then(worker, fault):
    page = worker(fault)
    for number, question in enumerate(("refund", "refunds", "my refund"), 1):
        page.evaluate("(question) => ask(question)", question)
        page.wait_for_function("(number) => said.length === number", arg=number)
        page.clock.run_for(1000)
    assert questions(page) == ["refund"]
    page.clock.run_for(30_000)
    page.evaluate("ask('money back')")
    assert questions(page) == ["refund", "money back"]


def test_results_lead_below_the_sites_own_root(worker):
    page = worker([FOUND])
    page.evaluate("ask('refund')")
    page.wait_for_function("said.length")
    assert results(page)[0][0][0]["location"] == "a/b/#c"


def test_the_api_may_stand_elsewhere(worker):
    page = worker([FOUND], "/?api=https://api.test")
    page.evaluate("ask('refund')")
    assert page.evaluate("calls")[0]["whole"].startswith("https://api.test/api/search?q=refund&lang=en")


def test_what_comes_from_the_api_is_text(worker):
    hostile = "<img src=x onerror=alert(1)>\"'&"
    page = worker([FOUND | {"marked_title": ["", hostile], "section": hostile, "marked": [hostile], "lang": '"><b>'}])
    page.evaluate("ask('refund')")
    page.wait_for_function("said.length")
    shown = page.evaluate(
        "(title) => { const box = document.createElement('div'); box.innerHTML = title; return "
        "[box.textContent, Array.from(box.querySelectorAll('*'), (one) => one.tagName)] }",
        results(page)[0][0][0]["title"],
    )
    assert shown[0] == hostile * 3
    assert set(shown[1]) == {"SPAN", "MARK"}


@pytest.mark.parametrize(
    "url",
    ["https://evil.test/", "//evil.test/", "/\\evil.test/", "\t//evil.test", "javascript:alert(1)", "http://", 7, None],
)
def test_an_answer_that_leads_elsewhere_counts_as_none(worker, url):
    page = worker([FOUND, FOUND | {"url": url}])
    page.evaluate("ask('charged twice')")
    page.wait_for_function("said.length")
    assert results(page)[0][0][0]["location"].startswith("billing/charged-twice/")


@pytest.mark.parametrize(
    "odd", [{"title": 7}, {"lang": None}, {"marked": "E"}, {"marked": [1]}, {"marked_title": {}}, {"section": [1]}]
)
def test_an_answer_that_isnt_one_counts_as_none(worker, odd):
    for reply in ([FOUND | odd], [None], ["x"]):
        page = worker(reply)
        page.evaluate("ask('charged twice')")
        page.wait_for_function("said.length")
        assert results(page)[0][0][0]["location"].startswith("billing/charged-twice/")


def test_a_place_never_reads_as_an_address_or_as_code(worker):
    urls = ("/javascript:alert(1)", "/.///evil.test/", "/b:c/d:e/", "/a/../..//b/?c#d")
    page = worker([FOUND | {"url": url} for url in urls])
    page.evaluate("ask('refund')")
    page.wait_for_function("said.length")
    places = [item[0]["location"] for item in results(page)[0]]
    assert page.evaluate("(places) => places.map((one) => new URL(one, 'http://help.test/in/').href)", places) == [
        "http://help.test/in/javascript%3Aalert(1)",
        "http://help.test/in/evil.test/",
        "http://help.test/in/b%3Ac/d:e/",
        "http://help.test/in/b/?c#d",
    ]


def test_one_letter_that_finds_nothing_says_nothing(worker):
    page = worker([])
    page.evaluate("ask('x')")
    page.clock.run_for(1000)
    page.evaluate("ask('xy')")
    page.wait_for_function("said.length")
    page.clock.run_for(1000)
    assert results(page) == [[]]


def test_the_browser_cuts_words_as_we_do(worker):
    """F18, in the search: 500 strings through both."""
    texts = strings()
    assert len(texts) == MANY
    page = worker("never")
    given = [sorted(STOP_WORDS), {chr(number): sign for number, sign in changes().items()}, texts]
    there = page.evaluate(
        "([stops, signs, texts]) => { const cut = makeTokeniser(stops, signs); "
        "return texts.map((text) => [cut.every(text), cut.words(text), cut.tokens(text), "
        "cut.words(text).flatMap(cut.terms), cut.sequence(text)]) }",
        given,
    )
    for text, found in zip(texts, there, strict=True):
        every = every_word(normalise(text))
        sequence = [each for word in every for each in (word if is_han(word) else split(word))]
        assert found == [every, words(text), tokens(text), terms(words(text)), sequence], json.dumps(text)
