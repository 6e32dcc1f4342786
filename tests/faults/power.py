"""Power cuts on a simulated disk: what a run did to its files is noted, and any moment of it can be made a crash.

After a crash a file holds what was synced. Of each write since then, every sector of 512 bytes or page of 4,096 is
kept, dropped, torn or zeroed by chance; so are new sizes, names and removals. The index of the log, which is never
synced, comes back as it was at some moment before. SQLite is tested in this way itself
(https://sqlite.org/testing.html#crash_testing). Bytes beside a write stay as they were, as SQLite assumes of a disk
(https://sqlite.org/psow.html).
"""

import os
import random
import stat
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.disk import OK, Call, disk
from tests.faults.life import Life, checkpoints_after
from tests.faults.promise import Ledger, Line
from ticket_api.store import open_store
from ticket_api.store.sqlite_index import look

INDEX = "tickets.db-shm"
KEPT, DROPPED, TORN, ZEROED = range(4)
FATES = [(1, 0, 0, 0), (0, 1, 0, 0), (1, 1, 0, 0), (0, 0, 0, 1), (3, 1, 0, 0), (1, 3, 0, 0), (4, 1, 1, 1), (1, 1, 1, 1)]
"""How likely each of the four is; a crash draws one of these for each file."""


@dataclass(frozen=True)
class Operation:
    """What was done to a file. `covers`: a sync brings all operations before this one to the disk.

    `kind` is write, truncate, sync, create, delete, or folder for a sync of the names.
    """

    kind: str
    file: int = 0
    name: str = ""
    offset: int = 0
    size: int = 0
    data: bytes = b""
    covers: int = 0


@dataclass
class Record:
    """What a run did, in order. `said`: each line with the number of operations that were done when it was heard.

    `indexes`: the head of the index of the log, with that number too.
    """

    operations: list[Operation] = field(default_factory=list)
    said: list[tuple[int, Line]] = field(default_factory=list)
    indexes: list[tuple[int, bytes]] = field(default_factory=list)

    def ledger(self, moment: int) -> Ledger:
        """What was acknowledged when so many operations were done."""
        return Ledger((line for at, line in self.said if at <= moment), (line for _, line in self.said))


class Recorder:
    """A hook that notes all that happens to the files of one folder."""

    def __init__(self, folder: Path) -> None:
        self.record = Record()
        self._folder = folder
        self._files: dict[str, int] = {}
        self._made = 0
        self._named: set[int] = set()
        self._lock = threading.RLock()
        self._fsync = os.fsync

    def say(self, kind: str, value: Any) -> None:
        with self._lock:
            self.record.said.append((len(self.record.operations), (kind, value)))

    def __call__(self, call: Call) -> int:
        if call.kind == "sync":
            return self._sync(call)
        with self._lock:
            code = call.go()
            if code == OK and call.path:
                self._note(call)
            return code

    def _note(self, call: Call) -> None:
        name = Path(call.path).name
        if call.kind == "open":
            self._find_new()
        elif call.kind == "delete":
            self._add(Operation("delete", self._files.pop(name, 0), name))
            if call.size:
                self._add(Operation("folder", covers=len(self.record.operations)))
        elif call.kind == "write":
            self._add(Operation("write", self._files[name], offset=call.offset, data=call.data))
        elif call.kind == "truncate":
            self._add(Operation("truncate", self._files[name], size=call.size))

    def _sync(self, call: Call) -> int:
        with self._lock:
            covers, file = len(self.record.operations), self._files.get(Path(call.path).name, 0)
        code = call.go()
        with self._lock:
            if code == OK and file:
                self._add(Operation("sync", file, covers=covers))
                if call.new_journal and file not in self._named:
                    self._named.add(file)
                    self._add(Operation("folder", covers=covers))
        return code

    def _add(self, operation: Operation) -> None:
        self.record.operations.append(operation)
        with suppress(OSError):
            self.record.indexes.append((len(self.record.operations), look(self._folder / INDEX)[0]))

    def _find_new(self) -> None:
        for path in self._folder.iterdir():
            if path.name not in self._files and not path.name.endswith("-shm"):
                self._made += 1
                self._files[path.name] = self._made
                self._add(Operation("create", self._made, path.name))

    def fsync(self, handle: Any) -> None:
        """Python's own sync."""
        number = handle if isinstance(handle, int) else handle.fileno()
        found = os.fstat(number)
        ours = self._folder.exists() and os.path.samestat(found, self._folder.stat())
        with self._lock:
            if ours:
                self._find_new()
            covers = len(self.record.operations)
        self._fsync(handle)
        if ours and stat.S_ISDIR(found.st_mode):
            with self._lock:
                self._add(Operation("folder", covers=covers))


