"""How often the right article is found, and what it costs, beside other search libraries.

MATCHING_DATA names a folder with a folder for each set of questions, whose name begins with its language:
`articles.jsonl` holds {"id", "title", "body", "lang", "asked"?}, `dev.jsonl` {"id", "text", "lang", "relevant": [ids]}.
All figures come from one run; docs/benchmarks.md says what each is.
"""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from statistics import fmean, median
from typing import Any

from benchmarks._matching_articles import article
from benchmarks._matching_hostile import LANGUAGES, hostile
from benchmarks._matching_peers import PEERS, Documents, Rank
from benchmarks._matching_picture import picture
from benchmarks._matching_quality import Tally, ask_all
from benchmarks._matching_slips import homophones, with_slips
from benchmarks._matching_speed import SIZES, USUAL, installed_mb, keeping, questions, ratios
from benchmarks._matching_targets import TARGETS, beside_peers
from benchmarks._matching_worth import means, without_each
from benchmarks._measure import Progress, number, print_table, quantile
from benchmarks._questions import QuestionSet, load
from benchmarks._targets import table
from ticket_api.knowledge.index import build_index
from ticket_api.knowledge.matching import rank

PICTURE = Path(__file__).parents[1] / "docs" / "pictures" / "matching.svg"
CONFIRMED = 3
DRAWS = 5

Values = dict[str, float]
Results = Mapping[str, Mapping[str, Tally]]


def build(articles: Iterable[Mapping[str, Any]]) -> Rank:
    """The product's own matcher over {"id", "title", "body", "lang", "questions"?}."""
    made = [article(fields) for fields in articles]
    index, lang = build_index(made), made[0].lang
    return lambda text: rank(index, text, lang)


SYSTEMS: dict[str, Callable[[Documents], Rank]] = {"helpleaf": build, **PEERS}


def main() -> int:
    """Measure, and print; 2 with one sentence when there is nothing to measure on or a peer isn't installed."""
    sets = load()
    if not sets:
        return 2
    try:
        values = measure(sets)
    except ModuleNotFoundError as error:
        print(f"{error.name} is not installed; `make bench NAME=matching` installs the peers.", file=sys.stderr)
        return 2
    PICTURE.write_text(picture(values, list(SYSTEMS)), encoding="utf-8")
    print(f"\nWhat is wanted and what was measured; the picture is in {PICTURE}.\n{table(values, TARGETS)}\n")
    print(f"{beside_peers(values, list(SYSTEMS))}\n")
    for name, value in values.items():
        print(f"{name}={value:.2f}")
    return 0


def measure(sets: Sequence[QuestionSet]) -> Values:
    """Every figure by its name."""
    progress = Progress("quality of all systems", sum(len(each.questions) for each in sets))
    clean = {each.name: _ask(SYSTEMS, each, progress) for each in sets}
    _print_quality(clean)
    values = _means(clean) | _leads(clean)
    values |= _slips(sets, clean) | _confirmed(sets, clean) | _worth(sets, values)
    return values | _speed(sets) | _keeping(sets) | _hostile(sets)


def _ask(makers: Mapping[str, Callable[[Documents], Rank]], given: QuestionSet, progress: Progress) -> dict[str, Tally]:
    return ask_all({name: make(given.articles) for name, make in makers.items()}, given.questions, progress)


def _print_quality(results: Results) -> None:
    s1_s3 = [[f"{t.share(1):.1f} / {t.share(3):.1f}" for t in tallies.values()] for tallies in results.values()]
    print_table("right article first / within three, in %", list(SYSTEMS), list(zip(results, s1_s3, strict=True)))
    sure = [[f"{t.auroc:.1f} / {t.fsr90:.1f}" for t in tallies.values()] for tallies in results.values()]
    print_table("auroc / fsr90, in %", list(SYSTEMS), list(zip(results, sure, strict=True)))
    millis = [[number(median(t.millis)) for t in tallies.values()] for tallies in results.values()]
    print_table("a question, median, ms of CPU", list(SYSTEMS), list(zip(results, millis, strict=True)))


