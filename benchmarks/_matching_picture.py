"""The picture of how often the right article is found: a bar for each system, readable on light and dark pages."""

from collections.abc import Mapping, Sequence

LANGUAGES = {"en": "English", "zh": "Chinese"}
TOP, LINE, BAR, WIDE, LEFT = 56, 26, 18, 200, 90

STYLE = """
    text { font: 13px system-ui, sans-serif; fill: #1f2933 }
    .head { font-weight: 600 }
    .ours text { font-weight: 600 }
    .name { text-anchor: end }
    .three { fill: #b3d4c5 }
    .first { fill: #74a892 }
    .ours .three { fill: #5fb08a }
    .ours .first { fill: #1d7a52 }
    @media (prefers-color-scheme: dark) {
      text { fill: #e4e7eb }
      .three { fill: #3d5c50 }
      .first { fill: #62917d }
      .ours .three { fill: #2f8a62 }
      .ours .first { fill: #7fd6ae }
    }
  """


def picture(values: Mapping[str, float], systems: Sequence[str]) -> str:
    """An SVG of s1 and s3 by language and system, in the order of the systems."""
    columns = [(lang, name) for lang, name in LANGUAGES.items() if f"s1_{lang}" in values]
    parts = [_column(values, systems, lang, name, place) for place, (lang, name) in enumerate(columns)]
    height, width = TOP + LINE * len(systems) + 8, LEFT + len(columns) * (WIDE + 110)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-labelledby="title">\n'
        f'  <title id="title">Right article first, and within the first three, in per cent</title>\n'
        f"  <style>{STYLE}</style>\n"
        f'  <text x="{LEFT}" y="20">Right article first (inner part), within the first three (whole bar), in %</text>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def _column(values: Mapping[str, float], systems: Sequence[str], lang: str, name: str, place: int) -> str:
    x = LEFT + place * (WIDE + 110)
    lines = [f'  <text class="head" x="{x}" y="46">{name}</text>']
    for row, system in enumerate(systems):
        suffix = "" if row == 0 else f"_{system}"
        first, three = (values[f"s{within}_{lang}{suffix}"] for within in (1, 3))
        y, kind = TOP + row * LINE, "peer" if row else "ours"
        told = f'<text class="name" x="{x - 8}" y="{y + 14}">{system}</text>' if place == 0 else ""
        lines.append(
            f'  <g class="{kind}">{told}'
            f'<rect class="three" x="{x}" y="{y}" width="{three * WIDE / 100:.1f}" height="{BAR}"/>'
            f'<rect class="first" x="{x}" y="{y}" width="{first * WIDE / 100:.1f}" height="{BAR}"/>'
            f'<text x="{x + three * WIDE / 100 + 6:.1f}" y="{y + 14}">{first:.1f} / {three:.1f}</text></g>'
        )
    return "\n".join(lines)
