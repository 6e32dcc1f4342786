"""Categories and the file that names them."""

import pytest

from tests.knowledge.library import read, told, written

FILES = {"billing/a.md": written("A"), "account/a.md": written("B"), "devices-and-sync/a.md": written("C")}

NAMES = """# the order is that of the page
billing:
  icon: material/card
  en: {title: Billing, description: Plans}
  zh: {title: 账单}
account:
  en: {title: Account}
  zh: {title: 账户}
"""


def test_the_file_gives_the_order_and_folders_without_a_name_come_last():
    categories = read({**FILES, "categories.yml": NAMES}).categories
    assert [category.id for category in categories] == ["billing", "account", "devices-and-sync"]
    billing, _, devices = categories
    assert (billing.titles, billing.icon) == ({"en": "Billing", "zh": "账单"}, "material/card")
    assert billing.descriptions == {"en": "Plans", "zh": ""}
    assert (devices.titles["zh"], devices.icon) == ("Devices and sync", "")


def test_without_the_file_folders_come_by_name():
    library = read(FILES)
    assert [category.titles["en"] for category in library.categories] == ["Account", "Billing", "Devices and sync"]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (b"\xff", 1, "UTF-8"),
        ("- billing\n", 1, "key: value"),
        ("billing: [\n", 2, "valid YAML"),
        ("account: {en: {title: A}, zh: {title: B}}\nbilling: Bills\n", 2, "must hold an icon"),
        ("billing:\n  colour: red\n  en: {title: A}\n  zh: {title: B}\n", 1, "'colour' in billing"),
        ("billing:\n  en: {titel: A}\n  zh: {title: B}\n", 1, "en in billing must have a title"),
        ("billing: {en: {title: A}, zh: {title: B}}\nbilling: {}\n", 2, "given twice"),
        ("billing:\n  en: {title: A}\n  zh: {title: B}\n  en: {title: C}\n", 4, "given twice"),
    ],
)
def test_a_fault_in_the_file_is_told_with_its_line(text, line, words):
    (problem,) = told({**FILES, "categories.yml": text})
    assert problem.startswith(f"categories.yml:{line}: ")
    assert words in problem


def test_what_is_missing_is_a_warning():
    files = {**FILES, "categories.yml": "empty: {en: {title: E}, zh: {title: E}}\nbilling: {en: {title: Bills}}\n"}
    assert told(files) == []
    no_article, no_title = told(files, error=False)
    assert "no article in empty" in no_article
    assert "no title in zh" in no_title
    assert read(files).categories[0].titles == {"en": "Bills", "zh": "Bills"}
