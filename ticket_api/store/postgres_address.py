"""Where a PostgreSQL database is, and a sentence for the owner when it can't be opened; neither shows a password."""

import os
from dataclasses import dataclass
from typing import Self

import psycopg
from psycopg.conninfo import conninfo_to_dict

from ticket_api.errors import Stop

FORM = "postgresql://user@host/database"
SECRETS = ("password", "sslpassword", "oauth_client_secret")
REASONS = (
    ("password authentication failed", "Set the right password in PGPASSWORD, in ~/.pgpass or in HELPLEAF_STORE_FILE."),
    ("no password supplied", "Set the password in PGPASSWORD, in ~/.pgpass or in HELPLEAF_STORE_FILE."),
    ("pg_hba.conf", "Let that user in there, in its pg_hba.conf."),
    ("too many", "Raise max_connections there, or start fewer servers."),
    ("starting up", "Wait until it has started."),
    ("role", "Make that user there, or name another in HELPLEAF_STORE."),
    ("permission denied", "Make that user the owner of the database, with ALTER DATABASE ... OWNER TO."),
    ("read-only transaction", "See that it may be written there, or name another in HELPLEAF_STORE."),
    ("does not exist", "Make that database there, or name another in HELPLEAF_STORE."),
    ("translate host name", "Correct the host in HELPLEAF_STORE."),
    ("resolve host", "Correct the host in HELPLEAF_STORE."),
)
"""Parts of the reasons that PostgreSQL and its library give, and what to do about each."""


@dataclass(frozen=True, slots=True)
class Address:
    """A URL that was understood. `host` is what may be shown of it."""

    url: str
    host: str
    database: str
    user: str

    @classmethod
    def read(cls, url: str) -> Self:
        """Understand a URL; what it leaves out comes from libpq's variables. Raises Stop without repeating it."""
        try:
            parts = {name: str(value) for name, value in conninfo_to_dict(url).items()}
        except (psycopg.ProgrammingError, UnicodeError) as error:
            raise _misspelt() from (None if isinstance(error, psycopg.Error) else error)
        host = parts.get("host") or parts.get("hostaddr") or os.environ.get("PGHOST") or "this machine"
        user = parts.get("user") or os.environ.get("PGUSER") or "this machine's user"
        database = parts.get("dbname") or os.environ.get("PGDATABASE") or user
        ports = parts.get("port", "").replace(",", "")
        # An unescaped / or @ in a password puts a part of it elsewhere, from where messages would repeat it.
        if "@" in host + database + user or "/" in database or (ports and not ports.isdecimal()):
            raise _misspelt()
        return cls(url, host, database, user)

    def refusal(self, error: psycopg.Error) -> Stop:
        """One sentence about an error at the opening, and one that says what to do next."""
        reason = self.reason(error)
        advice = next((advice for part, advice in REASONS if part in reason), "See that it runs and can be reached.")
        return Stop(f"The tickets' database {self} can't be opened: {reason}. {advice}")

    def reason(self, error: psycopg.Error) -> str:
        """The line of the error that PostgreSQL or its library ends with, and no password in it."""
        text = error.diag.message_primary or str(error)
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        reason = next((line for line in lines if "FATAL" in line), lines[-1] if lines else type(error).__name__)
        for name, value in conninfo_to_dict(self.url).items():
            if name in SECRETS and value:
                reason = reason.replace(str(value), "…")
        return reason.rpartition("FATAL:")[2].strip().rstrip(".?")

    def __str__(self) -> str:
        return f"{self.database} at {self.host}"


def _misspelt() -> Stop:
    return Stop(
        f"HELPLEAF_STORE can't be understood: write it as {FORM}."
        " In a password, write % as %25, @ as %40, : as %3A, / as %2F and ? as %3F."
    )
