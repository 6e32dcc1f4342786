"""Sitemap: every page with its translations, for search engines (sitemaps.org, hreflang as Google reads it)."""

from xml.etree.ElementTree import Element, SubElement, tostring

from ticket_api.site.view import View

NAME = "sitemap.xml"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"


def sitemap(view: View) -> bytes:
    """The sitemap of all languages; b"" where the site doesn't know its own address."""
    if not view.settings.base_url:
        return b""
    root = Element("urlset", {"xmlns": SITEMAP, "xmlns:xhtml": XHTML})
    for page in view.catalogue.pages.values():
        url = SubElement(root, "url")
        SubElement(url, "loc").text = view.whole(page.url)
        if page.updated:
            SubElement(url, "lastmod").text = page.updated.isoformat()
        for lang, address in View(page.lang, page, view.catalogue, view.versions).alternates:
            SubElement(url, "xhtml:link", {"rel": "alternate", "hreflang": lang, "href": address})
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written
