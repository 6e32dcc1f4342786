"""A disk that fails when told to: hooks under every file that SQLite opens in this process, no tool needed.

`disk(hook)` hands each operation to the hook, which may note it, fail it, slow it down, or end the process, and lets it
happen by `call.go()`. Errors are SQLite's own numbers (https://sqlite.org/rescode.html).
"""

import _sqlite3
import atexit
import ctypes
import errno
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import CFUNCTYPE, POINTER, c_int, c_int64, c_void_p
from dataclasses import dataclass, field
from typing import Any

OK, FULL, CANTOPEN = 0, 13, 14
IOERR_READ, IOERR_WRITE, IOERR_FSYNC, IOERR_TRUNCATE = 266, 778, 1034, 1546
CHANGING = ("write", "truncate", "sync", "delete")
NEW_JOURNAL = 0x00000800 | 0x00004000 | 0x00080000  # SQLITE_OPEN_MAIN_JOURNAL, SUPER_JOURNAL, WAL

_OURS = ["close", "read", "write", "truncate", "sync"]
_METHODS = [*_OURS, *(f"unused_{number}" for number in range(13))]

_OPEN = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, POINTER(c_int))
_DELETE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int)
_CLOSE = CFUNCTYPE(c_int, c_void_p)
_MOVE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_TRUNCATE = CFUNCTYPE(c_int, c_void_p, c_int64)
_SYNC = CFUNCTYPE(c_int, c_void_p, c_int)
_PWRITE = CFUNCTYPE(ctypes.c_ssize_t, c_int, c_void_p, ctypes.c_size_t, c_int64, use_errno=True)


class _Methods(ctypes.Structure):
    """struct sqlite3_io_methods."""

    _fields_ = [("version", c_int), *((name, c_void_p) for name in _METHODS)]


class _File(ctypes.Structure):
    """struct sqlite3_file."""

    _fields_ = [("methods", c_void_p)]


_SET_CALL = CFUNCTYPE(c_int, c_void_p, ctypes.c_char_p, c_void_p)
_GET_CALL = CFUNCTYPE(c_void_p, c_void_p, ctypes.c_char_p)


class _Vfs(ctypes.Structure):
    """struct sqlite3_vfs, version 3."""

    _fields_ = [
        ("version", c_int),
        ("file_size", c_int),
        ("longest_path", c_int),
        ("next", c_void_p),
        ("name", ctypes.c_char_p),
        ("data", c_void_p),
        ("open", c_void_p),
        ("delete", c_void_p),
        *((f"unused_{number}", c_void_p) for number in range(11)),
        ("set_system_call", c_void_p),
        ("get_system_call", c_void_p),
    ]


@dataclass
class Call:
    """One operation on a file, about to happen.

    `kind` is open, read, write, truncate, sync or delete. `offset` and `size` are in bytes; `size` of a truncate is the
    file's new size. `new_journal`: the file was made as a journal, so SQLite syncs its folder with its first sync.
    """

    kind: str
    path: str
    go: Callable[[], int]
    offset: int = 0
    size: int = 0
    new_journal: bool = False
    address: int | None = None

    @property
    def data(self) -> bytes:
        """What is to be written."""
        return ctypes.string_at(self.address or 0, self.size)


Hook = Callable[[Call], int]


@dataclass
class _Open:
    path: str
    original: int
    new_journal: bool


@dataclass
class _Installed:
    """What lies under SQLite while a `disk` lasts."""

    hook: Hook
    reads: bool
    files: dict[int, _Open] = field(default_factory=dict)
    tables: dict[int, _Methods] = field(default_factory=dict)


_kept: list[Any] = []  # SQLite may still be inside a callback when a test ends: none is ever freed
_lock = threading.Lock()


def _vfs() -> _Vfs:
    library = ctypes.CDLL(_sqlite3.__file__)
    try:
        find = library.sqlite3_vfs_find
    except AttributeError as error:
        raise RuntimeError("This Python holds SQLite inside itself: faults need a libsqlite3 of its own") from error
    find.restype, find.argtypes = POINTER(_Vfs), [ctypes.c_char_p]
    vfs: _Vfs = find(None).contents
    if vfs.version < 3 or vfs.name != b"unix":
        raise RuntimeError(f"Faults are known for SQLite's unix files, version 3, and not for {vfs.name!r}")
    return vfs


@contextmanager
def disk(hook: Hook, *, reads: bool = False) -> Iterator[None]:
    """Hand every operation on files opened from now on to `hook`; what it returns is the operation's outcome.

    A hook that raises gives an I/O error, and raises again at the end. `reads`: hand over reads too.
    """
    vfs = _vfs()
    troubles: list[BaseException] = []

    def guarded(call: Call) -> int:
        try:
            return hook(call)
        except BaseException as trouble:  # it would be lost in SQLite
            troubles.append(trouble)
            return IOERR_WRITE

    installed = _Installed(guarded, reads)
    open_, delete = vfs.open, vfs.delete
    callbacks = _opening(installed, _OPEN(open_)), _deleting(installed, _DELETE(delete))
    _kept.append((installed, callbacks))

    def restore() -> None:
        with _lock:
            vfs.open, vfs.delete = open_, delete
            for address, opened in installed.files.items():
                _File.from_address(address).methods = opened.original

    with _lock:
        vfs.open, vfs.delete = (ctypes.cast(callback, c_void_p).value for callback in callbacks)
    atexit.register(restore)  # SQLite may close files when Python's half gone
    try:
        yield
    finally:
        restore()
        atexit.unregister(restore)
    if troubles:
        raise troubles[0]


