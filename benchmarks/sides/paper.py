"""The paper's design: pairs who play a dilemma over rounds in frames, recorded and resumable; or a bare loop of it."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import time
from typing import Any

from measured import most_memory
from openai import AsyncOpenAI

FRAMES = [f"frame {number}" for number in range(1, 11)]
SYSTEM = "You play a game with {name}. It is called {frame}. Each round, both choose A or B. {order}"
PAYOFFS = "Both A: 20 each. Both B: 8 each. A against B: 0 for A, 28 for B."
ASK = "Round {number}. {before} What do you choose? Answer A or B."
ORDERS = ("You move first.", "You move second.")


def question(number: int, others: list[str]) -> str:
    before = f"The other one chose {others[-1]} before." if others else "Nobody has chosen yet."
    return ASK.format(number=number, before=before)


async def bare(args: argparse.Namespace) -> int:
    client, gate = AsyncOpenAI(max_retries=2), asyncio.Semaphore(args.concurrency)

    async def pair(number: int) -> int:
        async with gate:
            frame = FRAMES[number % len(FRAMES)]
            said: list[list[dict[str, str]]] = [
                [{"role": "system", "content": SYSTEM.format(name=name, frame=frame, order=order) + " " + PAYOFFS}]
                for name, order in zip(("Ben", "Ann"), ORDERS, strict=True)
            ]
            chosen: list[list[str]] = [[], []]
            for turn in range(args.rounds):
                for seat in (0, 1):
                    text = question(turn + 1, chosen[1 - seat])
                    said[seat].append({"role": "user", "content": text})
                    done = await client.chat.completions.create(
                        model="gpt-6-luna",
                        messages=said[seat],
                        temperature=1.0,  # type: ignore[arg-type]
                    )
                    answer = done.choices[0].message.content or ""
                    said[seat].append({"role": "assistant", "content": answer})
                    chosen[seat].append(answer.strip())
            return sum(map(len, chosen))

    found = await asyncio.gather(*(pair(number) for number in range(args.pairs * len(FRAMES))))
    await client.close()
    return sum(found)


def ours(args: argparse.Namespace) -> int:
    from otree_ego import Conversation, GPTThread, Prompt
    from otree_ego.experiment import Experiment, replicate

    experiment = Experiment(*FRAMES)
    system = Prompt(SYSTEM.format(name="{{ name }}", frame="{{ treatment.name }}", order="{{ order }}") + " " + PAYOFFS)

    def make() -> Conversation:
        first = GPTThread("gpt-6-luna", temperature=1.0, retries=2, name="Ben", order=ORDERS[0])
        return Conversation(first, GPTThread("gpt-6-luna", temperature=1.0, retries=2, name="Ann", order=ORDERS[1]))

    async def play(convo: Any) -> int:
        for thread in convo:
            await thread.aio.system(system)
        for turn in range(args.rounds):
            for thread in convo:
                answer = await thread.aio.submit(question(turn + 1, thread.other.choices))
                thread.choices.append(answer.strip())
        return sum(len(thread.choices) for thread in convo)

    done = replicate(
        play, make, args.pairs * len(FRAMES), experiment=experiment, seed=args.seed, concurrency=args.concurrency,
        name="paper",
    )  # fmt: skip
    return sum(each.result for each in done if each.status == "done")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("side", choices=("bare", "ours"))
    for name in ("pairs", "rounds", "concurrency"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--seed", type=int, default=None)
    args = parser.parse_args()
    _ = AsyncOpenAI().chat.completions  # imports are not what is measured
    if args.side == "ours":
        import otree_ego.experiment
        from otree_ego.providers.openai.provider import sdk

        assert otree_ego.experiment
        sdk()
    cpu, wall = time.process_time(), time.perf_counter()
    decisions = asyncio.run(bare(args)) if args.side == "bare" else ours(args)
    figures = {
        "decisions": decisions, "wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu,
        "memory": most_memory(), "pid": os.getpid(),
    }  # fmt: skip
    print(json.dumps(figures), flush=True)


main()
