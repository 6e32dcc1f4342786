"""The file that the search box falls back on."""

import json


def test_the_search_file_is_one_a_language(own):
    english = json.loads(own.text("/assets/helpleaf/search-en.json"))
    chinese = json.loads(own.text("/assets/helpleaf/search-zh.json"))
    assert {article["lang"] for article in english["articles"]} == {"en"}
    assert {article["lang"] for article in chinese["articles"]} == {"zh"}
    assert english["index"]["version"].startswith("2.3")
