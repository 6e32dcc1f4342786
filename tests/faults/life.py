"""Lives of a desk that end when they are told to.

`python -m tests.faults.life` is a nursery: it forks a process for each line on its input, quickly, because all is
imported already, and says how that life ended.
"""

import faulthandler
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from tests.faults.disk import CHANGING, Call, disk
from tests.faults.promise import MAILED, Line, decode, encode
from tests.faults.seeded import plant
from tests.store.asking import NOON, ROOT, mail, question
from tests.waiting import hurried
from ticket_api.errors import Conflict, NotFound
from ticket_api.store import Store, checkpoints, open_store
from ticket_api.store.records import Feedback, draft_name
from ticket_api.tickets.event import Act, What
from ticket_api.tickets.ticket import Ticket, close, reply, send, write

Say = Callable[[str, Any], None]

LIMIT = 120
"""Seconds after which a life that doesn't end says where it hangs, and has failed; it takes one or two."""

LATE = NOON + timedelta(days=99)

CHANGES: dict[What, tuple[str, Callable[[Ticket], Ticket]]] = {
    "sent": ("requester", lambda ticket: send(ticket, NOON)),
    "wrote": ("requester", lambda ticket: write(ticket, "还有一个问题 " * 50, NOON)),
    "replied": ("owner", lambda ticket: reply(ticket, "We refunded one. " * 20, NOON)),
    "closed": ("owner", lambda ticket: close(ticket, NOON)),
}


class Life:
    """What one desk goes through, on one thread. `say` hears what was acknowledged; numbers begin at `first`."""

    def __init__(self, store: Store, say: Say, first: int = 0) -> None:
        self.store = store
        self.say = say
        self.number = first
        self.ids: list[int] = []

    def ask(self) -> Ticket:
        self.number += 1
        asked = self.store.add_ticket(question(self.number, email=f"bob{self.number % 5}@customer.example"))
        self.ids.append(asked.id)
        self.say("ticket", asked)
        return asked

    def change(self, ticket_id: int, what: What) -> None:
        self.say("ticket", self._changed(ticket_id, what))

    def _changed(self, ticket_id: int, what: What) -> Ticket:
        who, change = CHANGES[what]
        return self.store.change_ticket(ticket_id, change, Act(who, what, NOON))

    def together(self) -> None:
        """Three asked, one changed and one refused, with one commit."""
        numbers = [self.number + more for more in (1, 2, 3)]
        self.number += 3
        jobs: list[Callable[[], object]] = [lambda n=n: self.store.add_ticket(question(n)) for n in numbers]
        if self.ids:
            jobs += [lambda: self._refuse(self.ids[0]), lambda: self._changed(self.ids[-1], "wrote")]
        for outcome in self.store.together(jobs):
            if isinstance(outcome, Ticket):
                self.say("ticket", outcome)
                self.ids += [outcome.id] if outcome.id not in self.ids else []
            elif not isinstance(outcome, Conflict):
                assert isinstance(outcome, Exception)
                raise outcome

    def _refuse(self, ticket_id: int) -> None:
        """Stores something and is refused after it."""
        self.store.change_ticket(ticket_id, lambda ticket: replace(ticket, name="Mallory"), Act("owner", "wrote", NOON))
        self.store.add_mail(mail(self.number, ticket=ticket_id, text="Refused"))
        raise Conflict("status_conflict", status="open")

    def answer(self, ticket_id: int) -> None:
        """A reply and the mail that brings it, in one transaction; its draft goes with that."""
        self.number += 1
        text, act = f"{MAILED}{self.number}", Act("owner", "replied", NOON)
        self.store.change_paper(draft_name(ticket_id), lambda _: "Draft " * 200)

        def job() -> Ticket:
            answered = self.store.change_ticket(ticket_id, lambda ticket: reply(ticket, text, NOON), act)
            self.store.add_mail(mail(self.number, ticket=ticket_id, text=text))
            self.store.change_paper(draft_name(ticket_id), lambda _: "")
            return answered

        (outcome,) = self.store.together([job])
        if not isinstance(outcome, Ticket):
            assert isinstance(outcome, Exception)
            raise outcome
        self.say("ticket", outcome)

    def post(self) -> None:
        """The mail that is due longest is sent."""
        for due in self.store.mails_due(LATE, limit=1):
            with suppress(NotFound):  # its ticket was erased meanwhile
                self.store.change_mail(due.id, lambda each: replace(each, state="sent"))

    def keep(self) -> None:
        """A paper whose number only grows."""
        self.number += 1
        number = self.number
        self.store.change_paper("number", lambda content: str(max(number, int(content or 0))))
        self.say("paper", number)

    def vote(self) -> None:
        self.number += 1
        self.store.add_feedback(Feedback(article="a/b", lang="en", helpful=True, comment="x" * 3000, at=NOON))

    def rename(self) -> None:
        self.number += 1
        number = self.number
        self.store.change_owner(lambda account: replace(account, password=str(max(number, int(account.password or 0)))))
        self.say("owner", self.number)

    def erase(self) -> None:
        chosen = [self.ids.pop()]
        self.say("erasing", chosen)
        assert self.store.erase_tickets(chosen, Act("owner", "erased", NOON)) == chosen
        self.say("erased", chosen)

    def round(self) -> None:
        """Everything once, in order."""
        for _ in range(2):
            ticket_id = self.ask().id
            for what in CHANGES:
                self.change(ticket_id, what)
        self.together()
        self.rename()
        self.vote()
        self.keep()
        for ticket_id in self.ids[-2:]:
            self.answer(ticket_id)
        self.post()
        self.answer(self.ask().id)
        self.erase()
        self.store.scrub()
        self.ask()

    def wander(self, steps: int, chance: random.Random) -> None:
        """Anything, so many times."""
        for _ in range(steps):
            self.step(chance)

    def step(self, chance: random.Random) -> None:
        """Anything."""
        drawn = chance.random()
        if drawn < 0.4 or len(self.ids) < 2:
            self.ask()
        elif drawn < 0.7:
            self.change(chance.choice(self.ids), chance.choice(list(CHANGES)))
        elif drawn < 0.8:
            self.answer(chance.choice(self.ids))
        elif drawn < 0.9:
            self.together()
        else:
            chance.choice([self.rename, self.vote, self.erase, self.keep, self.post])()


