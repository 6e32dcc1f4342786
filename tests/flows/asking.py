"""Shorthand for what many flows begin with."""

from typing import Any

from starlette.testclient import TestClient

REFUND = "How do I get a refund? I want my money back"
UNKNOWN = "Zebra xylophone quartz?"


def ask(client: TestClient, message: str = REFUND, **more: str) -> dict[str, Any]:
    """Ask by the API and return the answer."""
    answer = client.post("/api/tickets", json={"message": message, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


def path_of(ticket: dict[str, Any]) -> str:
    """The path of a ticket's page, from its link."""
    return "/t/" + token_of(ticket)


def token_of(ticket: dict[str, Any]) -> str:
    """The token in a ticket's link."""
    return ticket["link"].rsplit("/", 1)[1]


def api_of(ticket: dict[str, Any], action: str) -> str:
    """The path of what a ticket's link may do."""
    return f"/api/tickets/{token_of(ticket)}/{action}"
