"""A page of the desk waits while a question is being answered, and never for long."""

import asyncio

import pytest

from tests.flows.asking import UNKNOWN, ask
from ticket_api.web import precedence
from ticket_api.web.precedence import Precedence


def test_a_page_waits_for_the_question():
    async def both() -> list[str]:
        first, order = Precedence(), []

        async def question():
            with first.asking():
                await asyncio.sleep(0.01)
                order.append("question")

        async def page():
            await first.give_way()
            order.append("page")

        await asyncio.gather(question(), page())
        return order

    assert asyncio.run(both()) == ["question", "page"]


def test_a_question_that_never_ends_holds_no_page_up_for_good(monkeypatch):
    monkeypatch.setattr(precedence, "LONGEST", 0.01)

    async def page() -> None:
        first = Precedence()
        with first.asking():
            await first.give_way()

    asyncio.run(asyncio.wait_for(page(), 20))


def test_a_question_that_fails_is_waited_for_no_more():
    async def page() -> None:
        first = Precedence()
        with pytest.raises(ValueError, match="no"), first.asking():
            raise ValueError("no")
        await asyncio.wait_for(first.give_way(), 20)
        assert first._asking == 0

    asyncio.run(page())


def test_the_desk_lets_questions_go_before(alice, bob, monkeypatch):
    counted = []

    async def seen(first: Precedence) -> None:
        counted.append(first._asking)

    monkeypatch.setattr(Precedence, "give_way", seen)
    ask(bob, UNKNOWN)
    assert not counted
    alice.get("/desk")
    assert counted == [0]
