"""The commands, run as the owner runs them: real processes, real ports."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conftest import ARTICLES
from tests.waiting import hurried
from ticket_api import cli
from ticket_api.cli import _parser, main
from ticket_api.commands.served import is_served
from ticket_api.settings import VARIABLES

ROOT = Path(__file__).parents[2]
CLI = [sys.executable, "-m", "ticket_api.cli"]


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with a few articles and a site's configuration, as an owner would have."""
    for path, content in ARTICLES.items():
        file = tmp_path / "kb_articles" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    (tmp_path / "mkdocs.yml").write_bytes((ROOT / "mkdocs.yml").read_bytes())
    return tmp_path


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HELPLEAF_")}
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "HELPLEAF_WATCH": "off", **more}


def run(desk: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*CLI, *arguments], cwd=desk, env=environment(**more), capture_output=True, text=True, timeout=300, check=False
    )


class Serving:
    """`helpleaf serve` in a process of its own; `lines` is what it printed until it was ready."""

    def __init__(self, desk: Path, port: int = 0, *arguments: str, **more: str) -> None:
        command = [*CLI, "serve", "--port", str(port), *arguments]
        self.process = subprocess.Popen(command, cwd=desk, env=environment(**more), stdout=subprocess.PIPE, text=True)
        self.lines = []
        with hurried(self.process, "say that it serves"):
            for line in self.process.stdout:
                self.lines.append(line.rstrip())
                if line.startswith("Data:"):
                    break
        self.url = next(line for line in self.lines if line.startswith("Site:")).split()[1].rstrip("/")

    def get(self, path: str) -> str:
        with urllib.request.urlopen(self.url + path, timeout=60) as answer:
            return answer.read().decode()

    def ask(self, message: str) -> dict:
        body = json.dumps({"message": message}).encode()
        request = urllib.request.Request(f"{self.url}/api/tickets", body, {"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(how)
        code = self.process.wait(60)
        self.process.stdout.close()
        return code


def test_serve_says_where_everything_is_and_builds_only_what_changed(desk):
    first = Serving(desk)
    assert any("Built" in line for line in first.lines)
    site, owners_desk, data = first.lines[-3:]
    assert site == f"Site:  {first.url}/"
    code = re.search(r"([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})", owners_desk).group(1)
    assert owners_desk.startswith(f"Desk:  {first.url}/desk")
    assert data == f"Data:  {desk / 'data'}"
    assert "Get your money back" in first.get("/refunds/get-a-refund/")
    assert first.ask("How do I get a refund?")["suggestions"][0]["id"] == "refunds/get-a-refund"
    form = f"code={code}&password=correct+horse+battery&repeated=correct+horse+battery".encode()
    urllib.request.urlopen(urllib.request.Request(f"{first.url}/desk/setup", form, {"Origin": first.url})).close()
    first.end()

    second = Serving(desk)
    assert not any("Built" in line for line in second.lines)
    assert second.lines[-2] == f"Desk:  {second.url}/desk"
    second.end()

    (desk / "kb_articles/refunds/get-a-refund.md").write_bytes(b"---\ntitle: A new title\n---\n\nNew words.\n")
    third = Serving(desk)
    assert any("Built" in line for line in third.lines)
    assert "A new title" in third.get("/refunds/get-a-refund/")
    third.end()


def test_limits_that_are_off_are_told_at_the_start(desk):
    done = subprocess.Popen(
        [*CLI, "serve", "--port", "0"],
        cwd=desk,
        env=environment(HELPLEAF_LIMITS="off"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert "HELPLEAF_LIMITS is off" in done.stderr.readline()
    done.terminate()
    done.communicate()
    assert done.returncode == 0


def test_an_acknowledged_ticket_survives_kill_9(desk):
    serving = Serving(desk, HELPLEAF_LIMITS="off")
    answers = [serving.ask(f"How do I get a refund? Number {number}") for number in range(20)]
    serving.end(signal.SIGKILL)
    again = Serving(desk)
    for number, answer in enumerate(answers):
        page = again.get("/t/" + answer["link"].rsplit("/", 1)[1])
        assert f"Number {number}" in page
    again.end()


def test_a_taken_port_is_told_at_once(desk):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run(desk, "serve", "--port", str(port))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"helpleaf: Port {port} on 127.0.0.1 is taken. Choose another: make serve PORT={port + 1}.\n"


def test_every_problem_in_the_articles_is_told_and_the_old_site_stays(desk):
    assert run(desk, "build").returncode == 0
    (desk / "kb_articles/refunds/one.md").write_text("No front matter\n")
    (desk / "kb_articles/billing/two.md").write_text("---\ntitle: Two\ncolour: red\n---\n\n[dead](nowhere.md)\n")
    done = run(desk, "build")
    assert done.returncode == 1
    for place in ("refunds/one.md:1:", "billing/two.md:3:", "billing/two.md:6:"):
        assert place in done.stderr
    assert "kb_articles/refunds/one.md:1:" in done.stderr
    assert done.stderr.splitlines()[-1].startswith("helpleaf: ")
    assert done.stderr.count("helpleaf: ") == 1
    assert (desk / "build/site/refunds/get-a-refund/index.html").is_file()
    assert run(desk, "serve", "--port", "0").returncode == 1


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"HELPLEAF_COLOUR": "red"}, "There is no setting HELPLEAF_COLOUR"),
        ({"HELPLEAF_PORT": "http"}, "port must be a whole number"),
        ({"HELPLEAF_STORE": "postgresql://alice:hidden@db/helpleaf"}, "Correct the host in HELPLEAF_STORE"),
        ({"HELPLEAF_ARTICLES": "nowhere"}, "nowhere"),
        ({"HELPLEAF_SECRET": "short"}, "at least 32"),
        ({"HELPLEAF_SECRET": "\udcff" * 32}, "must be text in UTF-8"),
        ({"HELPLEAF_DATA": "n" * 300}, "n/tickets.db can't be used: File name too long. Name another place."),
    ],
)
def test_a_wrong_setting_is_one_clear_sentence(desk, more, told):
    done = run(desk, "serve", "--port", "0", **({"HELPLEAF_HOST": "127.0.0.1"} | more))
    assert done.returncode == 1
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert "hidden" not in done.stderr


