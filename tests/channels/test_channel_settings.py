"""What is wrong in the tables of hooks and webhooks stops the start with a sentence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ticket_api.channels import hooks_of, webhooks_of
from ticket_api.errors import Stop
from ticket_api.settings import load_settings

KEY = "a key that both of them know"
ENVIRON = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
HOOK = {"HELPLEAF_HOOK_SHOP_SECRET": KEY}
WEBHOOK = {"HELPLEAF_WEBHOOK_CHAT_SECRET": KEY}
CHAT = '[[webhooks]]\nname = "chat"\nurl = "https://chat.example/in"\n'


def read(tmp_path, toml: str, environ: dict[str, str]):
    path = tmp_path / "helpleaf.toml"
    path.write_text(toml)
    settings = load_settings(path, environ)
    return hooks_of(settings), webhooks_of(settings)


def test_hooks_and_webhooks_are_read_with_their_keys(tmp_path):
    hooks, webhooks = read(tmp_path, f'[hooks.shop]\nmessage = "text"\n{CHAT}', HOOK | WEBHOOK)
    assert (hooks["shop"].hook.message, hooks["shop"].key) == ("text", KEY.encode())
    assert (webhooks[0].name, webhooks[0].webhook.events, webhooks[0].key) == ("chat", "*", KEY.encode())
    assert read(tmp_path, "", {}) == ({}, [])


def test_a_key_may_stand_in_a_file(tmp_path):
    (tmp_path / "key").write_text("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n")
    environ = {"HELPLEAF_HOOK_SHOP_SECRET_FILE": str(tmp_path / "key")}
    assert len(read(tmp_path, '[hooks.shop]\nmessage = "text"\n', environ)[0]["shop"].key) == 24


@pytest.mark.parametrize(
    ("toml", "environ", "told"),
    [
        ('[hooks.shop]\nmessage = "text"\n', {}, "the hook shop has no key. Set HELPLEAF_HOOK_SHOP_SECRET"),
        ("", HOOK, "HELPLEAF_HOOK_SHOP_SECRET is set, and .* has no table \\[hooks.shop\\]"),
        (
            "",
            WEBHOOK,
            "HELPLEAF_WEBHOOK_CHAT_SECRET is set, and .* has no table \\[\\[webhooks\\]\\] with name = .chat",
        ),
        (CHAT, {}, "the webhook chat has no key. Set HELPLEAF_WEBHOOK_CHAT_SECRET"),
        (CHAT, {"HELPLEAF_WEBHOOK_CHAT_SECRET": "short"}, "HELPLEAF_WEBHOOK_CHAT_SECRET: the key has 5 bytes"),
        ('[hooks.shop]\nmesage = "text"\n', HOOK, "in hooks.*mesage"),
        ("[hooks.shop]\n", HOOK, "in hooks.*message"),
        ('[hooks.shop]\nmessage = ""\n', HOOK, "message must say where"),
        ('[hooks.shop]\nmessage = "text"\nid = "id"\n', HOOK, 'id is for signature = "hub" alone'),
        ('[hooks.shop]\nmessage = "text"\nsignature = "md5"\n', HOOK, "in hooks.*md5"),
        ('[hooks.Shop]\nmessage = "text"\n', {}, "'Shop' can't be the name of a hook"),
        ('[hooks.my-shop]\nmessage = "text"\n', {}, "can't be the name of a hook"),
        ('[hooks.form]\nmessage = "text"\n', {"HELPLEAF_HOOK_FORM_SECRET": KEY}, "form is how other questions come"),
        (CHAT.replace("chat", "Chat", 1), {}, "in webhooks, number 1: 'Chat' can't be the name"),
        (CHAT + CHAT, WEBHOOK, "two webhooks are called chat"),
        (CHAT + 'events = ["replyed"]\n', WEBHOOK, "in webhooks, number 1: there is no event 'replyed'; write"),
        (CHAT + 'events = ["signed_in"]\n', WEBHOOK, "there is no event 'signed_in'"),
        (CHAT + 'events = "replyed"\n', WEBHOOK, "there is no event 'replyed'"),
        (CHAT + 'include = ["link"]\n', WEBHOOK, "in webhooks, number 1.*link"),
        (CHAT.replace("https", "http") + 'include = ["message"]\n', WEBHOOK, "leave over https alone"),
        (CHAT.replace("https", "ftp"), WEBHOOK, "in webhooks, number 1: url must be an address such as"),
        (CHAT.replace("chat.example", "10.0.0.1"), WEBHOOK, "url leads to an inside address"),
        (CHAT.replace("chat.example", "chat.example:25"), WEBHOOK, "names the port 25"),
        (CHAT.replace("chat.example", "chat.example:70000"), WEBHOOK, "names the port 70000"),
        (CHAT * 21, WEBHOOK, "there are 21 webhooks; at most 20"),
    ],
)
def test_each_mistake_has_its_sentence(tmp_path, toml, environ, told):
    with pytest.raises(Stop, match=told):
        read(tmp_path, toml, environ)


def test_a_mistake_stops_the_start_before_anything_is_built(tmp_path):
    (tmp_path / "helpleaf.toml").write_text('[hooks.shop]\nmessage = "text"\n')
    command = [sys.executable, "-m", "ticket_api", "serve", "--port", "0"]
    done = subprocess.run(command, cwd=tmp_path, env=ENVIRON, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "the hook shop has no key" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["helpleaf.toml"]
