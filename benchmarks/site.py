"""What the help site costs to build and to visit, and how well it answers, beside plain Material, Material with pruned
navigation and Zensical.

SITE_PARTS names the parts that are run, such as `build visit`; without it, all are: build, save, visit, search, hits,
pages, lighthouse. The articles are made up, the same each time; questions and pages are those of this repository.
"""

import sys
import tempfile
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median

from benchmarks import _site_lighthouse as lighthouse
from benchmarks._measure import Figure, Progress, number, print_table
from benchmarks._parts import chosen
from benchmarks._site_builds import Workshop, megabytes, one_round
from benchmarks._site_hits import missed
from benchmarks._site_pages import LANGUAGES, SCHEMES, complaints
from benchmarks._site_questions import QUESTIONS
from benchmarks._site_serving import chromium, own_centre, serving, serving_files
from benchmarks._site_targets import TARGETS
from benchmarks._site_visit import first_result, first_visit, save_to_screen
from benchmarks._targets import table

FEW, USUAL, MANY = 100, 1_000, 5_000
ROUNDS = 3
BUILDERS = {
    "cold": "Helpleaf, from nothing",
    "warm": "Helpleaf, one article changed",
    "plain": "plain Material",
    "pruned": "Material, pruned navigation",
    "zensical": "Zensical, pruned navigation",
}
SAVES = 3
VISITS = 5
STATES = 7

Values = dict[str, float]


def main() -> int:
    """Measure, and print; 2 with one sentence for a part that there is none of."""
    wanted = chosen("SITE_PARTS", PARTS)
    if not wanted:
        return 2
    values: Values = {}
    with tempfile.TemporaryDirectory(prefix="helpleaf-site-") as folder:
        workshop = Workshop(Path(folder))
        for name in wanted:
            values |= PARTS[name](workshop)
    print(f"\nWhat is wanted and what was measured.\n{table(values, TARGETS)}\n")
    for name, value in values.items():
        print(f"{name}={value:.3f}" if value < 1 else f"{name}={value:.2f}")
    return 0


def build(workshop: Workshop) -> Values:
    """CPU of building, and the size of the pages."""
    trouble = workshop.install_zensical()
    if trouble:
        print(trouble)
    builders = [name for name in BUILDERS if not (trouble and name == "zensical")]
    progress = Progress("building", ROUNDS * len(builders) + 1)
    rounds = [one_round(workshop, USUAL, zensical=not trouble, step=progress.step) for _ in range(ROUNDS)]
    many = workshop.build(workshop.centre(MANY, fresh=True))
    progress.step()
    workshop.rebuild_walls = [each.costs["plain"].wall for each in rounds]
    rows = []
    for name in builders:
        cells = [
            Figure.of([one.costs[name].cpu for one in rounds]),
            Figure.of([one.ratio(name, "plain") for one in rounds]),
        ]
        folder = workshop.centre(USUAL) / "build" if name in ("cold", "warm") else workshop.peer(USUAL, name)
        rows.append((BUILDERS[name], [*(cell.told() for cell in cells), number(megabytes(folder / "site"))]))
    print_table(f"building {USUAL:,} articles", ["CPU s", "/ plain Material", "MB of pages"], rows)
    return {
        "cold_vs_material": median(one.ratio("cold", "plain") for one in rounds),
        "warm_vs_material": median(one.ratio("warm", "plain") for one in rounds),
        "cold_5000_vs_1000": many.cpu / median(one.costs["cold"].cpu for one in rounds),
        "pages_5000_mb": megabytes(workshop.centre(MANY) / "build" / "site"),
        "cold_1000_s": median(one.costs["cold"].cpu for one in rounds),
        "warm_1000_s": median(one.costs["warm"].cpu for one in rounds),
        "cold_5000_s": many.cpu,
    }


def save(workshop: Workshop) -> Values:
    """From a saved article to the page that is open."""
    progress = Progress("saving", SAVES + 1)
    if not workshop.rebuild_walls:
        workshop.rebuild_walls = [workshop.build_peer(workshop.peer(USUAL, "plain")).wall]
    progress.step()
    theirs = median(workshop.rebuild_walls)
    centre = workshop.built(USUAL)
    with serving(centre, watch="on") as url, chromium() as browser:
        took = save_to_screen(browser, url, centre / "kb_articles", SAVES, theirs, progress.step)
    if took is None:
        print(f"A saved article didn't appear on its open page before Material had rebuilt, {theirs:.0f} seconds.")
        return {}
    return {"save_to_screen_vs_material": took / theirs, "save_to_screen_s": took, "material_rebuild_s": theirs}


