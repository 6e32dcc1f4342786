"""Who floods the form is told from who asks: buckets, forms, the field that nobody sees, and what the text holds."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ticket_api import words
from ticket_api.abuse import content, doorkeeper
from ticket_api.abuse.content import likeness, reasons_of, signs
from ticket_api.abuse.doorkeeper import Doorkeeper, Sent
from ticket_api.abuse.forms import Forms
from ticket_api.abuse.recent import CLIENTS_REMEMBERED, Recent
from ticket_api.errors import TooMany
from ticket_api.question import Question
from ticket_api.tickets import rule_acts, ticket

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECRET = b"0123456789abcdef0123456789abcdef"
REFUND = Question(message="Where is my refund?")
ADVERTISED = "Our tablets are the cheapest there are, and nobody asks for a prescription: come and look at them today"


class Ticking:
    """A clock in seconds that tests move."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Ticking()


@pytest.fixture
def keeper(clock):
    return Doorkeeper(SECRET, clock)


@pytest.fixture
def posted(keeper):
    """Post a question with a form that has been open for a minute; the reasons for a quarantine."""

    def post(client: str = "192.0.2.1", question: Question = REFUND, **sent: str) -> tuple[str, ...]:
        given = {"form": keeper.forms.token(NOW - timedelta(minutes=1))} | sent
        return keeper.judge(question, Sent(client, **given), NOW)

    return post


def refused(posted, *given, **more) -> tuple[str, int]:
    with pytest.raises(TooMany) as caught:
        posted(*given, **more)
    return caught.value.code, caught.value.values["seconds"]


def test_a_question_with_a_form_is_taken(posted):
    assert posted() == ()


def test_a_question_without_a_form_is_taken(posted):
    assert [posted(form=form) for form in ("", "x" * 43, "é" * 43, "A" * 43)] == [()] * 4


def test_what_stands_in_the_field_that_nobody_sees_tells_a_program(posted):
    assert posted(trap="https://spam.example") == ("trap",)


def test_more_than_five_in_ten_minutes_are_quarantined(posted, clock):
    assert [posted() for _ in range(6)] == [()] * 5 + [("many_from_one",)]
    assert posted("192.0.2.2") == ()
    clock.now += 601
    assert posted() == ()


def test_more_than_twenty_a_day_are_refused_until_one_is_a_day_old(posted, clock):
    for _ in range(20):
        posted()
        clock.now += 60
    assert refused(posted) == ("too_many_today", 86_400 - 1200)
    assert refused(posted) == ("too_many_today", 86_400 - 1200), "what is refused doesn't count"
    assert posted("192.0.2.2") == ()
    clock.now += 86_400 - 1200
    assert posted() == ()


def test_without_forms_more_than_sixty_an_hour_are_quarantined_and_more_than_six_hundred_refused(posted, clock):
    taken = [posted(f"2001:db8:{number:x}::/64", form="") for number in range(600)]
    assert taken == [()] * 60 + [("many_without_form",)] * 540
    assert refused(posted, "192.0.2.1", form="") == ("send_again", 3600)
    assert posted("192.0.2.1") == (), "who has a form isn't held up by those who have none"
    clock.now += 3601
    assert posted("192.0.2.2", form="") == ()


def test_one_client_alone_keeps_nobody_else_away(posted):
    for _ in range(1000):
        try:
            posted("192.0.2.1", form="")
        except TooMany:
            continue
    assert posted("192.0.2.2", form="") == ()


def test_a_form_is_three_seconds_to_a_day_old_and_used_once():
    forms = Forms(SECRET)
    for age, good in ((-1, False), (2.9, False), (3, True), (86_400, True), (86_401, False)):
        token = forms.token(NOW)
        assert forms.use(token, NOW + timedelta(seconds=age)) is good, age
        assert forms.use(token, NOW + timedelta(seconds=age)) is False, "once"
    assert Forms(b"another key of thirty-two signs!").use(forms.token(NOW), NOW + timedelta(minutes=1)) is False


def test_every_changed_form_is_none():
    forms, later = Forms(SECRET), NOW + timedelta(minutes=1)
    token = forms.token(NOW)
    for place in range(len(token) - 1):  # of the last letter, two bits say nothing
        other = "A" if token[place] != "A" else "B"
        assert not forms.use(token[:place] + other + token[place + 1 :], later)
    assert not any(forms.use(each, later) for each in (token[:-1], token + "=", f" {token}", token + "A", ""))
    assert forms.use(token, later)