@contextmanager
def recording(folder: Path) -> Iterator[Recorder]:
    """Note what happens to the files of a folder."""
    recorder = Recorder(folder)
    usual, os.fsync = os.fsync, recorder.fsync
    try:
        with disk(recorder):
            yield recorder
    finally:
        os.fsync = usual


def lived(url: str, seed: int, steps: int = 60) -> Record:
    """A run of mixed changes, with checkpoints on the way, an end, and a second beginning with three threads."""
    with recording(Path(url).parent) as recorder, checkpoints_after(20):
        for part in range(2):
            store = open_store(url)
            firsts = [100_000 * seed + 10_000 * part + 1000 * thread for thread in range(3 if part else 1)]
            lives = [Life(store, recorder.say, first) for first in firsts]
            counts = [steps // 2 // len(lives)] * len(lives)
            with ThreadPoolExecutor(3) as pool:
                list(pool.map(Life.wander, lives, counts, map(random.Random, firsts)))
            lives[0].round()
            store.close()
    return recorder.record


def crash(record: Record, moment: int, folder: Path, chance: random.Random) -> None:
    """Make the files as a power cut after `moment` operations may leave them."""
    folder.mkdir(parents=True, exist_ok=True)
    done = record.operations[:moment]
    for name, file in _names(done, chance).items():
        (folder / name).write_bytes(_content([(at, each) for at, each in enumerate(done) if each.file == file], chance))
    indexes = [head for at, head in record.indexes if at <= moment]
    if indexes and chance.random() < 0.8:
        (folder / INDEX).write_bytes(chance.choice(indexes[-chance.choice((1, 5, 1000)) :]))
        os.utime(folder / INDEX, (1, 1))  # before the machine started again


def _names(done: Sequence[Operation], chance: random.Random) -> dict[str, int]:
    """The files that have a name: each as it was when the folder was last synced, or at any moment since."""
    synced = max((each.covers for each in done if each.kind == "folder"), default=0)
    names: dict[str, list[int]] = {}
    for at, each in enumerate(done):
        if each.kind in ("create", "delete"):
            now = each.file if each.kind == "create" else 0
            names[each.name] = [now] if at < synced else [*names.get(each.name, [0]), now]
    drawn = {name: chance.choice(files) for name, files in names.items()}
    return {name: file for name, file in drawn.items() if file}


def _content(done: Sequence[tuple[int, Operation]], chance: random.Random) -> bytearray:
    synced = max((each.covers for _, each in done if each.kind == "sync"), default=0)
    content, longest = bytearray(), 0
    unit, fates = chance.choice((512, 4096)), chance.choice(FATES)
    for at, each in done:
        if each.kind == "truncate" and (at < synced or chance.random() < 0.5):
            del content[each.size :]
            _lengthen(content, each.size)
        elif each.kind == "write" and at < synced:
            _put(content, each.offset, each.data)
        elif each.kind == "write":
            longest = max(longest, each.offset + len(each.data))
            for offset, part in _parts(each, unit):
                _suffer(content, offset, part, chance.choices(range(4), fates)[0], chance)
    if chance.random() < 0.5:
        _lengthen(content, longest)
    return content


def _parts(write: Operation, unit: int) -> Iterator[tuple[int, bytes]]:
    """The write cut where sectors or pages begin."""
    begin, end = write.offset, write.offset + len(write.data)
    while begin < end:
        border = min(end, (begin // unit + 1) * unit)
        yield begin, write.data[begin - write.offset : border - write.offset]
        begin = border


def _suffer(content: bytearray, offset: int, part: bytes, fate: int, chance: random.Random) -> None:
    if fate == TORN:
        _put(content, offset, part[: chance.randrange(len(part))])
    elif fate != DROPPED:
        _put(content, offset, part if fate == KEPT else bytes(len(part)))


def _put(content: bytearray, offset: int, part: bytes) -> None:
    if part:
        _lengthen(content, offset)
        content[offset : offset + len(part)] = part


def _lengthen(content: bytearray, size: int) -> None:
    content.extend(bytes(max(0, size - len(content))))


def try_one(record: Record, folder: Path, seed: int) -> None:
    """One power cut at a moment drawn by `seed`: the store opens at once, and all that was acknowledged is there."""
    chance = random.Random(seed)
    moment = chance.randrange(len(record.operations) + 1)
    crash(record, moment, folder, chance)
    try:
        record.ledger(moment).assert_kept(str(folder / "tickets.db"), told_all=True)
    except BaseException as trouble:
        trouble.add_note(f"after operation {moment} of {len(record.operations)}, seed {seed}, files in {folder}")
        raise
