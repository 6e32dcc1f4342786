"""A18 in full: a thousand forms with one victim, in every way to write the address, and what arrives there."""

from tests.attacks.test_a18_mail_to_strangers import BAIT, WAYS, emptied
from tests.flows.asking import UNKNOWN
from tests.mail.conftest import box, settings

__all__ = ["box", "settings"]  # fixtures


def test_one_victim_gets_one_mail_of_a_thousand_forms(bob, box, store, clock):
    for number in range(1000):
        words = f"{BAIT} {number}"
        fields = {"message": f"{UNKNOWN} {words}", "subject": words, "name": words, "email": WAYS[number % len(WAYS)]}
        assert bob.post("/api/tickets", json=fields).status_code == 201
    emptied(store, clock)
    print(f"forms=1000 mails={len(box.got)}")
    assert len(box.got) == 1
    assert b"evil.example" not in box.got[0]
