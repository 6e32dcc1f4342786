"""The secret key and what is made from it."""

import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from ticket_api import keys
from ticket_api.errors import Stop


def test_the_key_is_made_once_and_for_the_owner_alone(settings):
    first = keys.load_secret(settings)
    assert keys.load_secret(settings) == first
    path = settings.data / "secret.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in settings.data.iterdir()] == ["secret.key"]


def test_many_starts_at_once_agree(settings):
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: keys.load_secret(settings), range(32)))) == 1


def test_a_short_key_is_refused(settings):
    with pytest.raises(Stop, match="at least 32"):
        keys.load_secret(replace(settings, secret="short"))
    assert keys.load_secret(replace(settings, secret="l" * 32)) == b"l" * 32


@pytest.mark.parametrize("content", [b"short", b"", b"\xff\x00\n"])
def test_a_short_or_garbled_key_in_the_file_is_refused_too(settings, content):
    settings.data.mkdir()
    (settings.data / "secret.key").write_bytes(content)
    with pytest.raises(
        Stop, match=r"secret\.key: the key has \d characters, .* Put back the one that customers' links"
    ):
        keys.load_secret(settings)


def test_a_key_that_cant_be_read_is_told(settings):
    (settings.data / "secret.key").mkdir(parents=True)
    with pytest.raises(Stop, match=r"secret\.key can't be read: Is a directory\. .* each backup holds it\."):
        keys.load_secret(settings)


def test_a_folder_that_cannot_be_made_is_told(settings, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Stop, match=r"secret\.key can't be made.*Choose another folder"):
        keys.load_secret(replace(settings, data=tmp_path / "file" / "data"))


def test_tokens_follow_from_key_and_uid_alone():
    one = keys.link_token(b"k" * 32, "uid")
    assert one == keys.link_token(b"k" * 32, "uid")
    assert len({one, keys.link_token(b"k" * 32, "other"), keys.link_token(b"j" * 32, "uid")}) == 3
    assert len(one) == 22


def test_fingerprints_keep_their_parts_apart():
    assert keys.fingerprint("ab", "c") != keys.fingerprint("a", "bc")


def test_codes_can_be_typed():
    code = keys.new_code()
    assert [len(group) for group in code.split("-")] == [4, 4, 4]
    assert not set(code) & set("01OIL")


def test_the_mark_of_a_key_tells_keys_apart_and_doesnt_hold_one():
    key = b"k" * 32
    assert keys.key_mark(key) == keys.key_mark(bytes(key)) != keys.key_mark(b"l" * 32)
    assert key.decode() not in keys.key_mark(key)
