"""What a built site tells the host that serves it: the file `_headers`, with the policy that its pages need."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from ticket_api import headers
from ticket_api.headers import Rule
from ticket_api.settings import Settings
from ticket_api.site.policy import Found, Inline, Kind, Trouble, policy

LONGEST = 2000
"""Characters of a line that Cloudflare Pages takes."""
GOOD_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
HASHED = re.compile(r"\.[0-9a-f]{8}\.min\.(?:js|css)$")
"""How Material's files are named that change their name with their content."""

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
OVER_HTTPS = {"Strict-Transport-Security": "max-age=31536000"}

LOOKED_AT: dict[bytes, Found] = {}
"""What pages hold, by their hashes: a process that builds again looks only at what changed."""

ADVICE = {
    "form": "has a form that sends what is typed to {name}. The site's policy blocks it, so that nobody else gets it;"
    " link to a page of theirs instead.",
    "handler": "has code in the attribute {name}. The site's policy blocks it; move it into a file of your own and name"
    " that under extra_javascript in mkdocs.yml.",
    "link": "has a link that runs code, {name}. The site's policy blocks it; link to a page instead.",
    "outside": "fetches something from {name}. The site's policy blocks it, so that nobody else learns who reads your"
    " pages; put a copy beside your articles.",
    "tag": "has the tag <{name}>, which the site's policy blocks; link to what it shows instead.",
}
FONTS = re.compile(r"fonts\.(?:googleapis|gstatic)\.com")
FONTS_ADVICE = " Material's fonts stay away with `font: false` under `theme` in mkdocs.yml."


def write_headers(site: Path, settings: Settings, owners: Path) -> tuple[str, ...]:
    """Write the file for a built site, the owner's own one behind ours; the warnings about its pages, a line each."""
    inline = Inline()
    for path in sorted(site.rglob("*.html")):
        inline.add(path.relative_to(site).as_posix(), _look(path.read_bytes(), inline))
    text = policy(inline.found, settings.api)
    own = owners / headers.NAME
    more = f"\n{own.read_text(encoding='utf-8')}" if own.is_file() else ""
    rules = headers.write(rules_for(text, settings, site))
    (site / headers.NAME).write_text(rules + more, encoding="utf-8")
    too_long = f"The site's policy has {len(text):,} characters, and some hosts take no more than {LONGEST:,}: "
    ours = Trouble("form", urlsplit(settings.api).netloc)
    warnings = [told(trouble, pages) for trouble, pages in inline.troubles.items() if trouble != ours]
    if len(text) > LONGEST:
        warnings.append(f"{too_long}move styles and scripts from your pages into files.")
    return tuple(warnings)


def _look(page: bytes, inline: Inline) -> Found:
    digest = hashlib.sha256(page).digest()
    if digest not in LOOKED_AT:
        LOOKED_AT[digest] = inline.look(page.decode(errors="replace"))
    return LOOKED_AT[digest]


def rules_for(policy_text: str, settings: Settings, site: Path) -> Iterator[Rule]:
    """The headers of every page, and those of the files that a browser may keep."""
    over_https = OVER_HTTPS if settings.base_url.startswith("https:") else {}
    yield Rule("/*", {headers.POLICY: policy_text, **ALWAYS, **over_https})
    for path in sorted((site / "assets").rglob("*")):
        if HASHED.search(path.name) and path.is_file():
            yield Rule(f"/{path.relative_to(site).as_posix()}", GOOD_FOR_EVER)


def told(trouble: Trouble, pages: list[str]) -> str:
    """What is wrong on which pages, and what to do."""
    more = f" and {len(pages) - 1:,} more" if len(pages) > 1 else ""
    return f"{pages[0]}{more}: {told_of(*trouble)}"


def told_of(kind: Kind, name: str) -> str:
    """What a page does that the policy blocks, and what to do instead."""
    return ADVICE[kind].format(name=name) + (FONTS_ADVICE if FONTS.search(name) else "")