@contextmanager
def checkpoints_after(rows: int) -> Iterator[None]:
    """Move the log into the file more often than a desk does."""
    usual = checkpoints.ROWS, checkpoints.MOST_ROWS
    checkpoints.ROWS = checkpoints.MOST_ROWS = rows
    try:
        yield
    finally:
        checkpoints.ROWS, checkpoints.MOST_ROWS = usual


class KillAt:
    """Ends this process, as kill -9 does, before the `number`-th operation that changes something on the disk."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.count = 0
        self._lock = threading.Lock()
        self._fsync = os.fsync

    def seen(self) -> None:
        with self._lock:
            self.count += 1
            if self.count == self.number:
                os.kill(os.getpid(), signal.SIGKILL)
                time.sleep(60)  # the signal may reach another thread first

    def __call__(self, call: Call) -> int:
        if call.kind in CHANGING:
            self.seen()
        return call.go()

    def watch_python(self) -> None:
        """Count what Python itself does, too: folders made, files renamed and removed, syncs."""

        def audit(name: str, arguments: tuple[Any, ...]) -> None:
            if name in ("os.mkdir", "os.rename", "os.remove", "os.truncate"):
                self.seen()

        def fsync(handle: Any) -> None:
            self.seen()
            self._fsync(handle)

        sys.addaudithook(audit)
        os.fsync = fsync


def _live(url: str, said: str, kill_at: int, threads: int, seed: int) -> None:
    output = os.open(said, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def say(kind: str, value: Any) -> None:
        os.write(output, encode(kind, value))

    killer = KillAt(kill_at)
    killer.watch_python()
    with ExitStack() as stack:
        stack.enter_context(checkpoints_after(20))
        stack.enter_context(disk(killer))
        store = open_store(url)
        if threads:
            _wander(store, say, threads, seed)
        Life(store, say, 1000 * seed).round()
        store.close()
    say("operations", killer.count)


def _wander(store: Store, say: Say, threads: int, seed: int) -> None:
    """Live for as long as it lasts."""

    def wander(number: int) -> None:
        life, chance = Life(store, say, 10_000 * (seed * threads + number)), random.Random(seed * threads + number)
        try:
            while True:
                life.step(chance)
        except BaseException:
            traceback.print_exc()
            os._exit(1)

    workers = [threading.Thread(target=wander, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def _forked(job: dict[str, Any], seconds: float | None) -> int:
    child = os.fork()
    if not child:
        try:
            faulthandler.dump_traceback_later(LIMIT, exit=True)
            _live(**job)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main() -> None:
    plant()
    for line in sys.stdin:
        job = json.loads(line)
        print(_forked(job, job.pop("seconds")), flush=True)


class Nursery:
    """Lives, one after the other, each in a process of its own."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.faults.life"]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def live(
        self, url: str, *, kill_at: int = 0, seconds: float | None = None, threads: int = 0, seed: int = 1
    ) -> list[Line]:
        """Live at `url` until the operation `kill_at`, or for `seconds`; or, without either, one round to its end.

        Returns what was acknowledged, and ("operations", their number) when the life came to its own end.
        """
        said = Path(url).parents[1] / f"said.{seed}"
        job = {"url": url, "said": str(said), "kill_at": kill_at, "threads": threads, "seed": seed, "seconds": seconds}
        with hurried(self._process, "end a life", LIMIT + 30):  # a life that hangs says where before
            print(json.dumps(job), file=self._process.stdin, flush=True)
            ended = self._process.stdout.readline().strip()
        assert ended in ("0", str(-signal.SIGKILL)), f"the life ended with {ended or 'the nursery'}"
        lines = list(decode(said.read_bytes())) if said.exists() else []
        assert (ended == "0") == any(kind == "operations" for kind, _ in lines)
        return lines

    def close(self) -> None:
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(20)


if __name__ == "__main__":
    main()