def _means(results: Results) -> Values:
    """Means over the sets of a language, for each system, and our time beside each peer's."""
    values = {}
    for lang in sorted({name[:2] for name in results}):
        for system in SYSTEMS:
            tallies = [each[system] for name, each in results.items() if name[:2] == lang]
            suffix = lang if system == "helpleaf" else f"{lang}_{system}"
            values[f"s1_{suffix}"] = fmean(each.share(1) for each in tallies)
            values[f"s3_{suffix}"] = fmean(each.share(3) for each in tallies)
            values[f"auroc_{suffix}"] = fmean(each.auroc for each in tallies)
            values[f"fsr90_{suffix}"] = fmean(each.fsr90 for each in tallies)
    for peer in PEERS:
        pairs = [(tallies["helpleaf"].millis, tallies[peer].millis) for tallies in results.values()]
        values[f"p50_vs_{peer}"] = median(median(ours) / median(theirs) for ours, theirs in pairs)
    return values


def _leads(results: Results) -> Values:
    """Ours minus the best peer's mean, the best of each figure by itself; and the set where we do worst beside it."""
    means = _means(results)
    values = {}
    for lang in sorted({name[:2] for name in results}):
        for figure, name in (("s1", f"lead_s1_{lang}"), ("s3", f"lead_s3_{lang}"), ("auroc", f"auroc_{lang}_lead")):
            best = max(means[f"{figure}_{lang}_{peer}"] for peer in PEERS)
            values[name] = means[f"{figure}_{lang}"] - best
    leads = [
        tallies["helpleaf"].share(3) - max(tallies[peer].share(3) for peer in PEERS) for tallies in results.values()
    ]
    return values | {"worst_set_vs_best_peer_s3": min(leads)}


def _slips(sets: Sequence[QuestionSet], clean: Results) -> Values:
    """Points of s3 that slips of the hand cost us, and lunr.py; means over several draws, which differ by points."""
    makers = {name: SYSTEMS[name] for name in ("helpleaf", "lunr")}
    sounds = homophones()
    progress = Progress("questions with slips", DRAWS * sum(len(each.questions) for each in sets))
    losses: dict[str, list[float]] = {}
    for each in sets:
        systems = {name: make(each.articles) for name, make in makers.items()}
        for draw in range(DRAWS):
            slipped = [with_slips(question, sounds, draw) for question in each.questions]
            for system, tally in ask_all(systems, slipped, progress).items():
                loss = clean[each.name][system].share(3) - tally.share(3)
                losses.setdefault(each.lang if system == "helpleaf" else f"{each.lang}_{system}", []).append(loss)
    rows = [(name, [number(fmean(lost[draw::DRAWS])) for draw in range(DRAWS)]) for name, lost in losses.items()]
    print_table("points of s3 that slips cost", [f"draw {draw + 1}" for draw in range(DRAWS)], rows)
    return {f"typos_s3_loss_{name}": fmean(lost) for name, lost in losses.items()}


def _confirmed(sets: Sequence[QuestionSet], clean: Results) -> Values:
    """Points of s3 that each article's first confirmed questions bring, where a set has them."""
    having = [each for each in sets if any(fields.get("asked") for fields in each.articles)]
    progress = Progress("with confirmed questions", sum(len(each.questions) for each in having))
    gains = {}
    for each in having:
        learned = [{**fields, "questions": (fields.get("asked") or [])[:CONFIRMED]} for fields in each.articles]
        tally = _ask({"helpleaf": build}, QuestionSet(each.name, learned, each.questions), progress)["helpleaf"]
        gains[each.name] = tally.share(3) - clean[each.name]["helpleaf"].share(3)
    named = {f"confirmed{CONFIRMED}_s3_gain_{name}": gain for name, gain in gains.items()}
    return {f"confirmed{CONFIRMED}_s3_gain": fmean(gains.values()), **named} if gains else {}


