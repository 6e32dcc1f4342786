"""What is wanted of matching, and how it stands beside others."""

from collections.abc import Mapping, Sequence

from benchmarks._measure import number
from benchmarks._targets import Target

TARGETS = (
    Target("s1_en", "English: right article first, %", low=70),
    Target("s3_en", "English: within the first three, %", low=86),
    Target("s1_zh", "Chinese: right article first, %", low=60),
    Target("s3_zh", "Chinese: within the first three, %", low=79),
    Target("lead_s1_en", "points of `s1_en` above the best peer's", low=3),
    Target("lead_s3_en", "points of `s3_en` above the best peer's", low=3),
    Target("lead_s1_zh", "points of `s1_zh` above the best peer's", low=3),
    Target("lead_s3_zh", "points of `s3_zh` above the best peer's", low=3),
    Target("worst_set_vs_best_peer_s3", "the set that does worst: its s3 minus its best peer's", low=-2),
    Target("fsr90_en", "English: unanswerable questions with a suggestion, %", high=39),
    Target("auroc_zh_lead", "points of `auroc_zh` above the best peer's", low=3),
    Target("typos_s3_loss_en", "points of s3 that slips cost, English", high=2),
    Target("typos_s3_loss_zh", "points of s3 that slips cost, Chinese", high=3),
    Target("confirmed3_s3_gain", "points of s3 that three confirmed questions an article bring", low=3),
    Target("p50_vs_lunr_200", "median time of a question / lunr.py's, 200 articles", high=0.6),
    Target("p50_vs_lunr_1000", "the same, 1,000 articles", high=0.5),
    Target("p50_vs_lunr_10000", "the same, 10,000 articles", high=0.5),
    Target("p99_vs_lunr_200", "p99 of a question / lunr.py's, 200 articles", high=1),
    Target("p99_vs_lunr_1000", "the same, 1,000 articles", high=1),
    Target("p99_vs_lunr_10000", "the same, 10,000 articles", high=1),
    Target("p50_10000_vs_1000", "our median at 10,000 articles / at 1,000", high=6),
    Target("build_vs_lunr_1000", "building the index / lunr.py's", high=1.5),
    Target("update_vs_build_1000", "building it after one changed article / from nothing", high=0.1),
    Target("index_vs_lunr_1000", "bytes of the index file / lunr.py's", high=4),
    Target("rss_mb_1000", "MB of a process that answers", high=60),
    Target("install_mb", "MB of the packages that matching needs", high=20),
    Target("hostile_vs_common", "CPU of the worst bad input / a common question's", high=5),
)


def beside_peers(values: Mapping[str, float], systems: Sequence[str]) -> str:
    """Quality of all systems, ours first, and our time beside theirs, in Markdown."""
    ours, *peers = systems
    rows = [f"| | {' | '.join(systems)} |", "|---" * (len(systems) + 1) + "|"]
    for lang in sorted(name[3:] for name in values if name[:3] == "s1_" and name.count("_") == 1):
        suffixes = [lang if system == ours else f"{lang}_{system}" for system in systems]
        for one, other in (("s1", "s3"), ("auroc", "fsr90")):
            cells = [f"{values[f'{one}_{suffix}']:.1f} / {values[f'{other}_{suffix}']:.1f}" for suffix in suffixes]
            rows.append(f"| `{one}_{lang}` / `{other}_{lang}` | {' | '.join(cells)} |")
    ratios = [number(values[f"p50_vs_{peer}"]) for peer in peers]
    return "\n".join([*rows, f"| `p50_vs_...`: our median time / theirs | | {' | '.join(ratios)} |"])
