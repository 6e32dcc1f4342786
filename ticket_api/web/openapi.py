"""openapi.json, made from the endpoints and the very types that check the input."""

from collections.abc import Iterable
from types import NoneType
from typing import Any, Protocol

import msgspec

from ticket_api import __version__
from ticket_api.web.types import KEY, ErrorReply, Health, Nothing

ALWAYS = {
    400: "The request can't be read.",
    422: "A field can't be accepted.",
}
MEANINGS = {
    404: "There is no such link or article.",
    409: "The ticket's state doesn't allow it.",
    413: "The body is too large.",
    415: "The body isn't JSON.",
    429: "Too many from one network, or from all; Retry-After says how many seconds to wait.",
    503: "Tickets can't be stored at the moment.",
    507: "There is no room left.",
}
WITH_BODY = (413, 415)


class Described(Protocol):
    """What this module needs to know of an endpoint."""

    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def takes(self) -> type: ...
    @property
    def gives(self) -> type: ...
    @property
    def summary(self) -> str: ...
    @property
    def status(self) -> int: ...
    @property
    def refuses(self) -> tuple[int, ...]: ...
    @property
    def plain(self) -> bool: ...


def describe(endpoints: Iterable[Described]) -> dict[str, Any]:
    """The OpenAPI 3.1 description, as a JSON-ready dictionary."""
    listed = list(endpoints)
    kinds = {ErrorReply, *(each.takes for each in listed), *(each.gives for each in listed)} - {NoneType}
    ordered = sorted(kinds, key=lambda kind: kind.__name__)
    _, components = msgspec.json.schema_components(ordered, ref_template="#/components/schemas/{name}")
    paths: dict[str, dict[str, Any]] = {}
    for each in listed:
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each, components)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Helpleaf", "version": __version__, "summary": "Questions, articles that answer, tickets."},
        "paths": paths,
        "components": {"schemas": components},
    }


def _operation(endpoint: Described, components: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": endpoint.path.removeprefix("/api/").replace("/{token}", "").replace("/", "_"),
        "summary": endpoint.summary,
        "parameters": _parameters(endpoint, components),
        "responses": _responses(endpoint),
    }
    if endpoint.method == "POST":
        required = endpoint.takes is not Nothing
        content = _content(endpoint.takes)
        plain = {"text/plain": content["application/json"]} if endpoint.plain else {}
        operation["requestBody"] = {"required": required, "content": content | plain}
    return operation


def _parameters(endpoint: Described, components: dict[str, Any]) -> list[dict[str, Any]]:
    parameters = []
    if "{token}" in endpoint.path:
        token = {"type": "string", "minLength": 1, "description": "The last part of the ticket's link."}
        parameters.append({"name": "token", "in": "path", "required": True, "schema": token})
    if endpoint.method == "GET":
        fields = components[endpoint.takes.__name__]
        for name, schema in fields["properties"].items():
            needed = name in fields.get("required", ())
            parameters.append({"name": name, "in": "query", "required": needed, "schema": schema})
    if endpoint.path == "/api/tickets":
        key = {"type": "string", "pattern": f"^{KEY}$"}
        about = "The same key with the same question again gives the same ticket."
        parameters.append({"name": "Idempotency-Key", "in": "header", "schema": key, "description": about})
    return parameters


def _responses(endpoint: Described) -> dict[str, Any]:
    given = {} if endpoint.gives is NoneType else {"content": _content(endpoint.gives)}
    responses: dict[str, Any] = {str(endpoint.status): {"description": endpoint.summary} | given}
    refusals = [*ALWAYS, *endpoint.refuses, *(WITH_BODY if endpoint.method == "POST" else ())]
    for status in sorted(refusals):
        kind = Health if endpoint.gives is Health and status == 503 else ErrorReply
        meaning = ALWAYS.get(status) or MEANINGS[status]
        responses[str(status)] = {"description": meaning, "content": _content(kind)}
    return responses


def _content(kind: type) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{kind.__name__}"}}}
