"""Preferences: what may stand in them, and saved replies with their variables put in."""

from datetime import timedelta

import msgspec
import pytest

from ticket_api.preferences import Preferences, SavedReply, fill


def test_the_defaults_are_an_ordinary_working_week():
    preferences = Preferences()
    assert [(each.day, each.opens / 60, each.closes / 60) for each in preferences.hours] == [
        (day, 9, 17) for day in range(5)
    ]
    assert preferences.target == timedelta(hours=8)
    assert (preferences.name, preferences.logo, preferences.replies) == ("", "", ())


def test_saved_replies_are_found_by_language_in_the_owners_order():
    second, first, chinese = SavedReply("B", "en", "b"), SavedReply("A", "en", "a"), SavedReply("C", "zh", "c")
    preferences = Preferences(replies=(second, chinese, first))
    assert preferences.replies_in("en") == (second, first)
    assert preferences.replies_in("zh") == (chinese,)
    assert preferences.replies_in("pt") == ()


@pytest.mark.parametrize(
    "stored",
    [
        b'{"colour": "red"}',
        b'{"target_hours": 0}',
        b'{"target_hours": "8"}',
        b'{"hours": [{"day": 7, "opens": 0, "closes": 60}]}',
        b'{"hours": [{"day": 1, "opens": 60, "closes": 60}]}',
        b'{"hours": [{"day": 1, "opens": 0, "closes": 60}, {"day": 1, "opens": 90, "closes": 99}]}',
        b'{"replies": [{"title": "", "lang": "en", "text": "x"}]}',
        b'{"replies": [{"title": "x", "lang": "en", "text": "x", "html": "x"}]}',
    ],
)
def test_what_no_owner_can_have_chosen_is_not_read(stored):
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(stored, type=Preferences)


@pytest.mark.parametrize(
    ("text", "values", "filled"),
    [
        ("Hello {name}, it is {number}.", {"name": "Bob", "number": "12"}, "Hello Bob, it is 12."),
        ("Hello {name},\n\nsee {article}.", {"name": ""}, "Hello,\n\nsee {article}."),
        ("{name}，您好：", {"name": ""}, "您好："),
        ("{name}, good morning", {"name": " "}, "good morning"),
        ("您好，{name}：", {"name": "小明"}, "您好，小明："),
        ("{colour} {{name}} {NAME}", {"name": "Bob"}, "{colour} {Bob} {NAME}"),
        ("{name}", {"name": "{company}", "company": "Larkbill"}, "{company}"),
        ("{name}", {"name": "Bob\n\n# Mallory"}, "Bob # Mallory"),
        (r"\1 {name} \g<0>", {"name": r"\1"}, r"\1 \1 \g<0>"),
        ("", {"name": "Bob"}, ""),
    ],
)
def test_variables_are_put_in(text, values, filled):
    assert fill(text, **values) == filled
