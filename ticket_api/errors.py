"""The only exceptions that Helpleaf raises. `web/replies.py` and `cli.py` make replies and exit codes of them."""

import copy


class HelpleafError(Exception):
    """Something a person can be told about.

    `code` names a sentence in `words/` (section `errors`), `values` fill its placeholders, `field` is the input field
    that is to blame, or None.
    """

    def __init__(self, code: str, *, field: str | None = None, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.values = values


class Unreadable(HelpleafError):
    """The request can't be read at all: bad JSON, bad UTF-8, an unknown host."""


class Invalid(HelpleafError):
    """The request was read, and a field in it can't be accepted."""


class NotFound(HelpleafError):
    """No such page, ticket or article, or not for this visitor: the two look alike."""


class WrongMethod(HelpleafError):
    """The address exists and doesn't take this method."""


class TooLarge(HelpleafError):
    """The body is larger than the server reads."""


class WrongType(HelpleafError):
    """The body's content type isn't one that this address reads."""


class Refused(HelpleafError):
    """The request comes from somewhere that may not make it (another origin, no session)."""


class TooMany(HelpleafError):
    """Too many tries; `seconds` in `values` says how long to wait."""


class Conflict(HelpleafError):
    """The ticket isn't in a state that allows this."""


class StoreUnavailable(HelpleafError):
    """Tickets can't be read or written at the moment."""


class StoreFull(StoreUnavailable):
    """There is no room left where the tickets are kept."""


class Broken(StoreUnavailable):
    """What is stored isn't what was written: `code` is damaged or broken_chain, `values` say what, `told` in words."""

    @property
    def told(self) -> str:
        """What was found, in English for the owner."""
        if self.code == "broken_chain":
            return f"event {self.values['seq']} is missing or was changed"
        record = f"record {self.values.get('id')} of {self.values.get('table')} isn't what was written"
        return str(self.values.get("detail", record)).strip().rpartition("\n")[2]  # SQLite's first line says little


class Stop(HelpleafError):
    """A command can't go on. The message is a whole English sentence for the owner at the terminal."""

    def __init__(self, message: str) -> None:
        super().__init__("stop")
        self.message = message

    def __str__(self) -> str:
        return self.message


def own(error: BaseException) -> BaseException:
    """An error that several callers get, for each its own: a traceback grows where it is raised."""
    if not isinstance(error, StoreUnavailable):
        return error
    copied = copy.copy(error)
    copied.__traceback__ = None
    copied.__cause__ = error.__cause__ or error
    return copied
