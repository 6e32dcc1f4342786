"""Where a PostgreSQL database is, and a sentence for the owner when it can't be opened; neither shows a password."""

import os
import re
from dataclasses import dataclass
from typing import Self

import psycopg
from psycopg.conninfo import conninfo_to_dict

from ticket_api.errors import Stop

FORM = "postgresql://user@host/database"
SECRETS = ("password", "sslpassword", "oauth_client_secret")
PORT = "5432"
REASONS = (
    (
        "password authentication failed",
        "the user {user} or its password is wrong",
        "Set the right password in PGPASSWORD, in ~/.pgpass or in HELPLEAF_STORE_FILE.",
    ),
    (
        "no password supplied",
        "the user {user} needs a password",
        "Set it in PGPASSWORD, in ~/.pgpass or in HELPLEAF_STORE_FILE.",
    ),
    (
        "pg_hba.conf",
        "it doesn't let the user {user} in from this machine",
        "Let that user in there, in its pg_hba.conf; if it wants TLS, add ?sslmode=require in HELPLEAF_STORE.",
    ),
    (
        "does not support SSL",
        "it speaks no TLS",
        "Switch TLS on there, or take sslmode out of HELPLEAF_STORE where nobody else can listen.",
    ),
    (
        "root certificate|server certificate|certificate verify",
        "its certificate can't be verified",
        "Name the right host, and the file of its root certificate with sslrootcert, in HELPLEAF_STORE.",
    ),
    ("too many", "it has too many connections already", "Raise max_connections there, or start fewer servers."),
    ("database system is", "it is just starting or stopping", "Wait until it runs, then start again."),
    ("not permitted to log in", "the user {user} may not sign in there", "Allow it there, with ALTER ROLE ... LOGIN."),
    ('role "', "there is no user {user}", "Make that user there, or name another in HELPLEAF_STORE."),
    (
        "permission denied",
        "the user {user} may not make tables in it",
        "Make that user the owner of the database, with ALTER DATABASE ... OWNER TO.",
    ),
    (
        "read-only transaction",
        "it can only be read",
        "See that it may be written there, or name another in HELPLEAF_STORE.",
    ),
    (
        'database ".*" does not exist',
        "there is no database {database}",
        "Make that database there, or name another in HELPLEAF_STORE.",
    ),
    ("translate host name|resolve host", "no machine has that name", "Correct the host in HELPLEAF_STORE."),
    (
        "Is the server running",
        "no PostgreSQL listens there",
        "Start it, or correct the host and the port in HELPLEAF_STORE.",
    ),
    (
        "SSL negotiation",
        "what listens there isn't PostgreSQL",
        "Correct the host and the port in HELPLEAF_STORE.",
    ),
    ("timeout expired", "nothing answers there", "See that it runs, and that no firewall is in between."),
)
"""Patterns of what PostgreSQL and its library say, what that means, and what to do about it."""


@dataclass(frozen=True, slots=True)
class Address:
    """A URL that was understood. `host`, with its port, is what may be shown of it."""

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
        return cls(url, _with_port(host, parts.get("port") or os.environ.get("PGPORT") or PORT), database, user)

    def refusal(self, error: psycopg.Error) -> Stop:
        """One sentence about an error at the opening, and one that says what to do next."""
        text = error.diag.message_primary or str(error)
        known = ((what, advice) for pattern, what, advice in REASONS if re.search(pattern, text))
        what, advice = next(known, (self.reason(error), "See that it runs and can be reached."))
        told = what.format(user=self.user, database=self.database)
        return Stop(f"The tickets' database {self} can't be opened: {told}. {advice}")

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


def _with_port(host: str, port: str) -> str:
    """A host's name with its port; a socket's folder, or one of several hosts, has none that would help."""
    if host.startswith("/") or " " in host or "," in host:
        return host
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _misspelt() -> Stop:
    return Stop(
        f"HELPLEAF_STORE can't be understood: write it as {FORM}."
        " In a password, write % as %25, @ as %40, : as %3A, / as %2F and ? as %3F."
    )