def test_help_names_every_variable():
    told = " ".join(_parser().format_help().split())
    assert all(f" {variable}" in told for variable in VARIABLES)
    assert "HELPLEAF_STORE_FILE" in VARIABLES


@pytest.mark.parametrize(
    ("closed", "mode", "command", "told"),
    [
        ("mkdocs.yml", 0o000, "build", "mkdocs.yml can't be used: Permission denied. Give this user the right to it"),
        ("build", 0o555, "build", "build can't be made or written: Permission denied. Name another folder"),
        ("data", 0o000, "owner code", "data can't be read: Permission denied"),
    ],
)
def test_what_this_user_may_not_use_is_one_clear_sentence(capsys, closed, mode, command, told):
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        for path in (Path(folder), *(Path(folder) / name for name in ("data", "build", "kb_articles/billing"))):
            path.mkdir(parents=True, exist_ok=True)
            path.chmod(0o755)
        (Path(folder) / "kb_articles/billing/charged-twice.md").write_bytes(ARTICLES["billing/charged-twice.md"])
        (Path(folder) / "mkdocs.yml").write_bytes((ROOT / "mkdocs.yml").read_bytes())
        stack.enter_context(contextlib.chdir(folder))
        main(command.split())  # imports what it needs, while that may be read
        capsys.readouterr()
        Path(closed).chmod(mode)
        stack.callback((Path(folder) / closed).chmod, 0o755)
        if os.geteuid() == 0:  # whom no mode stops
            stack.callback(os.seteuid, 0)
            os.seteuid(65534)
        assert main(command.split()) == 1
    sentence = capsys.readouterr().err
    assert told in sentence
    assert sentence.startswith("helpleaf: ")
    assert sentence.count("\n") == 1


def test_a_new_code_for_a_forgotten_password(desk):
    Serving(desk).end()
    done = run(desk, "owner", "code")
    assert done.returncode == 0
    assert re.fullmatch(r"Code: [0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}  \(works once, at /desk/setup\)\n", done.stdout)


def test_owner_reset_lets_the_owner_begin_anew(desk):
    Serving(desk).end()
    first = run(desk, "owner", "reset")
    assert first.returncode == 0
    told, code = first.stdout.splitlines()
    assert told == "Password and second step are removed, and nobody is signed in."
    assert re.fullmatch(r"Code: [0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}  \(works once, at /desk/setup\)", code)
    assert run(desk, "owner", "reset").stdout != first.stdout


def test_a_code_for_a_desk_that_is_not_there_is_refused(desk):
    done = run(desk, "owner", "code", "--data", "elsewhere")
    assert (done.returncode, done.stdout) == (1, "")
    assert "There is no desk in elsewhere" in done.stderr
    assert not (desk / "elsewhere").exists()


def test_the_store_lies_where_it_is_told_to(desk):
    (desk / "kept").mkdir()
    serving = Serving(desk, HELPLEAF_STORE="kept/here.db")
    assert serving.lines[-1] == f"Data:  {desk / 'data'}  (tickets: {desk / 'kept/here.db'})"
    serving.ask("How do I get a refund?")
    serving.end()
    assert (desk / "kept/here.db").is_file()
    assert not (desk / "data/tickets.db").exists()


