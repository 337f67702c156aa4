"""Buckets, turns and updates that come twice."""

from __future__ import annotations

import asyncio

from telegram import Update

from bot.limits import Allowance, Once, Turns


def test_a_bucket_lets_half_a_minutes_questions_through_and_fills_up() -> None:
    now = [0.0]
    allowance = Allowance(20, lambda: now[0])
    assert [allowance.take(1) for _ in range(10)] == [None] * 10
    refused = allowance.take(1)
    assert refused is not None
    assert (refused.wait_s, refused.told) == (3.0, False)
    again = allowance.take(1)
    assert again is not None
    assert again.told
    assert allowance.take(2) is None
    now[0] = 3.0
    assert allowance.take(1) is None
    now[0] = 3.5
    refused = allowance.take(1)
    assert refused is not None
    assert not refused.told


def test_buckets_of_many_users_take_little_memory() -> None:
    allowance = Allowance(20)
    for user in range(30_000):
        allowance.take(user)
    assert len(allowance._buckets) == 10_000


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
