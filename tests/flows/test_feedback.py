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
