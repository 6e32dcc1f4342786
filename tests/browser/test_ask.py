"""A customer asks in the browser: suggestions while typing, the offer, and what comes after it."""

import pytest
from playwright.sync_api import Page, expect

from tests.serving import Server
from ticket_api.errors import StoreFull

QUESTION = "I was charged twice this month, why did you take the money two times?"
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


def field(page: Page):
    return page.locator("textarea[name=message]")


def ask(page: Page, text: str = QUESTION, button: str = "Send my question") -> None:
    field(page).fill(text)
    page.get_by_role("button", name=button, exact=True).click()


def offer(page: Page):
    heading = page.get_by_role("heading", name="Does one of these answer it?")
    expect(heading).to_be_visible()
    return heading


def heading(page: Page, name: str):
    found = page.get_by_role("heading", name=name)
    expect(found).to_be_visible()
    return found


def secret_link(page: Page) -> str:
    return page.locator(".hl-link a").get_attribute("href")


def only_ticket(server: Server):
    (ticket,) = server.store.tickets(("offered", "open", "waiting", "solved", "deflected"), limit=9)
    return ticket


@pytest.mark.parametrize(
    ("path", "options"), [("/contact/", {}), ("/contact/", PHONE), ("/account/delete-account/", PHONE)]
)
def test_suggestions_appear_while_typing_and_move_nothing(bob, path, options):
    page = bob(path, **options)
    box = field(page)
    box.click()
    page.keyboard.type("charged twice this", delay=20)
    form = [box, *(page.locator(f"[data-hl-form] {each}") for each in ("#hl-name", "#hl-email", "[data-hl-send]"))]
    before = [each.bounding_box() for each in form]
    page.keyboard.type(" month")
    suggestions = page.locator("[data-hl-typing]")
    expect(suggestions.get_by_role("link", name="You were charged twice")).to_be_visible()
    assert 1 <= suggestions.get_by_role("link").count() <= 3
    assert [each.bounding_box() for each in form] == before
    expect(page.locator("[data-hl-announce]")).to_contain_text("after the form")
    expect(box).to_be_focused()


def test_suggestions_appear_while_typing_chinese(bob):
    page = bob("/zh/contact/")
    field(page).click()
    page.keyboard.type("被重复扣款了")
    expect(page.locator("[data-hl-typing]").get_by_role("link", name="被重复扣款了")).to_be_visible()


def open_stopped(bob, path: str) -> Page:
    """A page in which time goes by only when the test says so."""
    page = bob("about:blank")
    page.clock.install(time=0)
    page.clock.pause_at(1000)
    page.goto(path)
    return page


def type_slowly(page: Page, text: str) -> list[str]:
    """Type with 200 milliseconds between two keys, and wait; the addresses that were asked for suggestions."""
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/api/suggestions" in request.url else None)
    field(page).click()
    for sign in text:
        page.keyboard.type(sign)
        page.clock.run_for(200)
    page.clock.run_for(1000)
    with page.expect_response("**/api/health"):  # asked for after all others
        page.evaluate("fetch('/api/health')")
    return asked


@pytest.mark.parametrize("text", ["re", "退"])
def test_nothing_is_asked_for_while_too_little_is_typed(bob, text):
    page = open_stopped(bob, "/contact/")
    assert type_slowly(page, text) == []


def test_no_suggestions_when_unsure(bob):
    page = open_stopped(bob, "/contact/")
    with page.expect_response("**/api/suggestions*") as answered:
        assert len(type_slowly(page, "xylophone quartz zebra")) == 1
    assert answered.value.json() == {"suggestions": []}
    expect(page.locator("[data-hl-typing]")).to_be_hidden()


