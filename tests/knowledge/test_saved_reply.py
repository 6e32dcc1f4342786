"""Which saved reply fits a customer's words, in both languages, and when none is said to."""

import pytest

from ticket_api.knowledge.saved_reply import LONGEST, Wording, fitting, index_of

ENGLISH = {
    "a1": ("Refund: 14 days", "You can have your money back within 14 days. It reaches your card soon."),
    "a2": ("Charged twice", "One of the two payments is only a reservation by your bank, and disappears in 7 days."),
    "a3": ("Can't log in", 'Please open the sign-in page, choose "Forgot password" and follow the link in the mail.'),
    "a4": ("Sync is stuck", "Please press Sync now on both devices, with the app open and on Wi-Fi."),
    "a5": ("How to export", "Under Settings, Data you find Export everything: a ZIP file with all notes."),
    "a6": ("Invoice with VAT number", "All invoices are under Account, Billing. Enter company and VAT number there."),
}
CHINESE = {
    "b1": ("退款：14 天内", "购买后 14 天内可以全额退款，款项会退回原来的付款方式。"),
    "b2": ("重复扣款", "两笔中有一笔只是银行的预授权，7 天内会自动取消。"),
    "b3": ("登录不了", "请打开登录页面，点“忘记密码”，按照邮件里的链接重新设置。"),
    "b4": ("同步卡住", "请在两台设备上点“立即同步”，并保持应用打开。"),
    "b5": ("怎么导出", "在“设置—数据”里点“全部导出”，会生成一个 ZIP 文件，里面有全部笔记。"),
    "b6": ("开发票", "所有发票都在“账户—账单”里，在那里填写公司名称和税号。"),
}
HOSTILE = {
    "nothing": " ",
    "a variable": "{name} {article} {{ number }} {% raw %}",
    "front matter": "---\ntitle: no\nlang: zh\n---\n",
    "HTML": "<script>alert(1)</script><!--" + "<p " * 300,
    "open brackets": "[x](" * 500 + "![](" * 500,
    "a table": "| a | b |\n|---|---|\n" * 100,
    "open code": "```\n" * 400,
    "headings": "# \n" * 500 + "#" * 500,
    "quotes": "> " * 900,
    "accents": "a\u0301" * 900,
    "control characters": "\x07\u202e\u2066" * 300,
}


def wordings(lang, replies):
    return [Wording(id_, lang, *words) for id_, words in replies.items()]


@pytest.fixture(scope="module")
def index():
    return index_of([*wordings("en", ENGLISH), *wordings("zh", CHINESE)])


def chosen(index, text, lang):
    found = fitting(index, text, lang)
    return found.id if found else None


@pytest.mark.parametrize(
    ("lang", "text", "right"),
    [
        ("en", "I want my money back", "a1"),
        ("en", "Why do I see the same charge twice?", "a2"),
        ("en", "I forgot my password and can't log in", "a3"),
        ("en", "sync is stuck at 80%", "a4"),
        ("en", "How can I export all my notes?", "a5"),
        ("en", "Can you add our VAT number to the invoice?", "a6"),
        ("zh", "我要退款", "b1"),
        ("zh", "被重复扣费了", "b2"),
        ("zh", "忘记密码了", "b3"),
        ("zh", "两台设备上同步不了", "b4"),
        ("zh", "怎么导出全部笔记？", "b5"),
        ("zh", "需要给公司开發票", "b6"),
    ],
)
def test_the_reply_that_fits(index, lang, text, right):
    assert chosen(index, text, lang) == right


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "Do you have a dark mode?"),
        ("en", "I love your app, thank you!"),
        ("en", "hello"),
        ("en", ""),
        ("en", "?!"),
        ("zh", "有深色模式吗？"),
        ("zh", "你们几点上班？"),
        ("zh", "你好"),
        ("fr", "I want my money back"),
    ],
)
def test_none_where_none_surely_fits(index, lang, text):
    assert chosen(index, text, lang) is None


def test_only_replies_in_the_customers_language_fit(index):
    assert chosen(index, "我要退款", "en") is None
    assert chosen(index_of(wordings("en", ENGLISH)), "I want my money back", "zh") is None


def test_why_it_fits_is_told_in_the_customers_own_words(index):
    english, chinese = fitting(index, "Why was I charged twice?", "en"), fitting(index, "需要给公司开發票", "zh")
    assert ("title", ("charged", "twice")) in [(each.part, each.words) for each in english.why]
    assert any("發票" in word for each in chinese.why for word in each.words)
    assert all(each.words and each.weight > 0 for found in (english, chinese) for each in found.why)


def test_of_one_reply_alone_it_is_said_as_well_whether_it_fits():
    index = index_of(wordings("en", {"a1": ENGLISH["a1"]}))
    assert chosen(index, "I want my money back, please send a refund to my card", "en") == "a1"
    assert chosen(index, "Will there be an Android version of it?", "en") is None
    assert chosen(index_of([]), "I want my money back", "en") is None


def test_of_two_that_are_alike_none_is_chosen_until_the_question_tells_them_apart():
    alike = {
        "b1": ("Refund to a card", "You get your money back within 5 days."),
        "b2": ("Refund to PayPal", "You get your money back within 5 days."),
    }
    others = {id_: words for id_, words in ENGLISH.items() if id_ != "a1"}
    index = index_of(wordings("en", alike | others))
    assert chosen(index, "I want my refund, my money back", "en") is None
    assert chosen(index, "I want a refund to PayPal", "en") == "b2"
    one_of_them = index_of(wordings("en", {"b1": alike["b1"]} | others))
    assert chosen(one_of_them, "I want my refund, my money back", "en") == "b1"


def test_letters_that_are_alike_tell_nobody_why(index):
    assert chosen(index, "同步", "zh") == "b4"
    assert chosen(index, "步同", "zh") is None


def test_one_that_is_nearly_sure_isnt():
    index = index_of(wordings("en", ENGLISH))
    assert chosen(index, "forgot password mail", "en") == "a3"
    assert chosen(index, "reset the mail", "en") is None


def test_the_owners_synonyms_count():
    replies = wordings("en", {"a1": ("Clone a board", "Open it and choose Copy."), "a2": ENGLISH["a2"]})
    meant = index_of(replies, [("clone", "replicate")])
    assert chosen(index_of(replies), "replicate it", "en") is None
    assert chosen(meant, "replicate it", "en") == "a1"


def test_an_index_that_follows_is_the_one_made_anew(index):
    changed = ENGLISH | {"a7": ("Delete the account", "I have deleted your account and all that was in it.")}
    del changed["a2"]
    replies = [*wordings("en", changed), *wordings("zh", CHINESE)]
    following = index_of(replies, previous=index)
    assert chosen(following, "please delete my account", "en") == "a7"
    assert chosen(following, "Why do I see the same charge twice?", "en") != "a2"
    assert chosen(index_of([], previous=index), "I want my money back", "en") is None


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_in_a_reply_breaks_nothing(text):
    replies = wordings("en", ENGLISH)
    index = index_of([*replies, Wording("bad", "en", text[:100], text), Wording("worse", "en", "x", text * 20)])
    assert chosen(index, "I want my money back", "en") == "a1"
    assert chosen(index, text, "en") not in ENGLISH


def test_what_stands_far_below_does_not_count():
    far = Wording("a1", "en", "Thanks", "word " * (LONGEST // 5) + "xylophone")
    index = index_of([far, *wordings("en", {"a2": ENGLISH["a2"]})])
    assert chosen(index, "xylophone xylophone", "en") is None