def test_a_form_that_is_shown_again_ripens():
    forms = Forms(SECRET)
    token = forms.token(NOW)
    assert forms.kept(token, NOW + timedelta(seconds=1)) == token
    assert forms.use(token, NOW + timedelta(seconds=3))
    for used in (token, "", "x" * 43, forms.token(NOW - timedelta(hours=13)), forms.token(NOW + timedelta(hours=1))):
        assert forms.kept(used, NOW) != used


def test_used_forms_are_bounded(monkeypatch):
    monkeypatch.setattr("ticket_api.abuse.forms.USED_REMEMBERED", 10)
    forms, later = Forms(SECRET), NOW + timedelta(minutes=1)
    tokens = [forms.token(NOW) for _ in range(11)]
    assert all(forms.use(token, later) for token in tokens)
    assert [forms.use(token, later) for token in tokens[1:]] == [False] * 10


def test_clients_are_forgotten_when_there_are_too_many(clock):
    recent = Recent(3, clock)
    for number in range(CLIENTS_REMEMBERED + 1):
        recent.add(number)
    assert recent.wait(0, 1, 60) == 0
    assert recent.wait(1, 1, 60) == 60


def test_looks_are_sixty_a_minute_for_each_kind_and_client(keeper, clock):
    for _ in range(60):
        keeper.look("search", "192.0.2.1")
        clock.now += 0.5
    with pytest.raises(TooMany) as caught:
        keeper.look("search", "192.0.2.1")
    assert (caught.value.code, caught.value.values["seconds"]) == ("too_fast", 30)
    keeper.look("suggestions", "192.0.2.1")
    keeper.look("search", "192.0.2.2")
    clock.now += 31
    keeper.look("search", "192.0.2.1")


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ("See https://example.org/a and https://example.org/b", {}),
        ("\n".join(f"GET https://api.example.org/orders/{number} 200" for number in range(50)), {"links": 1}),
        (" ".join(f"https://shop{number}.example" for number in range(3)), {"links": 1}),
        (" ".join(f"www.shop{number}.example" for number in range(5)), {"links": 2}),
        (" ".join(f"HTTPS://shop{number}.example/x" for number in range(10)), {"links": 3}),
        ("[url=https://a.example]cheap[/url]", {"link_markup": 2}),
        ('<A  HREF="https://a.example">cheap</a>', {"link_markup": 2}),
        ("我的订单页面 https://example.org/订单 打不开", {}),
    ],
)
def test_signs_of_abuse_in_a_text(message, found):
    assert dict(signs(Question(message=message))) == found


def test_a_link_where_a_name_belongs_is_a_sign():
    assert dict(signs(Question(message="Hi", name="www.cheap.example"))) == {"link_as_name": 2}
    assert dict(signs(Question(message="Hi", subject="https://cheap.example"))) == {"link_as_name": 2}
    assert dict(signs(Question(message="Hi", name="Bob http"))) == {}


def test_one_sign_alone_is_not_enough_and_a_missing_form_adds_to_it(posted):
    spam = Question(message="Cheap: " + " ".join(f"https://shop{number}.example" for number in range(5)))
    assert posted(question=spam) == ()
    assert posted(question=spam, form="") == ("links", "without_form")
    assert reasons_of(()) == ()


def test_the_same_text_from_others_is_a_sign(posted):
    texts = [f"{ADVERTISED} {number}!" for number in range(5)]
    taken = [posted(f"192.0.2.{place}", Question(message=text)) for place, text in enumerate(texts)]
    assert taken == [(), (), (), ("same_text",), ("same_text",)]
    assert posted("198.51.100.1", Question(message=ADVERTISED.upper())) == ("same_text",)


def test_who_repeats_their_own_words_or_asks_what_others_ask_is_no_program(posted):
    assert [posted(question=Question(message=ADVERTISED)) for _ in range(5)] == [()] * 5
    assert [posted(f"192.0.2.{each}") for each in range(10, 40)] == [()] * 30
    assert likeness("怎么退款？") == b""


def test_texts_are_forgotten_when_there_are_too_many(posted, monkeypatch):
    monkeypatch.setattr(doorkeeper, "TEXTS_REMEMBERED", 2)
    for each in range(4):
        posted(f"192.0.2.{each}", Question(message=ADVERTISED))
    for other in ("tables", "chairs", "lamps"):
        posted("192.0.2.9", Question(message=ADVERTISED.replace("tablets", other)))
    assert posted("192.0.2.200", Question(message=ADVERTISED)) == ()


def test_every_reason_has_its_sentence():
    source = "".join(Path(module.__file__).read_text() for module in (doorkeeper, content, rule_acts, ticket))
    for reason in words.load("en")["quarantine"]:
        assert f'"{reason}"' in source