def test_one_request_for_a_burst_of_keys(bob):
    page = open_stopped(bob, "/contact/")
    assert len(type_slowly(page, "charged twice this month")) == 1
    expect(page.locator("[data-hl-typing]")).to_be_visible()


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desktop", "phone"])
def test_an_article_solves_it(bob, server, options):
    page = bob("/billing/update-card/", **options)
    ask(page)
    expect(offer(page)).to_be_focused()
    assert only_ticket(server).status == "offered"
    first = page.locator(".hl-offer").first
    expect(first).to_contain_text("You were charged twice")
    first.get_by_role("button", name="This solved it").press("Enter")
    expect(page.get_by_role("heading", name="Good to hear")).to_be_visible()
    ticket = only_ticket(server)
    assert (ticket.status, ticket.solved_by, ticket.page) == (
        "deflected",
        "billing/charged-twice",
        "/billing/update-card/",
    )
    page.get_by_role("button", name="It isn't solved after all").click()
    expect(page.get_by_role("heading", name="Your question is sent")).to_be_visible()
    assert only_ticket(server).status == "open"


def test_both_ways_out_of_the_offer_weigh_the_same(bob):
    page = bob("/contact/")
    ask(page)
    offer(page)

    page.mouse.move(0, 0)  # what it rests on looks different

    def look(button):
        names = ["backgroundColor", "color", "fontSize", "fontWeight", "height", "borderColor"]
        return button.evaluate("(element, names) => names.map((name) => getComputedStyle(element)[name])", names)

    solved = page.get_by_role("button", name="This solved it").first
    assert look(solved) == look(page.get_by_role("button", name="Send my question anyway"))


def test_sent_anyway_answered_read_and_written_again(bob, alice, server):
    page = bob("/contact/")
    page.get_by_label("Your name (optional)").fill("Bob")
    ask(page)
    offer(page)
    page.get_by_role("button", name="Send my question anyway").press("Enter")
    expect(page.get_by_role("heading", name="Your question is sent")).to_be_visible()
    link = page.locator(".hl-link a").get_attribute("href")

    alice.goto("/desk")
    alice.get_by_role("link", name=QUESTION).click()
    expect(alice.get_by_text("You were charged twice").first).to_be_visible()
    alice.get_by_label("Your reply").fill("One of them is a **reservation**.")
    alice.get_by_role("button", name="Send reply").click()
    expect(alice.locator(".status")).to_have_text("Waiting")
    server.clock.move(seconds=11)  # till then it could be taken back

    page.goto(link)
    expect(page.locator(".message.owner strong", has_text="reservation")).to_be_visible()
    page.get_by_label("Write again").fill("It is still there.")
    page.get_by_role("button", name="Send message").click()
    expect(page.get_by_text("It is still there.")).to_be_visible()

    alice.goto("/desk")
    alice.get_by_role("link", name=QUESTION).click()
    expect(alice.get_by_text("It is still there.")).to_be_visible()
    alice.get_by_role("button", name="Mark solved", exact=True).click()
    expect(alice.locator(".status")).to_have_text("Solved")


def test_silence_sends(bob, alice, server):
    page = bob("/contact/")
    ask(page)
    offer(page)
    alice.goto("/desk")
    expect(alice.get_by_text("Nobody waits for you")).to_be_visible()
    server.clock.move(minutes=10)
    alice.reload()
    expect(alice.get_by_role("link", name=QUESTION)).to_be_visible()


def test_nothing_confident_means_no_offer(bob, server):
    page = bob("/contact/")
    ask(page, "xylophone quartz zebra")
    expect(page.get_by_role("heading", name="Your question is sent")).to_be_visible()
    assert only_ticket(server).status == "open"


def test_in_chinese_from_start_to_end(bob, server):
    page = bob("/zh/billing/payment-failed/")
    ask(page, "这个月扣了我两次钱，怎么退？", "发送问题")
    expect(page.get_by_role("heading", name="下面有你要的答案吗？")).to_be_visible()
    assert only_ticket(server).lang == "zh"
    page.get_by_role("button", name="还是发送我的问题").click()
    expect(page.get_by_role("heading", name="你的问题已经发出")).to_be_visible()
    page.goto(page.locator(".hl-link a").get_attribute("href"))
    assert page.locator("html").get_attribute("lang") == "zh"
    expect(page.get_by_text("等待我们回复")).to_be_visible()


