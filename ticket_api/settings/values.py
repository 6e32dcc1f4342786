"""The settings in force."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings in force: those of TABLE, and beside them the tables of the file that other rooms read (`section`).

    `file` is where these stand; `signing` are the keys that messages to and from other programs are signed with, by
    what they are for, such as "hook:shop".
    """

    company: str
    mail: str
    acknowledge: bool
    smtp_host: str
    smtp_port: int
    smtp_security: Literal["starttls", "tls", "none"]
    smtp_user: str
    smtp_password: str
    smtp_from: str
    languages: tuple[str, ...]
    offer_minutes: int
    timezone: str
    message_limit: int
    base_url: str
    hosts: tuple[str, ...]
    desk_host: str
    api: str
    origins: tuple[str, ...]
    searches: bool
    host: str
    port: int
    data: Path
    store: str
    articles: Path
    learn: bool
    attachments: bool
    confidence: str
    personal: int
    build: Path
    watch: bool
    retention_days: int
    trusted_proxies: tuple[str, ...]
    limits: bool
    secret: str
    file: str = "helpleaf.toml"
    sections: Mapping[str, object] = field(default_factory=dict)
    signing: Mapping[str, str] = field(default_factory=dict)

    @property
    def least(self) -> float | None:
        """The least score that is offered, if `confidence` sets it."""
        return float(self.confidence) if self.confidence else None

    @property
    def index_path(self) -> Path:
        """The article index, one JSON file."""
        return self.build / "index" / "articles.json"

    @property
    def store_url(self) -> str:
        """Where the tickets are: the setting `store`, or tickets.db in the data folder."""
        return self.store or str(self.data / "tickets.db")

    @property
    def queue_path(self) -> Path:
        """The queue as it is looked at: made of the tickets, and made anew when it is missing."""
        return self.data / "queue.db"

    @property
    def files(self) -> Path:
        """The folder of attachments."""
        return self.data / "files"

    @property
    def site_path(self) -> Path:
        """The folder of the built help site."""
        return self.build / "site"

    @property
    def mail_path(self) -> Path:
        """The folder of mails while there is no mail server."""
        return self.data / "mail"

    @property
    def desk_url(self) -> str:
        """Where the owner finds the desk."""
        parts = urlsplit(self.served_url)
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{self.desk_host}{port}/desk" if self.desk_host else f"{self.served_url}/desk"

    @property
    def at_home(self) -> bool:
        """Whether the site is served to this machine alone: to the owner who writes."""
        return urlsplit(self.served_url).hostname in ("localhost", "127.0.0.1", "::1")

    @property
    def served_url(self) -> str:
        """Where links in answers point: `base_url`, or the address that is served, without a slash at the end."""
        host = "127.0.0.1" if self.host in ("", "0.0.0.0", "::") else self.host  # noqa: S104
        host = f"[{host}]" if ":" in host else host
        return (self.base_url or f"http://{host}:{self.port}").rstrip("/")