def test_a_mistyped_store_is_told_and_nothing_is_begun(desk):
    done = run(desk, "serve", "--port", "0", HELPLEAF_STORE="kpet/deep/here.db")
    assert done.returncode == 1
    assert "kpet/deep isn't there. Make it, or correct the path." in done.stderr
    done = run(desk, "serve", "--port", "0", HELPLEAF_STORE="postgresql:alice:hidden@db/helpleaf")
    assert done.returncode == 1
    assert "two slashes behind its colon: write postgresql://user@host/database" in done.stderr
    done = run(desk, "copy", "postgres:/alice:hidden@db/helpleaf", "new.db")
    assert "two slashes behind its colon" in done.stderr
    assert "hidden" not in "".join(path.name for path in desk.iterdir()) + done.stderr
    assert not {"kpet", "data", "new.db"} & {path.name for path in desk.iterdir()}


def test_tickets_in_the_data_folder_arent_left_behind_for_a_new_store(desk):
    serving = Serving(desk)
    serving.ask("How do I get a refund?")
    assert is_served(desk / "data")
    assert "How do I get a refund?" in run(desk, "tickets", "status:offered").stdout
    serving.end()
    assert not is_served(desk / "data")
    done = run(desk, "serve", "--port", "0", HELPLEAF_STORE="new.db")
    assert done.returncode == 1
    assert "names new.db, which is new, while data/tickets.db holds 1 ticket. Copy them there first" in done.stderr
    assert "helpleaf copy data/tickets.db TO, or unset HELPLEAF_STORE." in done.stderr
    assert not (desk / "new.db").exists()
    Serving(desk, HELPLEAF_STORE="data/tickets.db").end()
    assert run(desk, "copy", "data/tickets.db", "new.db").returncode == 0
    (desk / "data/secret.key").rename(desk / "kept.key")
    Serving(desk, HELPLEAF_STORE="new.db", HELPLEAF_SECRET_FILE="kept.key").end()


def test_sigterm_ends_it_whenever_it_comes_and_closes_the_store(desk):
    for _ in range(5):
        serving = Serving(desk)
        assert serving.end() in (0, -signal.SIGTERM)
        assert not list((desk / "data").glob("*-wal"))


@pytest.mark.parametrize("module", ["argparse", "msgspec", "uvicorn"])
def test_ctrl_c_while_a_command_is_loaded_ends_it_without_a_word(desk, module):
    command = [sys.executable, "-X", "importtime", "-m", "ticket_api", "serve", "--port", "0"]
    process = subprocess.Popen(command, cwd=desk, env=environment(), stderr=subprocess.PIPE, text=True)
    assert any(line.rstrip().endswith(f" {module}") for line in process.stderr)
    process.send_signal(signal.SIGINT)
    told = [line for line in process.communicate(timeout=20)[1].splitlines() if not line.startswith("import time:")]
    assert (process.returncode, told) == (130, [])


def test_a_host_that_is_none_is_told_as_such(desk):
    done = run(desk, "serve", "--host", "no.such.host.example", "--port", "0")
    assert done.returncode == 1
    assert "no.such.host.example" in done.stderr
    assert "PORT=1" not in done.stderr


def test_import_tells_what_it_skipped_and_overwrites_nothing(desk):
    lines = [
        {"id": "start/first-steps", "title": "First steps", "body": "Open the app.", "lang": "en"},
        {"id": "start/first-steps", "title": "第一步", "body": "打开应用。", "lang": "zh"},
        {"id": "start/empty", "title": "", "body": "x", "lang": "en"},
    ]
    source = desk / "old.jsonl"
    source.write_text("\n".join(json.dumps(line) for line in lines))
    done = run(desk, "import", "old.jsonl")
    assert done.returncode == 0
    assert "old.jsonl:3:" in done.stdout
    assert "Wrote 2 articles into kb_articles, skipped 1 line." in done.stdout
    written = (desk / "kb_articles/start/first-steps.zh.md").read_text()
    assert "第一步" in written
    (desk / "kb_articles/start/first-steps.md").write_text("---\ntitle: Mine\n---\n\nMy own words.\n")
    assert "skipped 3 lines" in run(desk, "import", "old.jsonl").stdout
    run(desk, "import", "old.jsonl", "--into", "other")
    assert (desk / "other/start/first-steps.md").is_file()
    assert "My own words." in (desk / "kb_articles/start/first-steps.md").read_text()
    assert run(desk, "build").returncode == 0


def test_import_of_nothing_is_one_clear_sentence(desk):
    done = run(desk, "import", "nowhere.jsonl")
    assert done.returncode == 1
    assert "nowhere.jsonl" in done.stderr
    assert "Traceback" not in done.stderr


def test_whatever_follows_from_ctrl_c_is_no_error_of_its_own(monkeypatch, capsys):
    def left_half_done(_):
        try:
            raise KeyboardInterrupt
        finally:
            raise ValueError("an open handle")

    monkeypatch.setattr(cli, "_run", left_half_done)
    assert main([]) == 130
    assert capsys.readouterr().err == ""
