"""The articles' folder and the index file on disk."""

import pytest

from tests.knowledge.library import HELP, index_of, written
from ticket_api.errors import Stop
from ticket_api.knowledge.folder import category_titles, load_library, read_folder, read_index, write_index


def test_files_are_read_by_posix_path_and_hidden_ones_are_not(tmp_path):
    for name in ("billing/a.md", "img/p.png", ".hidden.md", ".git/config"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    assert read_folder(tmp_path) == {"billing/a.md": b"billing/a.md", "img/p.png": b"img/p.png"}


def test_a_folder_that_is_missing_or_empty_is_told(tmp_path):
    with pytest.raises(Stop, match=r"no folder of articles at .*gone"):
        read_folder(tmp_path / "gone")
    with pytest.raises(Stop, match="is empty"):
        read_folder(tmp_path)


def test_links_that_would_publish_what_lies_elsewhere_are_refused_all_at_once(tmp_path):
    articles = tmp_path / "articles"
    (articles / "billing").mkdir(parents=True)
    (articles / "billing/a.md").write_text("a")
    (tmp_path / "secret.key").write_text("secret")
    (articles / "billing/key.txt").symlink_to("../../secret.key")
    (articles / "up").symlink_to("..")
    (articles / "ring").symlink_to("ring")
    (articles / ".#a.md").symlink_to("alice@desk.4711")  # an editor's lock
    (articles / "b.md").symlink_to("billing/a.md")
    with pytest.raises(Stop) as raised:
        read_folder(articles)
    told = str(raised.value).splitlines()
    assert [line.removeprefix(str(articles)).partition(" is a link to ")[0] for line in told] == [
        "/billing/key.txt",
        "/ring",
        "/up",
    ]
    for name in ("billing/key.txt", "up", "ring"):
        (articles / name).unlink()
    (tmp_path / "linked").symlink_to(articles)
    assert read_folder(tmp_path / "linked") == {"b.md": b"a", "billing/a.md": b"a"}


def test_a_library_is_loaded(tmp_path):
    (tmp_path / "billing").mkdir()
    (tmp_path / "billing/a.md").write_text(written("A"), encoding="utf-8")
    assert [article.id for article in load_library(tmp_path, ("en",)).articles] == ["billing/a"]


def test_the_index_is_written_and_read(tmp_path):
    path = tmp_path / "index" / "articles.json"
    write_index(index_of({}), path)
    write_index(index_of(HELP), path)
    assert read_index(path).version == index_of(HELP).version
    assert [each.name for each in path.parent.iterdir()] == ["articles.json"]


def test_an_index_that_is_missing_or_broken_names_the_file_and_the_command(tmp_path):
    path = tmp_path / "articles.json"
    with pytest.raises(Stop, match=r"articles\.json.*make serve.*helpleaf build"):
        read_index(path)
    path.write_bytes(b"{}")
    with pytest.raises(Stop, match=r"articles\.json is broken.*make serve"):
        read_index(path)
    with pytest.raises(Stop, match="can't be read"):
        read_index(tmp_path)


def test_an_index_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(Stop, match="can't be written"):
        write_index(index_of(HELP), tmp_path / "file" / "articles.json")


def test_titles_of_categories_are_those_of_the_file_as_it_is_now(tmp_path):
    languages = ("en", "zh")
    unnamed = {"old-shop": {"en": "Old shop", "zh": "Old shop"}}
    assert category_titles(tmp_path, {"old-shop"}, languages) == unnamed
    (tmp_path / "categories.yml").write_text("old-shop:\n  en: {title: The old shop}\n  zh: {title: 旧店}\n", "utf-8")
    told = {"old-shop": {"en": "The old shop", "zh": "旧店"}}
    assert category_titles(tmp_path, {"old-shop"}, languages) == told
    (tmp_path / "categories.yml").write_bytes(b"\xff: nonsense")
    assert category_titles(tmp_path, {"old-shop"}, languages) == unnamed
