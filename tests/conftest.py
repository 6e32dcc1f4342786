"""A whole desk in a few lines: real store, real index, real application, and a clock that tests move."""

import faulthandler
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.serving import SECRET, built, limits, server, unlimited
from tests.waiting import PATIENCE
from ticket_api.app import create_app
from ticket_api.knowledge.articles import read_library
from ticket_api.knowledge.index import ArticleIndex, build_index
from ticket_api.owner import Owner
from ticket_api.settings import Settings, load_settings
from ticket_api.store import Store, open_store

__all__ = ["built", "limits", "server", "unlimited"]  # fixtures

# A shell that runs the tests in the background ignores Ctrl-C, and every program that they start would as well.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_unconfigure() -> None:
    """A thread that goes on after the last test, for which Python would wait for ever, says where it is and ends."""
    faulthandler.dump_traceback_later(PATIENCE, exit=True)


PASSWORD = "correct horse battery"
ORIGIN = "http://127.0.0.1:8000"


def article(title: str, body: str, *questions: str) -> bytes:
    """The text of an article's file."""
    asked = "".join(f"  - {question}\n" for question in questions)
    front = f"title: {title}\ndescription: {title}.\n" + (f"questions:\n{asked}" if asked else "")
    return f"---\n{front}---\n\n{body}\n".encode()


ARTICLES = {
    "refunds/get-a-refund.md": article(
        "Get your money back",
        "Ask under Settings, within 14 days of the charge.\n\n## How long it takes\n\nCards take 5 to 10 days.",
        "how do i get a refund",
        "I want my money back",
    ),
    "refunds/get-a-refund.zh.md": article(
        "申请退款",
        "扣款后 14 天内可以在设置里申请退款。\n\n## 多久到账\n\n银行卡需要 5 到 10 天。",
        "怎么退款",
        "我想把钱要回来",
    ),
    "billing/charged-twice.md": article(
        "You were charged twice",
        "One of the two charges is usually a reservation of your bank and disappears.",
        "charged twice",
        "why did you take the money two times",
    ),
    "billing/charged-twice.zh.md": article("被重复扣款了", "其中一笔通常是银行的预授权，会自动消失。", "扣了两次钱"),
    "account/forgotten-password.md": article(
        "Reset a forgotten password", "Open the sign-in page and choose the reset link.", "i forgot my password"
    ),
    "account/forgotten-password.zh.md": article("忘记密码怎么办", "打开登录页，点击重置链接。", "密码忘了"),
    "devices/sync.md": article("Devices don't show the same data", "Keep Larkbill open until the tick shows.", "sync"),
    "devices/sync.zh.md": article("设备之间数据不同步", "保持应用打开，直到出现对勾。", "同步不了"),
    "privacy/export.md": article("Export everything", "You get a ZIP file by a link.", "download my data"),
    "privacy/export.zh.md": article("导出全部数据", "你会收到一个压缩包的链接。", "下载数据"),
}


@dataclass
class Clock:
    """The time in a test; it stands still until it is moved."""

    now: datetime = field(default_factory=lambda: datetime(2026, 3, 2, 9, 0, tzinfo=UTC))

    def __call__(self) -> datetime:
        """The time now."""
        return self.now

    def move(self, **by: float) -> None:
        """Move on, by `minutes=11` and the like."""
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(tmp_path: Path, limits: bool) -> Settings:
    (tmp_path / "build" / "site").mkdir(parents=True)
    given = {"data": str(tmp_path / "data"), "build": str(tmp_path / "build"), "limits": limits}
    return load_settings(tmp_path / "helpleaf.toml", {}, given)


@pytest.fixture(scope="session")
def index() -> ArticleIndex:
    library = read_library(ARTICLES, ["en", "zh"])
    assert not [problem for problem in library.problems if problem.error]
    return build_index(library.articles, synonyms=library.synonyms)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(str(tmp_path / "data" / "tickets.db"))
    yield opened
    opened.close()


@pytest.fixture
def visitor(settings: Settings, store: Store, index: ArticleIndex, clock: Clock):
    """Make a client of the application; each has its own cookies. Errors inside show as answers, as in service."""
    app = create_app(settings, store, index, SECRET, clock)
    with TestClient(app, base_url=ORIGIN):
        yield lambda **headers: TestClient(
            app, base_url=ORIGIN, follow_redirects=False, raise_server_exceptions=False, headers=headers
        )


@pytest.fixture
def bob(visitor) -> TestClient:
    """The customer."""
    return visitor()


@pytest.fixture
def mallory(visitor) -> TestClient:
    """The stranger, on another site."""
    return visitor(origin="https://mallory.example")


@pytest.fixture
def alice(visitor, store: Store, clock: Clock) -> TestClient:
    """The owner, signed in."""
    client = visitor(origin=ORIGIN)
    code = Owner(store).new_setup_code()
    fields = {"code": code, "password": PASSWORD, "repeated": PASSWORD}
    assert client.post("/desk/setup", data=fields).status_code == 303
    return client
