"""What the manual's page about channels shows works as it stands."""

import json
import os
import re
import subprocess
import sys
import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.conftest import ORIGIN
from tests.serving import SECRET
from ticket_api.app import create_app
from ticket_api.channels import hooks_of, webhooks_of
from ticket_api.channels.webhook import TOLD
from ticket_api.webhooks.state import LAST_PAUSE, PAUSES

PAGE = (Path(__file__).parents[2] / "docs/channels.md").read_text(encoding="utf-8")
KEYS = dict.fromkeys(("hook:shop", "hook:chat"), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")

# What a shell is to do in place of calling the server: tell what it would be sent.
CURL = 'curl() { python3 -c "import json, sys; print(json.dumps(sys.argv[1:]))" "$@"; }\n'


@pytest.fixture
def shown(settings):
    """The settings with all tables that the manual shows."""
    tables = tomllib.loads("\n".join(blocks("toml")))
    return replace(settings, sections=tables, signing=KEYS | {"webhook:chat": "a key that both of them know"})


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def test_the_tables_can_be_read(shown):
    assert set(hooks_of(shown)) == {"shop", "chat"}
    assert [each.name for each in webhooks_of(shown)] == ["chat"]


def test_the_script_signs_what_is_taken(shown, store, index):
    (script,) = blocks("sh")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", "-c", CURL + script], check=True, capture_output=True, text=True, env=os.environ | {"PATH": path}
    )
    address, *rest = json.loads(done.stdout)
    given = dict(zip(rest[::2], rest[1::2], strict=True))
    headers = dict(each.split(": ", 1) for flag, each in zip(rest[::2], rest[1::2], strict=True) if flag == "-H")
    stamp = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    app = create_app(
        replace(shown, sections={"hooks": shown.sections["hooks"]}, signing=KEYS), store, index, SECRET, lambda: stamp
    )
    with TestClient(app, base_url=ORIGIN) as program:
        answer = program.post(address, content=given["-d"], headers=headers)
    assert (answer.status_code, answer.json()) == (201, {"ticket": 1})
    assert (store.ticket(1).question, store.ticket(1).email) == ("Where is my parcel?", "bob@example.com")


def test_every_event_is_told_and_no_other():
    (told,) = re.findall(r"^The events are (.*?)\.$", PAGE, re.DOTALL | re.MULTILINE)
    assert tuple(re.findall(r"`(\w+)`", told)) == TOLD


def test_the_pauses_are_those_that_are_told():
    assert [int(pause.total_seconds()) for pause in PAUSES] == [10, 30, 60, 120, 240, 480, 960, 1920]
    assert LAST_PAUSE.total_seconds() == 3600
    assert "after 10 and 30 seconds, 1,\n2, 4, 8, 16 and 32 minutes, and then each hour" in PAGE
