"""Bob says whether an article was helpful."""

BODY = {"article": "refunds/get-a-refund", "helpful": False, "comment": "Which menu?"}


def test_it_works(bob, store, clock):
    assert bob.post("/api/articles/feedback", json=BODY).status_code == 201
    (stored,) = store.feedback("refunds/get-a-refund")
    assert (stored.helpful, stored.comment, stored.at, stored.lang) == (False, "Which menu?", clock(), "en")


def test_by_the_form(bob, store):
    fields = {"article": "refunds/get-a-refund", "helpful": "yes", "lang": "zh", "page": "/zh/refunds/get-a-refund/"}
    answer = bob.post("/feedback", data=fields)
    assert answer.status_code == 200
    assert 'href="/zh/refunds/get-a-refund/"' in answer.text
    assert [each.helpful for each in store.feedback("refunds/get-a-refund")] == [True]


NO = {"article": "refunds/get-a-refund", "helpful": "no", "lang": "en", "page": "/refunds/get-a-refund/"}


def test_a_no_is_stored_at_once_and_asked_what_was_missing(bob, store):
    page = bob.post("/feedback", data=NO)
    assert (page.status_code, "What was missing?" in page.text) == (200, True)
    (vote,) = store.feedback(NO["article"])
    assert (vote.helpful, vote.comment) == (False, "")
    assert "What was missing?" not in bob.post("/feedback", data=NO | {"comment": "Which menu?"}).text


def test_the_sentence_is_kept_and_the_no_counts_once(bob, store):
    bob.post("/feedback", data=NO)
    page = bob.post("/feedback", data=NO | {"comment": " Which menu?\r\n", "do": "comment"})
    assert 'href="/refunds/get-a-refund/"' in page.text
    assert "<textarea" not in page.text
    assert [vote.comment for vote in store.feedback(NO["article"])] == ["", "Which menu?"]
    assert store.votes() == {NO["article"]: (0, 1)}
    assert bob.post("/feedback", data=NO | {"comment": " ", "do": "comment"}).status_code == 200
    assert len(store.feedback(NO["article"])) == 2


def test_the_sentence_can_be_asked_as_a_question(bob, store):
    form = bob.post("/feedback", data=NO | {"comment": 'Which "menu" <b>?', "do": "ask"})
    assert form.status_code == 200
    assert "Which &#34;menu&#34; &lt;b&gt;?</textarea>" in form.text
    assert 'name="page" value="/refunds/get-a-refund/"' in form.text
    assert store.feedback(NO["article"]) == []
    assert store.count_tickets() == {}


def test_a_sentence_that_cannot_be_stored_comes_back_as_it_was_typed(bob, store):
    words = "menu " * 2001
    page = bob.post("/feedback", data=NO | {"comment": words, "do": "comment", "lang": "zh"})
    assert page.status_code == 422
    assert f"{words}</textarea>" in page.text
    assert 'role="alert"' in page.text
    assert store.feedback(NO["article"]) == []


def test_nothing_else_can_be_chosen(bob):
    assert bob.post("/feedback", data=NO | {"do": "erase"}).status_code == 422
    assert bob.post("/feedback", data=NO | {"do": "comment", "article": "no/such", "comment": "x"}).status_code == 404


def test_the_way_back_never_leaves_the_site(mallory):
    fields = {"article": "refunds/get-a-refund", "helpful": "yes"}
    for page in (
        "//mallory.example",
        "https://mallory.example",
        "/\\mallory.example",
        "/\t/mallory.example",
        "/\n/mallory.example",
        "javascript:alert(1)",
    ):
        assert "mallory" not in mallory.post("/feedback", data={**fields, "page": page}).text
        assert "javascript:" not in mallory.post("/feedback", data={**fields, "page": page}).text


def test_an_unknown_article_is_refused(bob):
    answer = bob.post("/api/articles/feedback", json={**BODY, "article": "no/such"})
    assert (answer.status_code, answer.json()["error"]["field"]) == (404, "article")


def test_a_comment_too_long_is_refused(bob, store):
    answer = bob.post("/api/articles/feedback", json={**BODY, "comment": "x" * 10_001})
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, "comment")
    assert store.feedback(BODY["article"]) == []


def test_helpful_must_be_yes_or_no(bob):
    assert bob.post("/api/articles/feedback", json={**BODY, "helpful": "maybe"}).status_code == 422
    assert bob.post("/feedback", data={"article": "refunds/get-a-refund", "helpful": "maybe"}).status_code == 422
