"""openapi.json describes what is there."""

from ticket_api.web.api import ENDPOINTS


def test_it_describes_every_endpoint(bob):
    described = bob.get("/api/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    listed = {(method.upper(), path) for path, methods in described["paths"].items() for method in methods}
    assert listed == {(each.method, each.path) for each in ENDPOINTS}


def test_its_references_lead_somewhere(bob):
    described = bob.get("/api/openapi.json").json()

    def references(node):
        if isinstance(node, dict):
            yield from ([node["$ref"]] if "$ref" in node else [])
            for value in node.values():
                yield from references(value)
        elif isinstance(node, list):
            for value in node:
                yield from references(value)

    schemas = described["components"]["schemas"]
    found = set(references(described))
    assert found
    assert all(reference.removeprefix("#/components/schemas/") in schemas for reference in found)


def test_unknown_fields_are_refused_in_its_words_too(bob):
    schemas = bob.get("/api/openapi.json").json()["components"]["schemas"]
    assert schemas["NewTicket"]["additionalProperties"] is False
    assert schemas["NewTicket"]["required"] == ["message"]