def visit(workshop: Workshop) -> Values:
    """What a first visit loads."""
    progress = Progress("first visits", 2)
    values = {}
    for articles in (FEW, MANY):
        with serving(workshop.built(articles)) as url, chromium() as browser:
            loaded = first_visit(browser, url)
        progress.step()
        rows = [(address, [f"{size:,}"]) for address, size in sorted(loaded.items(), key=lambda pair: -pair[1])]
        print_table(f"a first visit at {articles:,} articles", ["bytes"], rows)
        values[f"first_visit_kb_{articles}"] = sum(loaded.values()) / 1000
    return values


def search(workshop: Workshop) -> Values:
    """From typing to the first result, each in turn in a browser that has never been there."""
    progress = Progress("first results", 3 * VISITS + 1)
    # Of plain Material its search alone counts here; its pages would take 8 GB.
    peer = workshop.peer(MANY, "without-nav")
    workshop.build_peer(peer)
    progress.step()
    ours = workshop.built(MANY)
    seconds: dict[str, list[float]] = {"with the API": [], "without": [], "Material": []}
    with (
        serving(ours) as api,
        serving_files(ours / "build" / "site") as static,
        serving_files(peer / "site") as theirs,
        chromium() as browser,
    ):
        for _ in range(VISITS):
            for name, url in zip(seconds, (api, static, theirs), strict=True):
                seconds[name].append(first_result(browser, f"{url}/"))
                progress.step()
    rows = [(name, [Figure.of(each).told(0.001)]) for name, each in seconds.items()]
    print_table(f"from the first key to the first result at {MANY:,} articles, ms", ["median"], rows)

    def ratio(name: str) -> float:
        return median(ours / theirs for ours, theirs in zip(seconds[name], seconds["Material"], strict=True))

    return {"first_result_vs_material": ratio("with the API"), "first_result_static_vs_material": ratio("without")}


def hits(workshop: Workshop) -> Values:
    """Right articles in the first place of the search box."""
    progress = Progress("questions", 2 * len(QUESTIONS))
    values = {}
    with serving(own_centre(workshop.folder)) as url, chromium() as browser:
        for name, api in (("hits", True), ("hits_static", False)):
            wrong = missed(browser, url, api=api, step=progress.step)
            for question, right, found in wrong:
                print(f"{name}: {question!r} finds {found or 'nothing'} and not {right}")
            values[name] = float(len(QUESTIONS) - len(wrong))
    return values


def pages(workshop: Workshop) -> Values:
    """What is wrong on the pages of a customer."""
    progress = Progress("pages", len(LANGUAGES) * len(SCHEMES) * STATES)
    with serving(own_centre(workshop.folder)) as url, chromium() as browser:
        found = complaints(browser, url, progress.step)
    for told in dict.fromkeys([*found.axe, *found.policy, *found.outside, *found.console]):
        print(told)
    return {
        "axe_findings": float(len(found.axe)),
        "csp_violations": float(len(found.policy)),
        "outside_requests": float(len(found.outside)),
        "console_errors": float(len(found.console)),
    }


def lighthouse_scores(workshop: Workshop) -> Values:
    """The worse of home and article in each category of Lighthouse."""
    folder = workshop.folder / "lighthouse"
    trouble = lighthouse.install(folder)
    if trouble:
        print(trouble)
        return {}
    progress = Progress("Lighthouse", 2)
    worst: Values = {}
    with serving(own_centre(workshop.folder)) as url:
        urllib.request.urlopen(url).close()
        for path in ("/", "/billing/charged-twice/"):
            scores = lighthouse.scores(folder, url + path)
            progress.step()
            print(f"{path}: {', '.join(f'{name} {score:.0f}' for name, score in scores.items())}")
            print("".join(f"  {told}\n" for told in lighthouse.complaints(folder)), end="")
            for name, score in scores.items():
                key = f"lighthouse_{name.replace('-', '_')}"
                worst[key] = min(score, worst.get(key, 100))
    return worst


PARTS: Mapping[str, Callable[[Workshop], Values]] = {
    "build": build,
    "save": save,
    "visit": visit,
    "search": search,
    "hits": hits,
    "pages": pages,
    "lighthouse": lighthouse_scores,
}

if __name__ == "__main__":
    sys.exit(main())
