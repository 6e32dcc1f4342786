"""The policy of a site: exactly what its pages need."""

import base64
import hashlib
import re
from pathlib import Path

import pytest

from tests.site.built import CONFIG, ROOT, settings_for, write
from ticket_api import headers
from ticket_api.settings import load_settings
from ticket_api.site.build import build_site
from ticket_api.site.hosting import LONGEST, OVER_HTTPS, rules_for
from ticket_api.site.policy import NOTHING, Found, Inline, Trouble, hash_of, not_allowed, policy
from ticket_api.web.guards import PRIVATE

STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "media-src 'self'; connect-src 'self'; form-action 'self'; worker-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)


def directives(text: str) -> dict[str, str]:
    return dict(part.strip().split(" ", 1) for part in text.split(";"))


def look(html: str) -> Found:
    return Inline().look(html)


def sha(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


class TestPolicy:
    def test_without_anything_inline_it_names_the_site_alone(self):
        assert policy(NOTHING) == STRICT

    def test_the_server_elsewhere_may_be_asked_and_sent_to(self):
        told = directives(policy(NOTHING, "https://api.example.org/"))
        assert told["connect-src"] == told["form-action"] == "'self' https://api.example.org"
        assert told["script-src"] == "'self'"

    def test_scripts_and_style_sheets_are_named_by_their_hashes(self):
        found = look("<script>a('é')</script><style>b{}</style><SCRIPT type=module>c</SCRIPT >")
        told = directives(policy(found))
        assert set(told["script-src"].split()) == {"'self'", sha("a('é')"), sha("c")}
        assert told["style-src"] == f"'self' {sha('b{}')}"
        assert "unsafe" not in policy(found)

    def test_style_attributes_are_named_where_there_are_some(self):
        found = look("""<p style="color:red">x<td align=left STYLE='width: 1%'>""")
        told = directives(policy(found))["style-src"].split()
        assert told[:2] == ["'self'", "'unsafe-hashes'"]
        assert set(told[2:]) == {sha("color:red"), sha("width: 1%")}

    @pytest.mark.parametrize("html", ["<script onclick=x>a</script>", "<p style=x>", "<style>a</style>"])
    def test_never_more_than_that(self, html):
        assert "unsafe-inline" not in policy(look(html))
        assert "unsafe-eval" not in policy(look(html))

    @pytest.mark.parametrize("sign", ["<a ", '<a "', "<script>", "<script ", "</style ", "<style><!--", "<a x='\">"])
    @pytest.mark.parametrize("end", ["", ">", '">', "</script>", "</style>"])
    def test_a_sign_that_is_repeated_is_looked_at_once(self, sign, end):
        look(sign * 15_000 + end)  # from each anew, it would take many minutes

    def test_so_are_tags_and_spaces_without_end(self):
        look("<a " * 300_000)
        look("<style>" * 100_000)
        look(f"<style>@import{' ' * 200_000}</style>")

    def test_a_script_that_is_never_closed_takes_the_rest_along(self):
        assert look("<script>a</script ><script>b<style>c</style>").scripts == {sha("a")}
        assert look("<script>b<style>c</style>") == NOTHING

    def test_a_text_is_hashed_as_a_browser_reads_it(self):
        assert hash_of("a\r\nb\rc") == sha("a\nb\nc")
        assert look('<p style="a &amp; b">').attributes == {sha("a & b")}

    def test_what_a_policy_doesnt_name_is_told(self):
        held = look("<script>a</script><style>b</style><p style=c>")
        assert not_allowed(held, policy(held)) == NOTHING
        assert not_allowed(held, policy(look("<script>a</script>"))) == look("<style>b</style><p style=c>")
        assert not_allowed(held, "default-src 'none'") == held


class TestFound:
    @pytest.mark.parametrize(
        "html",
        [
            '<script src="a.js"></script><script type="application/json">{"a": 1}</script>',
            '<script type="application/ld+json">{"@context": "https://schema.org"}</script>',
            '<a href="https://example.org/" title="on = off">there</a><code>style="x" onclick=</code>',
            '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0"/></svg><meta content="https://help.example/">',
            '<link rel="canonical" href="https://help.example/"><link rel="alternate" href="https://help.example/zh/">',
            '<form action="/ask?from=https://a.example"><img src="/a//b.png"><img src="data:image/png;base64,//8">',
            '<p>&lt;script&gt;a&lt;/script&gt; javascript: and url(https://example.org)</p><img srcset="a 1x, b 2x">',
        ],
    )
    def test_what_neither_runs_nor_is_fetched(self, html):
        assert look(html) == NOTHING

    @pytest.mark.parametrize(
        ("html", "kind", "name"),
        [
            ("<img src=x onerror='a()'>", "handler", "onerror"),
            ("<svg/ONLOAD=a()>", "handler", "onload"),
            ("<form action='https://collect.example/a'>", "form", "collect.example"),
            ("<FORM METHOD=post ACTION=//collect.example>", "form", "collect.example"),
            ("<input type=submit formaction=https://collect.example:81/>", "form", "collect.example:81"),
            ('<p title="a > b" onclick="c">', "handler", "onclick"),
            ("<p title='a > b' onclick='c'>", "handler", "onclick"),
            ("<a href=' JavaScript:a()'>", "link", "JavaScript:a()"),
            ('<script src="https://cdn.example/a.js"></script>', "outside", "cdn.example"),
            ("<script src=//cdn.example/a.js></script>", "outside", "cdn.example"),
            ('<IMG SRC="HTTP://cdn.example/a.png">', "outside", "cdn.example"),
            ('<img srcset="a.png 1x, https://cdn.example/b.png 2x">', "outside", "cdn.example"),
            ('<link rel="stylesheet" href="https://fonts.example/css?a">', "outside", "fonts.example"),
            ("<video poster=//cdn.example/a.png>", "outside", "cdn.example"),
            ("<style>@import 'https://cdn.example/a.css'</style>", "outside", "cdn.example"),
            ("<style>a{background:url( //cdn.example/a.png)}</style>", "outside", "cdn.example"),
            ('<p style="background:url(https://cdn.example/a.png)">', "outside", "cdn.example"),
            ("<svg><image xlink:href='https://cdn.example/a.png'></svg>", "outside", "cdn.example"),
            ('<iframe src="https://video.example/1"></iframe>', "tag", "iframe"),
            ("<object data=a.pdf>", "tag", "object"),
            ("<base href=/x/>", "tag", "base"),
        ],
    )
    def test_what_the_policy_blocks_is_told(self, html, kind, name):
        assert look(html).troubles == {Trouble(kind, name)}

    def test_each_page_is_told_though_its_tags_were_seen_before(self):
        inline = Inline()
        for address in ("a/", "b/", "c/"):
            inline.add(address, inline.look(f"<p>{address}</p>" + ("" if address == "b/" else "<p onclick=x>")))
        assert inline.troubles == {Trouble("handler", "onclick"): ["a/", "c/"]}


class TestBuild:
    """What a build writes and warns of."""

    RAW = {
        "billing/a.md": 'A\n<p style="color: red" markdown>Red</p>\n\n<script>inline()</script>',
        "billing/b.md": "B\n<button onclick='x()'>No</button>",
        "raw.html": "<script>raw()</script>",
    }

    def headers_of(self, folder: Path, path: str = "/") -> dict[str, str]:
        return headers.of(headers.read((folder / headers.NAME).read_text()), path)

    def test_our_own_site_needs_nothing_inline(self, own):
        told = self.headers_of(own.folder)
        assert told["content-security-policy"] == STRICT
        assert told["x-content-type-options"] == "nosniff"
        assert told["referrer-policy"] == "same-origin"
        assert told["cross-origin-opener-policy"] == "same-origin"
        assert "camera=()" in told["permissions-policy"]
        assert "strict-transport-security" not in told

    def test_files_that_change_their_name_may_be_kept(self, own):
        (sheet,) = own.folder.glob("assets/stylesheets/main.*.css")
        assert "immutable" in self.headers_of(own.folder, f"/assets/stylesheets/{sheet.name}")["cache-control"]
        assert "cache-control" not in self.headers_of(own.folder, "/assets/helpleaf/leaf.svg")

    def test_what_pages_hold_is_allowed_or_told(self, tmp_path, caplog):
        settings = settings_for(tmp_path, write(tmp_path / "articles", self.RAW | {"_headers": "/a\n  X-Own: 1\n"}))
        warnings = build_site(settings, config_file=CONFIG).warnings
        told = self.headers_of(settings.site_path, "/a")
        given = directives(told["content-security-policy"])
        assert set(given["script-src"].split()) == {"'self'", sha("inline()"), sha("raw()")}
        assert given["style-src"] == f"'self' 'unsafe-hashes' {sha('color: red')}"
        assert told["x-own"] == "1"
        assert [each for each in warnings if "onclick" in each] == [
            "billing/b/index.html: has code in the attribute onclick. The site's policy blocks it; move it into a file"
            " of your own and name that under extra_javascript in mkdocs.yml."
        ]

    def test_what_others_add_at_the_very_end_counts(self, tmp_path):
        late = "import pathlib\ndef on_post_build(config):\n    site = pathlib.Path(config.site_dir)\n"
        (tmp_path / "late.py").write_text(f"{late}    (site / 'late.html').write_text('<script>late()</script>')\n")
        (tmp_path / "mkdocs.yml").write_text(f"{CONFIG.read_text()}\nhooks: [late.py]\n")
        settings = settings_for(tmp_path, write(tmp_path / "articles", {"a.md": "A\nText."}))
        build_site(settings, config_file=tmp_path / "mkdocs.yml")
        assert sha("late()") in self.headers_of(settings.site_path)["content-security-policy"]

    def test_settings_count(self, tmp_path):
        settings = load_settings(
            tmp_path / "no.toml", {}, {"base_url": "https://help.example", "api": "https://b.test"}
        )
        (rule,) = rules_for(policy(NOTHING, settings.api), settings, tmp_path)
        assert rule.headers["Strict-Transport-Security"] == "max-age=31536000"
        assert "connect-src 'self' https://b.test" in rule.headers[headers.POLICY]

    def test_a_policy_that_is_too_long_for_some_hosts_is_told(self, tmp_path):
        many = "\n".join(f'<p style="color: #{n:06}">x</p>\n' for n in range(50))
        settings = settings_for(tmp_path, write(tmp_path / "articles", {"a.md": f"A\n{many}"}))
        (warning,) = build_site(settings, config_file=CONFIG).warnings
        assert f"no more than {LONGEST:,}" in warning

    def test_material_s_fonts_are_told_with_what_to_do(self, tmp_path, caplog):
        config = tmp_path / "mkdocs.yml"
        config.write_text(CONFIG.read_text().replace("  font: false\n", ""))
        settings = settings_for(tmp_path, write(tmp_path / "articles", {"a.md": "A\nText."}))
        warnings = build_site(settings, config_file=config).warnings
        assert any("fonts.googleapis.com" in each and "font: false" in each for each in warnings)


def snippets() -> list[str]:
    """What stands in the manual for other servers."""
    page = (ROOT / "docs/hosting.md").read_text()
    blocks = re.findall(r"^```\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    return [block for block in blocks if "Content-Security-Policy" in block]


@pytest.mark.parametrize("snippet", snippets(), ids=["Caddy", "nginx"])
class TestSnippets:
    def test_they_send_what_the_build_of_our_articles_writes(self, own, snippet):
        (rule,) = [rule for rule in headers.read((own.folder / headers.NAME).read_text()) if rule.path == "/*"]
        told = dict(re.findall(r'^ +(?:add_header )?([A-Z][\w-]+) "(.*?)"(?: always;)?$', snippet, re.MULTILINE))
        assert told == {**rule.headers, **OVER_HTTPS}

    def test_they_leave_to_the_server_what_is_its_own(self, snippet):
        line = next(line for line in snippet.splitlines() if "desk" in line)
        assert {*PRIVATE, "static"} <= set(re.findall(r"\w+", line))