def _opening(installed: _Installed, original: Any) -> Any:
    def opening(vfs: int, name: int | None, file: int, flags: int, out: Any) -> int:
        path = os.fsdecode(ctypes.string_at(name)) if name else ""
        new = bool(flags & NEW_JOURNAL) and bool(path) and not os.path.exists(path)  # noqa: PTH110
        code = installed.hook(Call("open", path, lambda: original(vfs, name, file, flags, out)))
        methods = _File.from_address(file).methods
        if code == OK and methods:
            with _lock:
                installed.files[file] = _Open(path, methods, new)
                _File.from_address(file).methods = ctypes.addressof(_table(installed, methods))
        return int(code)

    return _OPEN(opening)


def _deleting(installed: _Installed, original: Any) -> Any:
    def deleting(vfs: int, name: int, sync_folder: int) -> int:
        path = os.fsdecode(ctypes.string_at(name))
        return installed.hook(Call("delete", path, lambda: original(vfs, name, sync_folder), size=sync_folder))

    return _DELETE(deleting)


def _table(installed: _Installed, address: int) -> _Methods:
    """A copy of SQLite's table of methods with ours in it; one for each kind of file."""
    if address not in installed.tables:
        original = _Methods.from_address(address)
        table = _Methods.from_buffer_copy(original)
        table.version = 2  # without the third: SQLite then maps no pages, and each read is seen
        for name, callback in _hooked(installed, original).items():
            _kept.append(callback)
            setattr(table, name, ctypes.cast(callback, c_void_p).value)
        installed.tables[address] = table
    return installed.tables[address]


def _hooked(installed: _Installed, original: _Methods) -> dict[str, Any]:
    close, read, write = _CLOSE(original.close), _MOVE(original.read), _MOVE(original.write)
    truncate, sync = _TRUNCATE(original.truncate), _SYNC(original.sync)

    def call(kind: str, file: int, go: Callable[[], int], **details: Any) -> int:
        opened = installed.files.get(file)
        if opened is None:
            return go()
        return installed.hook(Call(kind, opened.path, go, new_journal=opened.new_journal, **details))

    def closing(file: int) -> int:
        with _lock:
            installed.files.pop(file, None)
        return int(close(file))

    def reading(file: int, data: int, size: int, offset: int) -> int:
        return call("read", file, lambda: read(file, data, size, offset), offset=offset, size=size)

    def writing(file: int, data: int, size: int, offset: int) -> int:
        return call("write", file, lambda: write(file, data, size, offset), offset=offset, size=size, address=data)

    def truncating(file: int, size: int) -> int:
        return call("truncate", file, lambda: truncate(file, size), size=size)

    def syncing(file: int, flags: int) -> int:
        return call("sync", file, lambda: sync(file, flags))

    hooked = {"close": _CLOSE(closing), "write": _MOVE(writing)}
    hooked |= {"truncate": _TRUNCATE(truncating), "sync": _SYNC(syncing)}
    return hooked | ({"read": _MOVE(reading)} if installed.reads else {})


@contextmanager
def short_writes(every: int = 2) -> Iterator[None]:
    """The system writes half of what it is given, or is interrupted (EINTR), in turn, at each `every`-th write."""
    vfs = _vfs()
    get, put = _GET_CALL(vfs.get_system_call), _SET_CALL(vfs.set_system_call)
    address = ctypes.addressof(vfs)
    original = _PWRITE(get(address, b"pwrite64"))
    count = 0

    def pwrite(handle: int, data: int, size: int, offset: int) -> int:
        nonlocal count
        count += 1
        if count % every == 0 and count % (2 * every) == 0:
            ctypes.set_errno(errno.EINTR)
            return -1
        return int(original(handle, data, max(1, size // 2) if count % every == 0 else size, offset))

    callback = _PWRITE(pwrite)
    _kept.append(callback)
    put(address, b"pwrite64", ctypes.cast(callback, c_void_p))
    try:
        yield
    finally:
        put(address, b"pwrite64", None)
    assert count, "nothing was written"


class FailAt:
    """A hook that counts operations that change something, and fails the `number`-th and, if so told, all after it.

    `only`: the kinds that count. `codes` says which error each kind gives.
    """

    codes = {
        "write": IOERR_WRITE,
        "truncate": IOERR_TRUNCATE,
        "sync": IOERR_FSYNC,
        "delete": IOERR_WRITE,
        "open": CANTOPEN,
        "read": IOERR_READ,
    }

    def __init__(self, number: int, *, only: tuple[str, ...] = CHANGING, lasting: bool = False, code: int = 0) -> None:
        self.number = number
        self.count = 0
        self.failed = 0
        self.only = only
        self.lasting = lasting
        self.code = code

    def __call__(self, call: Call) -> int:
        if call.kind not in self.only:
            return call.go()
        self.count += 1
        if self.number and (self.count == self.number or (self.lasting and self.count > self.number)):
            self.failed += 1
            return self.code or self.codes[call.kind]
        return call.go()

    def mend(self) -> None:
        """No more faults."""
        self.number = 0

    def fail_from_now(self) -> None:
        """The next operation fails."""
        self.number = self.count + 1
