"""A bare loop over openai.AsyncOpenAI with its own default connections: nothing is recorded."""

from __future__ import annotations

import argparse
import asyncio

from measured import LEVELS, QUESTION, measured
from openai import AsyncOpenAI

_ = AsyncOpenAI().chat.completions  # a first client loads more modules: imports are not what is measured


def run(args: argparse.Namespace) -> int:
    async def main() -> int:
        client, gate, texts = AsyncOpenAI(max_retries=2), asyncio.Semaphore(args.concurrency), []

        async def call(number: int) -> None:
            text = QUESTION.format(a=number % LEVELS, b=number // LEVELS % LEVELS)
            async with gate:
                done = await client.chat.completions.create(
                    model="gpt-6-luna", messages=[{"role": "user", "content": text}], temperature=1.0
                )
            texts.append(done.choices[0].message.content)

        await asyncio.gather(*(call(number) for number in range(args.calls)))
        await client.close()
        return sum(bool(text) for text in texts)

    return asyncio.run(main())


measured(run)
