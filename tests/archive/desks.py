"""A desk with some of everything in it: tickets of several people in several states, votes, a session, an owner."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from ticket_api.archive.backup import back_up
from ticket_api.archive.kinds import content_hash, hashes_of
from ticket_api.archive.manifest import Manifest
from ticket_api.archive.reading import Archive, inspect
from ticket_api.archive.restore import Restored, Target, restore
from ticket_api.keys import key_mark
from ticket_api.store import Store, open_store
from ticket_api.store.records import Feedback, Mail, OwnerAccount, Search, Session, draft_name
from ticket_api.tickets import ticket as tickets
from ticket_api.tickets.event import Act
from ticket_api.tickets.message import Message, Note, Rating
from ticket_api.tickets.ticket import Ticket

NOON = datetime(2026, 11, 21, 12, 0, 0, 1, UTC)
KEY = b"0123456789abcdef0123456789abcdef"
TEXTS = (
    "Charged twice. 重复扣款 😀",
    "lines\r\nof\rall\nkinds\u2028\u2029\x0b\x0c\x85",
    "\u202eright to left\u200b\u200d\ufeff zero width",
    '\t "quotes", commas; \\ and \x01 controls \x7f',
    "𠮷野家 e\u0301 é \U0010ffff",
    "=1+1",
    "＝SUM(A1)",
)
"""What must come out byte for byte as it went in."""
BOB = "bob@customer.example"
MALLORY = "mallory@elsewhere.example"


def question(number: int, email: str = BOB, **fields) -> Ticket:
    """A question of this number; the text is one of TEXTS with the number."""
    at = NOON + timedelta(seconds=number)
    values = {
        "uid": f"{number:032x}",
        "link": f"link-{number}",
        "requester": f"person-{email.partition('@')[0]}",
        "request": f"request-{number}",
        "subject": f"Subject {number}",
        "name": email.partition("@")[0].title(),
        "email": email,
        "messages": (Message("requester", f"{TEXTS[number % len(TEXTS)]} {number}", at),),
        "created_at": at,
        "changed_at": at,
    }
    return Ticket(**{**values, **fields})


def mail(number: int, **fields) -> Mail:
    """A mail of this number, with a reply to Bob's ticket of the same."""
    at = NOON + timedelta(seconds=number)
    values = {"uid": f"{number:032x}", "kind": "reply", "ticket": number, "to": BOB, "lang": "en", "text": TEXTS[0]}
    return Mail(**{**values, "created_at": at, "due_at": at, **fields})


def told(ticket: Ticket) -> Ticket:
    """What the owner and the requester may add to a ticket beside messages."""
    notes = tuple(Note(f"A note. {text}", NOON) for text in TEXTS[:2])
    return replace(ticket, tags=("=refund", "vip"), notes=notes, rating=Rating(2, NOON, "Too slow. 太慢"), priority=5)


def fill(store: Store, count: int = 14, first: int = 1) -> None:
    """Questions of Bob and Mallory: every third is answered, every fourth solved, every seventh erased."""
    for number in range(first, first + count):
        at = NOON + timedelta(seconds=number, minutes=1)
        made = store.add_ticket(question(number, MALLORY if number % 2 else BOB, status="open"))
        if number % 3 == 0:
            store.change_ticket(
                made.id, lambda one, at=at: tickets.reply(one, "See *Settings*.", at), Act("owner", "replied", at)
            )
        if number % 4 == 0:
            store.change_ticket(made.id, lambda one, at=at: tickets.close(one, at), Act("owner", "closed", at))
        if number % 7 == 0:
            store.erase_tickets([made.id], Act("owner", "erased", at))


class Desk:
    """A data folder with a filled store and a key."""

    def __init__(self, data: Path, key: bytes = KEY) -> None:
        self.data = data
        self.url = str(data / "tickets.db")
        self.store = open_store(self.url)
        (data / "secret.key").write_bytes(key)
        self.store.claim(key_mark(key))
        fill(self.store)
        for number in range(3):
            self.store.add_feedback(Feedback(article="a/b", lang="en", helpful=False, comment=TEXTS[number], at=NOON))
        for number, word in enumerate(TEXTS[:4]):
            self.store.add_search(Search(q=word, lang="en", results=number, day=NOON.date()), most=9)
        self.store.change_ticket(6, told, Act("owner", "tagged", NOON))
        for number in (2, 6):
            self.store.add_mail(mail(number))
        self.store.add_mail(mail(99, ticket=0, kind="links", to=MALLORY, state="failed", error="unknown"))
        for name in (draft_name(6), "preferences"):
            self.store.change_paper(name, lambda _, name=name: f"{TEXTS[1]} {name}")
        self.store.change_owner(lambda account: replace(account, password="$argon2$hash"))
        for name in ("b", "a"):
            self.store.put_session(Session(name * 64, "c" * 64, NOON, NOON))

    def back_up(self, folder: Path, **files: bytes) -> Path:
        """An archive of now."""
        folder.mkdir(parents=True, exist_ok=True)
        content = {"secret.key": KEY} | {name.replace("_", "."): text for name, text in files.items()}
        with self.store.snapshot() as snapshot:
            return back_up(snapshot, content, folder, NOON, key=key_mark(KEY))[0]


def content(store: Store) -> str:
    """The hash of all records; the chain of events is followed on the way."""
    store.verify()
    with store.snapshot() as snapshot:
        return content_hash(hashes_of(snapshot))


def checked(path: Path) -> Manifest:
    """The manifest of an archive that is whole."""
    with Archive(path) as archive:
        inspect(archive)
        return archive.manifest


def restored(path: Path, data: Path, *, url: str = "", lists: tuple[Path, ...] = (), secret: str = "") -> Restored:
    """Restore an archive into a data folder."""
    target = Target(data, url or str(data / "tickets.db"), secret, data.parent / "helpleaf.toml")
    with Archive(path) as archive:
        inspect(archive)
        return restore(archive, target, lists, NOON + timedelta(days=1))


def content_at(url: str) -> str:
    """The hash of all records of a store that is closed."""
    store = open_store(url)
    try:
        return content(store)
    finally:
        store.close()


def all_bytes(folder: Path) -> bytes:
    """Every byte of every file in a folder, with their names."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return b"\n".join(path.name.encode() + b"\n" + path.read_bytes() for path in files)


def account() -> OwnerAccount:
    """Somebody else's account."""
    return OwnerAccount(password="$argon2$other")
