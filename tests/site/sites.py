"""Four differently configured MkDocs Material sites, as other people have them: none is a help centre."""

from collections.abc import Mapping

Files = Mapping[str, str]

PLAIN: Files = {
    "mkdocs.yml": """
site_name: Larkbill handbook
site_url: https://docs.larkbill.example/handbook/
theme:
  name: material
  font: false
  features: [navigation.instant, navigation.sections, search.highlight, search.suggest, content.code.copy]
  palette:
    - {scheme: default, primary: teal, toggle: {icon: material/weather-night, name: Dark}}
    - {scheme: slate, primary: teal, toggle: {icon: material/weather-sunny, name: Light}}
extra_css: [own.css]
nav:
  - index.md
  - Billing:
      - Money back: billing/refunds.md
      - billing/invoices.md
  - api/keys.md
plugins:
  - search
  - helpleaf
markdown_extensions:
  - admonition
  - attr_list
  - toc: {permalink: true}
  - pymdownx.superfences
  - pymdownx.snippets: {base_path: [snippets]}
  - pymdownx.tabbed: {alternate_style: true}
""",
    "snippets/deadline.md": "A refund takes at most *fourteen* working days.\n",
    "docs/own.css": ".hl-below { margin-top: 3rem }\n",
    "docs/index.md": "# Welcome\n\nThis handbook tells how Larkbill & Co. work.\n",
    "docs/billing/refunds.md": """---
description: How to get your money back.
tags: [money, 2026]
questions: [can you pay me back]
updated: 2026-10-02
icon: material/cash
status: new
---
# Refunds

Ask within a year.

## How long it takes

--8<-- "deadline.md"

## Fees & taxes {#what-it-costs}

=== "Card"

    Nothing at all.

=== "Transfer"

    Twelve kronor, `wire_fee` in the bill.

<div><p>Raw HTML says zanzibar.</p></div>
""",
    "docs/billing/invoices.md": "# Invoices\n\nEach invoice has a number.\n\n```python\nprint('quokka')\n```\n",
    "docs/api/keys.md": "# API keys\n\nMake a key in your account.\n",
    "docs/imprint.md": "---\nhelpleaf: false\n---\n# Imprint\n\nLarkbill, Lark Lane 1.\n",
    "docs/secret.md": "---\nsearch:\n  exclude: true\n---\n# Kept out\n\nNobody finds the zebrafish.\n",
    "docs/quiet.md": "---\nhide: [feedback, toc]\n---\n# Quiet\n\nNo vote is wanted here.\n",
}

ODD: Files = {
    "mkdocs.yml": """
site_name: Odd & Sons
use_directory_urls: false
theme:
  name: material
  font: false
  custom_dir: overrides
  palette: {scheme: slate, primary: yellow}
plugins:
  helpleaf:
    api: https://desk.odd.example
  material/search: {}
  tags: {}
  offline:
    enabled: !ENV [OFFLINE, false]
extra:
  analytics:
    feedback:
      title: Any good?
      ratings:
        - {icon: material/thumb-up-outline, name: Yes, data: 1, note: Thanks}
hooks: [hook.py]
""",
    "hook.py": """
import re
from mkdocs.plugins import event_priority

def on_page_markdown(markdown, **_):
    return markdown.replace('{{ price }}', 'forty crowns')

@event_priority(200)  # as a plugin that makes pages smaller, and before all others
def on_post_page(output, **_):
    return re.sub(r'="([\\w./-]+)"', r'=\\1', output)
""",
    "overrides/partials/comments.html": '<section class="theirs">What others say</section>\n',
    "overrides/landing.html": '{% extends "main.html" %}{% block container %}<h1>Landing</h1>{% endblock %}\n',
    "docs/index.md": "---\ntemplate: landing.html\n---\n# Odd\n\nText that the template doesn't show.\n",
    "docs/tags.md": "# All tags\n\n<!-- material/tags -->\n",
    "docs/widgets/index.md": "# Widgets\n\nWe sell widgets.\n",
    "docs/widgets/prices.md": (
        "---\ntags: [prices]\nhide: toc\n---\n# Prices\n\nA widget costs {{ price }}.\n\n## Rebates\n\nFrom ten on.\n"
    ),
    "docs/raw.html": "<!doctype html><title>Raw</title><article class='md-content__inner'>Raw page</article>\n",
}

TWO_LANGUAGES: Files = {
    "base.yml": """
site_name: 云雀手册
theme:
  name: material
  font: false
  language: zh
plugins:
  search: {lang: [zh, en]}
markdown_extensions:
  admonition: {}
""",
    "mkdocs.yml": """
INHERIT: base.yml
plugins:
  blog: {}
  helpleaf: {}
extra:
  alternate:
    - {name: 中文, link: /, lang: zh}
    - {name: English, link: /en/, lang: en}
    - {name: Français, link: /fr/, lang: fr}
    - {name: Deutsch, link: https://elsewhere.example/de/, lang: de}
""",
    "helpleaf.toml": 'mail = "help@yunque.example"\n',
    "docs/index.md": "# 欢迎\n\n这里是云雀的手册。\n",
    "docs/billing/refunds.md": "# 退款\n\n一年之内都可以申请退款。\n\n## 多久到账\n\n十四个工作日。\n",
    "docs/en/index.md": "# Welcome\n\nThis is the handbook of Yunque.\n",
    "docs/en/billing/refunds.md": "# Refunds\n\nAsk within a year.\n\n## How long it takes\n\nFourteen working days.\n",
    "docs/blog/index.md": "# 博客\n",
    "docs/blog/posts/hello.md": (
        "---\ndate: 2026-01-05\ncategories: [News]\n---\n# 新店开张\n\n我们在里斯本开了店。\n\n"
        "<!-- more -->\n\n欢迎光临。\n"
    ),
    "docs/raw.html": "<!doctype html><title>Raw</title><p>Raw page</p>\n",
}

SUFFIXES: Files = {
    "mkdocs.yml": """
site_name: Larkbill
site_url: https://larkbill.example/
theme: {name: material, font: false}
plugins:
  - search
  - i18n:
      docs_structure: suffix
      fallback_to_default: true
      languages:
        - {locale: en, name: English, default: true, build: true}
        - {locale: zh, name: 中文, build: true}
        - {locale: fr, name: Français, build: true}
  - helpleaf
""",
    "helpleaf.toml": 'mail = "help@larkbill.example"\n',
    "docs/index.md": "# Welcome\n\nWe sell warm lights.\n",
    "docs/index.zh.md": "# 欢迎\n\n我们卖暖光灯。\n",
    "docs/index.fr.md": "# Bienvenue\n\nNous vendons des lampes.\n",
    "docs/billing/refunds.md": "# Refunds\n\nAsk within a year.\n\n## How long it takes\n\nFourteen working days.\n",
    "docs/billing/refunds.zh.md": "# 退款\n\n一年之内都可以申请退款。\n\n## 多久到账\n\n十四个工作日。\n",
    "docs/billing/fees.md": "# Fees\n\nA transfer costs twelve kronor.\n",
}
"""English, Chinese and French by mkdocs-static-i18n: what isn't translated stands there in English."""
