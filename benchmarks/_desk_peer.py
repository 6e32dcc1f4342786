"""django-helpdesk, from PyPI, over SQLite: `python -m benchmarks._desk_peer COUNT NOW` makes its database in the folder
that DESK_FOLDER names and prints the session of its owner; gunicorn serves `application` of this module."""

import os
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import include, path

from benchmarks._desk_tickets import tickets
from benchmarks._store_data import batches
from ticket_api.tickets.ticket import Ticket

FOLDER = Path(os.environ.get("DESK_FOLDER", "."))
STEP = 2_000
OPEN, RESOLVED, CLOSED, DUPLICATE = 1, 3, 4, 5
STATUSES = {"solved": RESOLVED, "deflected": CLOSED, "quarantined": DUPLICATE}
"""What our statuses are called there; all others are open."""

if not settings.configured:
    settings.configure(
        ALLOWED_HOSTS=["127.0.0.1"],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": FOLDER / "helpdesk.db",
                "CONN_MAX_AGE": None,
                "OPTIONS": {"init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL"},
            }
        },
        HELPDESK_TEAMS_MODE_ENABLED=False,
        INSTALLED_APPS=[
            *(f"django.contrib.{name}" for name in ("auth", "contenttypes", "sessions", "messages", "sites")),
            *(f"django.contrib.{name}" for name in ("humanize", "staticfiles", "admin")),
            "rest_framework",
            "helpdesk",
        ],
        LOGIN_URL="helpdesk:login",
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        ROOT_URLCONF=__name__,
        SECRET_KEY="of a desk that lives as long as the benchmark",
        SITE_ID=1,
        STATIC_URL="/static/",
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
        USE_TZ=True,
    )
    django.setup()

urlpatterns = [path("", include("helpdesk.urls", namespace="helpdesk"))]
application = get_wsgi_application()


def main(count: int, now: datetime) -> None:
    """Make the database, with so many tickets that came until `now`, and print the owner's session."""
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from helpdesk.models import Queue

    call_command("migrate", verbosity=0)
    owner = User.objects.create_superuser("owner", "owner@example.org", None)
    queue = Queue.objects.create(title="Support", slug="support", allow_public_submission=True)
    for batch in batches(tickets(count, now), STEP):
        _put_in(batch, queue, owner)
    print(_session(owner))


def _put_in(batch: list[Ticket], queue: Any, owner: Any) -> None:
    from django.db.transaction import atomic
    from helpdesk.models import FollowUp
    from helpdesk.models import Ticket as Theirs

    with atomic():
        Theirs.objects.bulk_create(_theirs(Theirs, ticket, queue) for ticket in batch)
        FollowUp.objects.bulk_create(each for ticket in batch for each in _follow_ups(FollowUp, ticket, owner))


def _theirs(kind: Any, ticket: Ticket, queue: Any) -> Any:
    for name in ("created", "modified"):  # else they become the time of loading
        kind._meta.get_field(name).auto_now = kind._meta.get_field(name).auto_now_add = False
    return kind(
        id=ticket.id,
        title=ticket.subject or ticket.question[:100],
        queue=queue,
        created=ticket.created_at,
        modified=ticket.changed_at,
        submitter_email=ticket.email,
        status=STATUSES.get(ticket.status, OPEN),
        on_hold=ticket.status == "waiting" or bool(ticket.snoozed_until),
        description=ticket.question,
        priority=6 - (ticket.priority or 3),  # 1 is the highest there
    )


def _follow_ups(kind: Any, ticket: Ticket, owner: Any) -> Iterator[Any]:
    """All messages: the first stands there as well, as it does for a ticket from its own form."""
    for place, message in enumerate(ticket.messages):
        yield kind(
            ticket_id=ticket.id,
            date=message.at,
            title="Comment" if place else "Ticket Opened Via Web",
            comment=message.text,
            public=True,
            user=owner if message.author == "owner" else None,
        )


def _session(owner: Any) -> str:
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(owner.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = owner.get_session_auth_hash()
    session.save()
    return str(session.session_key)


if __name__ == "__main__":
    main(int(sys.argv[1]), datetime.fromisoformat(sys.argv[2]))