def _worth(sets: Sequence[QuestionSet], whole: Values) -> Values:
    """Points of s1 and s3 that are lost without each part of a score."""
    langs = sorted({each.lang for each in sets})
    values, rows = {}, []
    for part, tallies in without_each(sets).items():
        left = {lang: means(tallies, lang) for lang in langs}
        rows.append((part, [f"{s1:.1f} / {s3:.1f}" for s1, s3 in left.values()]))
        for lang, (s1, s3) in left.items():
            values[f"worth_of_{part}_s1_{lang}"] = whole[f"s1_{lang}"] - s1
            values[f"worth_of_{part}_s3_{lang}"] = whole[f"s3_{lang}"] - s3
    print_table("right article first / within three without a part, in %", langs, rows)
    return values


def _speed(sets: Sequence[QuestionSet]) -> Values:
    """Our time of a question / lunr.py's, at each size."""
    values: Values = {}
    rows = []
    ours: dict[str, float] = {}
    runs = [("en", f"{size}", size) for size in SIZES] + [("zh", f"zh_{USUAL}", USUAL)]
    for lang, name, size in runs:
        if any(each.lang == lang for each in sets):
            seconds = questions(sets, lang, size)
            values[f"p50_vs_lunr_{name}"], values[f"p99_vs_lunr_{name}"] = ratios(seconds)
            ours[name] = median(seconds["helpleaf"])
            times = [1000 * quantile(seconds[s], share) for share in (0.5, 0.99) for s in ("helpleaf", "lunr")]
            rows.append((f"{lang}, {size:,} articles", [number(each) for each in times]))
    print_table("a question, ms of CPU", ["p50", "lunr p50", "p99", "lunr p99"], rows)
    if f"{SIZES[-1]}" in ours:
        values[f"p50_{SIZES[-1]}_vs_{USUAL}"] = ours[f"{SIZES[-1]}"] / ours[f"{USUAL}"]
    return values


def _keeping(sets: Sequence[QuestionSet]) -> Values:
    """What building, updating, loading and memory take with the usual number of articles."""
    values = {"install_mb": installed_mb()}
    if not any(each.lang == "en" for each in sets):
        return values
    took = keeping(sets)
    built, theirs = took["build helpleaf"], took["build lunr"]
    served = {system: took[f"serve {system}"] for system in SYSTEMS}
    cells = [[number(figures[key]) for key in ("load_ms", "rss", "peak")] for figures in served.values()]
    heads = ["ready, ms", "MB", "MB at most"]
    print_table(f"a process that answers, {USUAL:,} articles", heads, list(zip(served, cells, strict=True)))
    values |= {
        f"build_s_{USUAL}": built["seconds"],
        f"build_vs_lunr_{USUAL}": built["seconds"] / theirs["seconds"],
        f"update_vs_build_{USUAL}": took["update helpleaf"]["seconds"] / built["seconds"],
        f"index_mb_{USUAL}": built["bytes"] / 1e6,
        f"index_vs_lunr_{USUAL}": built["bytes"] / theirs["bytes"],
        f"load_ms_{USUAL}": served["helpleaf"]["load_ms"],
        f"rss_mb_{USUAL}": served["helpleaf"]["rss"],
        f"rss_peak_mb_{USUAL}": served["helpleaf"]["peak"],
        f"rss_mb_{USUAL}_lunr": served["lunr"]["rss"],
    }
    return {name: value for name, value in values.items() if value}  # where there is no /proc, memory isn't known


def _hostile(sets: Sequence[QuestionSet]) -> Values:
    """The worst bad input's cost in times of a common question."""
    costs = hostile(sets)
    langs = [lang for lang in LANGUAGES if any(each.lang == lang for each in sets)]
    rows = [(name, [number(cost) for cost in each]) for name, each in costs.items()]
    print_table("bad input, CPU / a common question's", langs, rows)
    return {"hostile_vs_common": max(max(each) for each in costs.values())}


if __name__ == "__main__":
    sys.exit(main())
