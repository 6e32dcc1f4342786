"""Help sites of generated articles: ours and the peers' in folders of their own, and what it takes to build them."""

import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks._site_articles import write_centre

ROOT = Path(__file__).parents[1]
CATEGORIES = {100: 5, 1_000: 20, 5_000: 100}
"""How many categories a help centre of so many articles has."""
HELPLEAF = (sys.executable, "-m", "ticket_api")
MATERIAL = (sys.executable, "-m", "mkdocs", "build", "--quiet")
HOME = "# Help\n\nWelcome to the help centre.\n"


class Cost(NamedTuple):
    """Seconds of CPU of a command and all that it started, and seconds on the wall."""

    cpu: float
    wall: float


def environment(folder: Path, **settings: str) -> Mapping[str, str]:
    """Our settings and none of the owner's, our package, and caches in a folder alone."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("HELPLEAF_")}
    ours = {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "NO_MKDOCS_2_WARNING": "1"}
    given = {f"HELPLEAF_{name.upper()}": value for name, value in settings.items()}
    return own | ours | {"XDG_CACHE_HOME": str(folder / ".cache")} | given


def spend(command: Sequence[str], folder: Path) -> Cost:
    """Run a command in a folder. Leaves with what it said when it fails."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(command, cwd=folder, env=environment(folder), check=False, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(cpu, time.monotonic() - started)


def megabytes(folder: Path, pattern: str = "*.html") -> float:
    """The size of all such files."""
    return sum(path.stat().st_size for path in folder.rglob(pattern)) / 1e6


class Workshop:
    """Makes help sites in a folder; what was built once is there for whoever needs it next."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rebuild_walls: list[float] = []
        """Seconds on the wall that plain Material took."""
        self.zensical = folder / "zensical-venv" / "bin" / "zensical"

    def centre(self, articles: int, *, fresh: bool = False) -> Path:
        """The folder of a help centre of ours; with `fresh` it has never been built."""
        folder = self.folder / f"ours-{articles}"
        if fresh:
            shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            write_centre(folder / "kb_articles", articles, CATEGORIES[articles])
            for name in ("mkdocs.yml", "helpleaf.toml"):
                shutil.copy(ROOT / name, folder)
        return folder

    def built(self, articles: int) -> Path:
        """The same, built."""
        folder = self.centre(articles)
        if not (folder / "build" / "site").exists():
            self.build(folder)
        return folder

    def build(self, folder: Path) -> Cost:
        """Build a help centre of ours."""
        return spend((*HELPLEAF, "build"), folder)

    def peer(self, articles: int, name: str) -> Path:
        """The folder of the same articles as a peer's site: plain, pruned, without-nav or zensical."""
        folder = self.folder / f"{name}-{articles}"
        if not folder.exists():
            shutil.copytree(self.centre(articles) / "kb_articles", folder / "docs")
            (folder / "docs" / "index.md").write_text(HOME, encoding="utf-8")
            (folder / "mkdocs.yml").write_text(_config(name), encoding="utf-8")
        return folder

    def build_peer(self, folder: Path, command: Sequence[str] = MATERIAL) -> Cost:
        """Build a peer's site from nothing."""
        for left in ("site", ".cache"):
            shutil.rmtree(folder / left, ignore_errors=True)
        return spend(command, folder)

    def install_zensical(self) -> str:
        """Put Zensical into an environment of its own; why not, where that can't be."""
        venv = self.folder / "zensical-venv"
        for command in (
            (sys.executable, "-m", "venv", str(venv)),
            (str(venv / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", "zensical"),
        ):
            done = subprocess.run(command, check=False, capture_output=True, text=True)
            if done.returncode:
                return f"Zensical can't be installed: {done.stderr.strip().splitlines()[-1]}"
        return ""


def _config(name: str) -> str:
    """A plain configuration with the Markdown of ours, and what is special about a peer."""
    ours = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    special = {
        "pruned": "  features: [navigation.prune]\n",
        "zensical": "  features: [navigation.prune]\n",
        "without-nav": "nav: [index.md]\nnot_in_nav: '*'\n",
    }
    theme = f"theme:\n  name: material\n  font: false\n{special.get(name, '')}"
    return f"site_name: Help\n{theme}plugins: [search]\n{ours[ours.index('markdown_extensions:') :]}"


class Round(NamedTuple):
    """What each builder took in one round."""

    costs: Mapping[str, Cost]

    def ratio(self, over: str, under: str) -> float:
        """Seconds of CPU of one beside another's."""
        return self.costs[over].cpu / self.costs[under].cpu


def one_round(workshop: Workshop, articles: int, *, zensical: bool, step: Callable[[], None]) -> Round:
    """Each builder once, one after the other: ours from nothing and with one article changed, then the peers."""
    ours = workshop.centre(articles, fresh=True)
    costs = {"cold": workshop.build(ours)}
    step()
    _change_one(ours)
    costs["warm"] = workshop.build(ours)
    step()
    for name in ("plain", "pruned", *(["zensical"] if zensical else [])):
        command = (str(workshop.zensical), "build") if name == "zensical" else MATERIAL
        costs[name] = workshop.build_peer(workshop.peer(articles, name), command)
        step()
    return Round(costs)


def _change_one(folder: Path) -> None:
    path = sorted((folder / "kb_articles").rglob("*.md"))[7]
    path.write_text(f"{path.read_text(encoding='utf-8')}\nThis is new since yesterday.\n", encoding="utf-8")