def test_errors_stand_beside_their_field_and_nothing_is_lost(bob, server):
    page = bob("/contact/", allow_faults=True)
    ask(page, "  ")
    expect(page.locator("#hl-message-error")).to_have_text("Please write your question first.")
    page.get_by_label("Your e-mail address").fill("not an address")
    ask(page)
    expect(page.locator("#hl-email-error")).to_contain_text("doesn't look like")
    expect(page.get_by_label("Your e-mail address")).to_be_focused()
    expect(field(page)).to_have_value(QUESTION)
    assert server.store.count_tickets() == {}


def test_the_api_stops_while_the_form_is_open(bob, server):
    page = bob("/contact/", allow_faults=True)
    field(page).fill(QUESTION)
    server.stop()
    page.get_by_role("button", name="Send my question", exact=True).click()
    trouble = page.locator("[data-hl-trouble]")
    expect(trouble).to_contain_text("didn’t get through")
    expect(field(page)).to_have_value(QUESTION)
    mail = trouble.get_by_role("link", name="Send as e-mail").get_attribute("href")
    assert mail.startswith("mailto:help@larkbill.example?")
    assert "charged%20twice" in mail
    server.start()
    trouble.get_by_role("button", name="Try again").click()
    offer(page)
    assert only_ticket(server).question == QUESTION


def test_a_full_disk_is_told_and_the_text_stays_in_the_form(bob, server, monkeypatch):
    page = bob("/contact/", allow_faults=True)
    real = type(server.store).together
    monkeypatch.setattr(type(server.store), "together", lambda _, jobs: [StoreFull("store_full")] * len(jobs))
    ask(page)
    trouble = page.locator("[data-hl-trouble]")
    expect(trouble).to_contain_text("There is no room left to store your text")
    expect(field(page)).to_have_value(QUESTION)
    monkeypatch.setattr(type(server.store), "together", real)
    trouble.get_by_role("button", name="Try again").click()
    offer(page)
    assert only_ticket(server).question == QUESTION


def test_an_answer_lost_on_the_way_makes_no_second_ticket(bob, server):
    page = bob("/contact/", allow_faults=True)

    def lose(route):
        route.fetch()
        route.abort()

    page.route("**/api/tickets", lose, times=1)
    ask(page)
    expect(page.locator("[data-hl-trouble]")).to_contain_text("didn’t get through")
    page.get_by_role("button", name="Try again").click()
    offer(page)
    assert only_ticket(server).question == QUESTION


def test_a_draft_survives_a_look_at_an_article(bob):
    page = bob("/contact/")
    field(page).fill(QUESTION)
    page.goto("/billing/")
    page.goto("/contact/")
    expect(field(page)).to_have_value(QUESTION)


def test_words_are_never_markup(bob, server):
    page = bob("/contact/")
    ask(page, QUESTION + "<img src=x onerror='document.title=1'><script>document.title=2</script>")
    offer(page)
    page.goto(secret_link(page))
    assert page.title() not in ("1", "2")
    expect(page.get_by_text("<script>document.title=2</script>")).to_be_visible()


def test_an_impatient_second_click_closes_nothing(bob, server):
    page = open_stopped(bob, "/contact/")
    spot = {"clientX": 400, "clientY": 300, "detail": 1, "bubbles": True}
    field(page).fill(QUESTION)
    page.evaluate("spot => document.body.dispatchEvent(new MouseEvent('click', spot))", spot)
    page.locator("[data-hl-form]").evaluate("form => form.requestSubmit()")
    offer(page)
    solved = page.get_by_role("button", name="This solved it").first
    posts = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    solved.dispatch_event("click", spot)
    with page.expect_response("**/api/health"):  # asked for after what a click asks for
        page.evaluate("fetch('/api/health')")
    assert posts == []
    assert only_ticket(server).status == "offered"
    solved.dispatch_event("click", {**spot, "clientX": 700})
    expect(page.get_by_role("heading", name="Good to hear")).to_be_visible()
    assert only_ticket(server).status == "deflected"
