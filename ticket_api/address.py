"""Addresses of sites: what an owner may write, and how browsers write the same."""

import re
from urllib.parse import urlsplit

PORTS = {"http": 80, "https": 443}


def origin(address: str) -> str:
    """The address of a whole site as a browser's origin, such as `https://www.example.org`.

    In small letters, without a slash at the end and the usual port, other letters as xn--. Raises ValueError for what
    no browser could have as one: so it may stand in a policy and in a header.
    """
    parts = urlsplit(address)
    name, port = parts.hostname or "", parts.port
    host = f"[{name}]" if ":" in name else name.encode("idna").decode()
    own = "" if port in (None, PORTS.get(parts.scheme)) else f":{port}"
    whole = f"{parts.scheme}://{host}{own}"
    if parts.path.strip("/") or not re.fullmatch(r"https?://([a-z0-9_.-]+|\[[0-9a-f:.]+\])(:\d+)?", whole):
        raise ValueError(address)
    if re.search(r"[\s?#@]", address):
        raise ValueError(address)
    return whole
