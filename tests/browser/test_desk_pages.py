"""Alice's rules, customers and channels in a real browser: for everybody, on every screen, and without a mouse."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_axe import CUT_OFF, LOCALES, faults, tab_to
from tests.channels.conftest import KEY
from tests.channels.receiver import receiver
from tests.serving import serving
from tests.store.asking import question
from ticket_api.customers.ratings import rate
from ticket_api.orders.importing import import_orders
from ticket_api.terminal import Progress
from ticket_api.tickets import handling
from ticket_api.tickets.event import Act
from ticket_api.webhooks.state import State, written

NOTHING_COVERS = """(link) => {
  const { left, right, top, height } = link.getBoundingClientRect();
  const menu = link.parentNode.getBoundingClientRect();
  const middle = (Math.max(left, menu.left) + Math.min(right, menu.right)) / 2;  // of what isn't cut off
  return link.contains(document.elementFromPoint(middle, top + height / 2));
}"""
SIZES = ({"width": 1440, "height": 900}, {"width": 360, "height": 780})
BOB = "bob@example.org"
ORDERS = (
    *((f"2025-{month:02}-01", BOB) for month in range(1, 7)),
    *(("2024-12-01", f"a-very-long-mailbox-of-customer-number-{number}@subdomain.example.org") for number in range(5)),
)
IN_FILE = {
    "name": "Refunds above a hundred, asked for at the weekend",
    "when": {"words": ["refund", "money back"], "lang": "en"},
    "then": {"tag": "refund", "priority": 5, "reply": "There is no such reply"},
}


@pytest.fixture
def called():
    with receiver() as there:
        yield there


@pytest.fixture
def server(patient, tmp_path, clock, called):
    """A desk with a rule and a hook of the file, and a webhook that is told of nothing but tests."""
    sections = {
        "rules": [IN_FILE],
        "hooks": {"shop": {"message": "text"}},
        "webhooks": [{"name": "chat", "url": called.url, "inside": True, "events": ["erased"]}],
    }
    signing = {"hook:shop": KEY, "webhook:chat": KEY}
    with serving(tmp_path, clock, sections, signing, build=str(patient)) as running:
        yield running


@pytest.fixture
def customer(server, clock, tmp_path) -> str:
    """The page of Bob, who has ordered, is late, has rated and has a note; five others have ordered as well."""
    for number, (_, address) in enumerate(ORDERS[5:], 1):
        given = {"email": address, "requester": f"{number:032x}", "lang": "en", "status": "solved"}
        ticket = question(number, name="Bob" if address == BOB else "", **given)
        server.store.add_ticket(ticket)
    act = Act("requester", "rated", clock())
    server.store.change_ticket(1, lambda each: handling.rate(each, 4, "", clock()), act)
    path = tmp_path / "orders.csv"
    path.write_text("\n".join(("date,address,amount,plan", *(f"{day},{who},20,pro" for day, who in ORDERS))))
    import_orders(server.store, path, clock(), Progress("Importing", "lines"))
    rate(server.store, clock())
    return f"/desk/customers/{server.store.tickets_of(BOB)[0].requester}"


def looked_at(page: Page, state: str) -> list[str]:
    """What is wrong with a page, wide and narrow, light and dark."""
    found = []
    for size in SIZES:
        page.set_viewport_size(size)
        found += faults(page, f"{state} at {size['width']} px")
        found += [f"{state} is cut off at {size['width']} px: {each}" for each in page.evaluate(CUT_OFF)]
    return found


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_axe_finds_nothing_and_nothing_is_cut_off(alice, bob, server, customer, clock, lang):
    page = bob("/desk/login", allow_faults=True, locale=LOCALES[lang])  # the refusal of a rule is one
    page.context.add_cookies(alice.context.cookies())
    page.goto("/desk/rules/new")
    page.locator("#words").fill("退款\nzebra" + "x" * 60)
    page.locator("#add_tag").fill("money")
    with page.expect_navigation():
        page.locator("button[value=save]").click()
    found = looked_at(page, "a rule without a name")
    page.locator("#name").fill("n" * 60)
    with page.expect_navigation():
        page.locator("button[value=save]").click()
    expect(page.locator(".rules > li")).to_have_count(2)
    found += looked_at(page, "rules")
    page.goto("/desk/customers")
    expect(page.locator(".customers > li")).to_have_count(6)
    found += looked_at(page, "customers")
    page.goto(customer)
    page.locator("#note").fill("Calls on Mondays.")
    with page.expect_navigation():
        page.locator("button[value=note]").click()
    page.locator("summary").first.click()
    found += looked_at(page, "customer")
    failing = State(trouble="answered", status=500, failed_at=clock(), failing_since=clock(), tries=3, off=True)
    server.store.change_paper("webhook:chat", lambda _: written(failing))
    page.goto("/desk/channels")
    expect(page.locator(".trouble")).to_be_visible()
    found += looked_at(page, "channels")
    assert found == []


def test_a_rule_is_made_with_the_keyboard_alone(alice):
    alice.goto("/desk/rules")
    tab_to(alice, alice.locator("a[href='/desk/rules/new']"))
    alice.keyboard.press("Enter")
    alice.wait_for_url("**/desk/rules/new")
    for label, typed in (("Name", "Keys"), ("words", "zebra"), ("Priority", "5")):
        tab_to(alice, alice.get_by_label(label).first)
        alice.keyboard.type(typed)
    tab_to(alice, alice.get_by_role("button", name="Save"))
    alice.keyboard.press("Enter")
    alice.wait_for_url("**/desk/rules?done=saved")
    made = alice.locator(".rules > li").last
    expect(made.get_by_role("heading", level=2)).to_contain_text("Keys")
    expect(made).to_contain_text("zebra")
    expect(made).to_contain_text("Priority 5")
    tab_to(alice, alice.get_by_role("button", name=re.compile("off.*Keys|Keys.*off")))
    alice.keyboard.press("Enter")
    expect(made.locator(".status")).to_have_text("off")


def test_a_figures_formula_shows_where_the_mouse_or_the_keyboard_is(alice, customer):
    alice.goto(customer)
    formula = alice.locator("#formula-order_value")
    figure = alice.locator(".figures div", has=formula)
    summary = figure.locator("summary")
    expect(summary).to_have_accessible_description(formula.text_content())
    expect(formula).to_be_hidden()
    summary.hover()
    expect(formula).to_be_visible()
    expect(formula).to_contain_text("/")
    alice.mouse.move(0, 0)
    expect(formula).to_be_hidden()
    alice.set_viewport_size({"width": 360, "height": 500})
    tab_to(alice, summary)
    expect(formula).to_be_in_viewport(ratio=1)
    alice.keyboard.press("Enter")
    expect(formula).to_be_hidden()
    expect(figure.locator("p")).to_be_visible()
    alice.keyboard.press("Enter")
    alice.keyboard.press("Tab")
    expect(formula).to_be_hidden()


def test_a_webhook_is_tried_and_switched_off_and_on(alice, called):
    alice.goto("/desk/channels")
    webhook = alice.locator("section").last.locator("li")
    webhook.get_by_role("button", name="Send a test to chat").click()
    expect(alice.get_by_role("status")).to_contain_text("204")
    assert called.types == ["test"]
    in_menu = alice.get_by_role("link", name="Channels Switched off")
    webhook.get_by_role("button", name="Switch off chat").click()
    expect(webhook.locator(".status")).to_have_text("Switched off")
    expect(alice.get_by_role("status")).to_contain_text("chat is off")
    expect(in_menu).to_be_visible()
    webhook.get_by_role("button", name="Switch on chat, and tell it what it missed").click()
    expect(webhook.locator(".status")).to_have_text("On")
    expect(alice.get_by_role("status")).to_contain_text("chat is on")
    expect(in_menu).to_have_count(0)


@pytest.mark.parametrize("strip", [".menu", ".views"])
def test_on_a_phone_where_one_is_stays_in_sight_and_covers_no_entry_that_has_the_focus(alice, strip):
    alice.set_viewport_size(SIZES[1])
    for place in alice.locator(f"{strip} a[href^='/desk']").evaluate_all("(links) => links.map((each) => each.href)"):
        alice.goto(place)
        expect(alice.locator(f"{strip} [aria-current]")).to_be_in_viewport(ratio=1)
        for entry in alice.locator(f"{strip} a").all():
            tab_to(alice, entry)
            assert entry.evaluate(NOTHING_COVERS), f"{entry.inner_text()} at {place}"
