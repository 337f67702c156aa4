"""Turns, and updates that come twice."""

from __future__ import annotations

import asyncio

from telegram import Update

from bot.limits import Once, Turns


def test_turns_are_taken_in_order_and_forgotten() -> None:
    async def run() -> tuple[list[int], int]:
        turns, order = Turns(), []

        async def one(number: int) -> None:
            async with turns.turn("chat"):
                await asyncio.sleep(0.01 if number == 0 else 0)
                order.append(number)

        await asyncio.gather(*(one(number) for number in range(5)))
        return order, len(turns._waiting)

    assert asyncio.run(run()) == ([0, 1, 2, 3, 4], 0)


def test_an_update_is_worked_on_once() -> None:
    done: list[int] = []
    kinds: list[str] = []

    async def work(number: int) -> None:
        done.append(number)

    async def run() -> None:
        once = Once([5], kinds.append)
        for number in (5, 6, 6, 7):
            await once.process_update(Update(number), work(number))

    asyncio.run(run())
    assert done == [6, 7]
    assert kinds == ["other", "other"]
