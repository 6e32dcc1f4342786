"""Small libraries for the tests of this room."""

from ticket_api.knowledge.articles import Article, Library, read_library
from ticket_api.knowledge.index import ArticleIndex, build_index

LANGUAGES = ("en", "zh")


def written(title: str, body: str = "Some text.", front: str = "") -> str:
    """The text of an article's file."""
    return f"---\ntitle: {title}\n{front}---\n\n{body}\n"


def read(files: dict[str, str | bytes], languages: tuple[str, ...] = LANGUAGES) -> Library:
    """The library of these files."""
    return read_library({path: t.encode() if isinstance(t, str) else t for path, t in files.items()}, languages)


def told(files: dict[str, str | bytes], *, error: bool = True) -> list[str]:
    """The problems of these files as they are printed: errors, or warnings."""
    return [str(problem) for problem in read(files).problems if problem.error is error]


def only_article(text: str, path: str = "billing/a.md") -> Article:
    """The one article that this text makes."""
    (article,) = read({path: text}).articles
    return article


def index_of(files: dict[str, str | bytes]) -> ArticleIndex:
    """The index of these files."""
    return build_index(read(files).articles)


HELP = {
    "refunds/get-a-refund.md": written(
        "Ask for a refund",
        "Open **Settings** and ask beside the payment.\n\n## By when\n\nWithin 14 days of the charge.\n\n"
        "## When it arrives\n\nCards take 5 to 10 working days, PayPal 2.",
        "tags: [refund, payment]\nquestions:\n  - how do I get my money back\n",
    ),
    "refunds/get-a-refund.zh.md": written(
        "申请退款",
        "打开设置，在那笔付款旁边点申请退款。\n\n## 多久到账\n\n银行卡需要 5 至 10 个工作日。",
        "questions: [怎么退款]\n",
    ),
    "account/forgotten-password.md": written(
        "Reset a forgotten password", "Choose the reset link on the sign-in page.", "questions: [i cant log in]\n"
    ),
    "account/forgotten-password.zh.md": written("忘记密码", "在登录页点忘记密码，收到邮件后设置新密码。"),
    "account/two-step.md": written(
        "Turn on two-step verification", "Scan the code with an app.", "tags: [2FA]\nquestions: [set up 2fa]\n"
    ),
    "billing/payment-failed.md": written(
        "Your payment failed", "Code `E-1042`: your bank declined the card.", "tags: [E-1042]\n"
    ),
    "devices/sync.md": written("Devices show different data", "Wait until the tick shows that all is synchronised."),
    "privacy/cookies.md": written("Cookies and trackers", "There are none, so no banner asks you."),
    "invoices/vat.md": written("VAT and reverse charge", "Set the rate of each line on the invoice."),
    "billing/fapiao.zh.md": written("给公司报销的收据", "账单上可以写公司名称和税号。"),
}
