"""Signatures: the published example, and everything that doesn't fit."""

from datetime import UTC, datetime, timedelta

import pytest

from ticket_api.channels import signing

# The example of the specification's reference libraries.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, TIMESTAMP, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}'
SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
KEY = signing.key_of(SECRET)


def test_the_published_example_is_signed_alike():
    assert signing.signature(KEY, ID, TIMESTAMP, BODY) == SIGNED
    assert signing.fits(KEY, ID, TIMESTAMP, BODY, SIGNED)


def test_one_of_several_signatures_is_enough():
    assert signing.fits(KEY, ID, TIMESTAMP, BODY, f"v1a,other v1,AAAA {SIGNED}")


@pytest.mark.parametrize(
    "changed",
    [
        {"key": b"another key of enough bytes"},
        {"message_id": "msg_other"},
        {"message_id": ""},
        {"message_id": "msg\u00e4"},
        {"timestamp": "1614265331"},
        {"timestamp": ""},
        {"timestamp": "-1"},
        {"timestamp": "1e9"},
        {"body": BODY + b" "},
        {"body": b""},
        {"signatures": ""},
        {"signatures": SIGNED.removeprefix("v1,")},
        {"signatures": SIGNED.replace("v1", "v2")},
        {"signatures": SIGNED[:-2]},
        {"signatures": "v1,\udcff"},
        {"signatures": " ".join(["v1,AAAA"] * 10 + [SIGNED])},
    ],
    ids=str,
)
def test_whatever_was_changed_fits_no_more(changed):
    given = {"key": KEY, "message_id": ID, "timestamp": TIMESTAMP, "body": BODY, "signatures": SIGNED}
    assert not signing.fits(**given | changed)


def test_what_was_signed_cant_be_cut_in_another_place():
    body = b"2.rest"
    signed = signing.signature(KEY, "one", "1", body)
    assert signing.fits(KEY, "one", "1", body, signed)
    assert signing.signature(KEY, "one.1", "2", b"rest") == signed
    assert not signing.fits(KEY, "one.1", "2", b"rest", signed)


def test_a_signature_holds_for_five_minutes():
    now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    for seconds, fresh in ((0, True), (300, True), (301, False), (-300, True), (-301, False)):
        assert signing.is_fresh(str(int((now - timedelta(seconds=seconds)).timestamp())), now) is fresh
    assert not signing.is_fresh("999999999999", now)


def test_the_plain_scheme():
    # GitHub's own example, "Validating webhook deliveries".
    key, body = b"It's a Secret to Everybody", b"Hello, World!"
    signed = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    assert signing.hub_signature(key, body) == signed
    assert signing.hub_fits(key, body, signed)
    for wrong in ("", "sha256=", signed[:-1], signed.removeprefix("sha256="), signed.replace("sha256", "sha1")):
        assert not signing.hub_fits(key, body, wrong)


@pytest.mark.parametrize(
    ("secret", "told"),
    [
        ("short", "has 5 bytes"),
        ("whsec_%%%%", "isn't base64"),
        ("whsec_AAAA", "has 3 bytes"),
        ("whsec_", "has 0 bytes"),
    ],
)
def test_a_key_that_is_none_is_told(secret, told):
    with pytest.raises(ValueError, match=told):
        signing.key_of(secret)
