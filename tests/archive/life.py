"""Commands that are ended at a chosen call, and what must hold afterwards.

`python -m tests.archive.life FOLDER WAY COMMAND FIRST STEP` ends a process of its own at the FIRST call, then at
FIRST + STEP, and so on until the command comes to its end. It prints how often it ended one. Two ways: "killed", with
signal 9 at a call that changes a file, and "interrupted", with Ctrl-C at any call.
"""

import argparse
import contextlib
import faulthandler
import gc
import io
import json
import os
import re
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from tests.archive.desks import BOB, KEY, Desk, all_bytes, checked, content, content_at
from ticket_api.archive import erased, folders
from ticket_api.cli import main
from ticket_api.commands import archive, erase
from ticket_api.errors import Stop
from ticket_api.settings import load_settings
from ticket_api.store import open_store

CHANGING = frozenset(
    {
        "execute",
        "fsync",
        "ftruncate",
        "link",
        "mkdir",
        "open",
        "rename",
        "replace",
        "rmdir",
        "truncate",
        "unlink",
        "write",
    }
)
"""Calls, by name, before which a process is killed; `execute` is a statement of SQLite."""

REACHED = 3
"""How a process ends that was interrupted."""

LIMIT = 120
"""Seconds after which a command that doesn't end says where it hangs, and has failed; it takes one or two."""

SWALLOWED = re.compile(rb"(Exception ignored in:? .*(\n.*)*\nKeyboardInterrupt: \n)?")


def run(*arguments: str) -> None:
    """Run one command in this process, silently."""
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers()
    archive.add_commands(commands)
    erase.add_commands(commands)
    given = parser.parse_args(arguments)
    with contextlib.redirect_stdout(io.StringIO()):
        given.command(load_settings(environ={}, given={"data": given.data}), given)


def killed(arguments: tuple[str, ...], call: int) -> bool:
    """Run a command in a process of its own that kills itself before its `call`-th change; whether it came so far."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status) or status == 0, f"the command ended with {status}"
        return os.WIFSIGNALED(status)
    seen = 0

    def count(_frame: object, event: str, function: object) -> None:
        nonlocal seen
        if event == "c_call" and getattr(function, "__name__", "") in CHANGING:
            seen += 1
            if seen == call:
                os.kill(os.getpid(), signal.SIGKILL)

    code = 1
    try:
        faulthandler.dump_traceback_later(LIMIT, exit=True)
        sys.setprofile(count)
        run(*arguments)
        sys.setprofile(None)
        code = 0
    finally:
        os._exit(code)


def interrupted(arguments: tuple[str, ...], call: int) -> bool:
    """Run a command in a process of its own with Ctrl-C at its `call`-th call; whether it came so far.

    It ends without a word. Python swallows a Ctrl-C that comes while it tidies up, and says so.
    """
    with Path("told.txt").open("w+b") as told:
        child = os.fork()
        if not child:
            os._exit(_interrupting(arguments, call, told.fileno()))
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        told.seek(0)
        assert code in (REACHED, 0), told.read()
        assert SWALLOWED.fullmatch(told.read()), Path(told.name).read_text()
    return code == REACHED


def _interrupting(arguments: tuple[str, ...], call: int, told: int) -> int:
    seen = 0

    def count(_frame: object, event: str, function: object) -> None:
        nonlocal seen
        seen += event.endswith("call") and function is not sys.setprofile
        if seen == call:
            sys.setprofile(None)
            os.kill(os.getpid(), signal.SIGINT)

    os.dup2(told, sys.stderr.fileno())
    faulthandler.dump_traceback_later(LIMIT, exit=True)
    with contextlib.redirect_stdout(io.StringIO()):
        sys.setprofile(count)
        code = main(arguments)
        sys.setprofile(None)
    gc.collect()
    if code not in (0, 130):
        return 1
    return REACHED if seen >= call else 0


WAYS = {"killed": killed, "interrupted": interrupted}


class Life:
    """A desk in a folder, what it held before, and a promise for each command."""

    def __init__(self, folder: Path, ended: Callable[[tuple[str, ...], int], bool]) -> None:
        os.chdir(folder)
        self.ended = ended
        self.folder = folder
        desk = Desk(folder / "data")
        self.content = content(desk.store)
        desk.store.close()
        (folder / "kept").mkdir()
        run("backup", "kept")
        self.archive = next((folder / "kept").glob("*.zip"))

    def backup(self, call: int) -> bool:
        """An ended backup leaves whole archives alone, in a folder that is remembered, and the next one clears up."""
        (self.folder / "b").mkdir()
        (self.folder / "data/backups.txt").unlink(missing_ok=True)
        over = not self.ended(("backup", "b"), call)
        for path in (self.folder / "b").glob("*.zip"):
            assert checked(path).content == self.content
            assert folders.known(self.folder / "data") == [self.folder / "b"]
        run("backup", "b")
        names = [path.name for path in (self.folder / "b").iterdir()]
        assert all(name.startswith("helpleaf-") and name.endswith(".zip") for name in names), names
        assert content_at("data/tickets.db") == self.content
        shutil.rmtree(self.folder / "b")
        return over

    def restore(self, call: int) -> bool:
        """An ended restore leaves all or nothing, and can be repeated."""
        arguments = ("restore", str(self.archive), "--data", "new", "--yes")
        over = not self.ended(arguments, call)
        if not (self.folder / "new/tickets.db").exists():
            run(*arguments)
        assert content_at("new/tickets.db") == self.content
        assert (self.folder / "new/secret.key").read_bytes() == KEY
        shutil.rmtree(self.folder / "new")
        return over

    def export(self, call: int) -> bool:
        """An ended export leaves what was there."""
        file = self.folder / "all.json"
        file.write_text("{}")
        over = not self.ended(("export", "all.json", "--yes"), call)
        assert file.read_text() == "{}" or json.loads(file.read_text())["tickets"]
        run("export", "all.json", "--yes")
        assert len(json.loads(file.read_text())["tickets"]) == 12
        assert [path for path in self.folder.iterdir() if path.name.startswith(".")] == []
        return over

    def copy(self, call: int) -> bool:
        """An ended copy goes on."""
        arguments = ("copy", "data/tickets.db", "copy.db", "--yes")
        over = not self.ended(arguments, call)
        run(*arguments)
        assert content_at("copy.db") == self.content
        for path in self.folder.glob("copy.db*"):
            path.unlink()
        return over

    def erase(self, call: int) -> bool:
        """Before a ticket goes, every list knows; the same command again ends what was begun."""
        shutil.copytree(self.folder / "data", self.folder / "second")
        arguments = ("erase", "--requester", BOB, "--data", "second", "--yes")
        over = not self.ended(arguments, call)
        store = open_store("second/tickets.db")
        store.verify()
        gone = len(store.tickets_of(BOB)) < 6
        store.close()
        for folder in ("second", "kept"):
            assert not gone or erased.keyed_hash(KEY, BOB) in erased.read(self.folder / folder / "erased.txt")
        run(*arguments)
        assert BOB.encode() not in all_bytes(self.folder / "second")
        shutil.rmtree(self.folder / "second")
        (self.folder / "kept/erased.txt").unlink()
        return over


def sweep(folder: Path, way: str, command: str, first: int, step: int) -> int:
    """End it at every `step`-th call; returns how often it was ended."""
    promise: Callable[[int], bool] = getattr(Life(folder, WAYS[way]), command)
    ended = 0
    while not promise(first + ended * step):
        ended += 1
    return ended


if __name__ == "__main__":
    try:
        print(sweep(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])))
    except Stop as stop:
        sys.exit(str(stop))
