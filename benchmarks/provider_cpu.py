"""CPU time of one streamed reply in this process: our provider against the SDK's own loop.

python -m benchmarks.provider_cpu [--calls 300] [--together 20] [--chunk 20] [--repetitions 5]
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable

from .common import REPLY, Mock, median, parser

MODEL = "gpt-6-luna"
One = Callable[[], Awaitable[str]]


async def seconds_per_call(one: One, calls: int, together: int) -> float:
    """CPU seconds of this process for one call."""
    gate = asyncio.Semaphore(together)

    async def call() -> None:
        async with gate:
            assert await one() == REPLY

    before = time.process_time()
    await asyncio.gather(*(call() for _ in range(calls)))
    return (time.process_time() - before) / calls


async def compare(base_url: str, calls: int, together: int, repetitions: int) -> tuple[float, float]:
    """Medians of both, measured in turn."""
    from openai import AsyncOpenAI

    from otree_ego import Request
    from otree_ego.providers import provider_for

    client = AsyncOpenAI(base_url=base_url, api_key="sk-bench", max_retries=0)

    async def plain() -> str:
        question = [{"role": "user", "content": "Hello"}]
        stream = await client.chat.completions.create(model=MODEL, messages=question, stream=True)
        return "".join([c.choices[0].delta.content or "" async for c in stream if c.choices])

    async def ours() -> str:
        request = Request(model=MODEL, messages=(("user", "Hello"),), base_url=base_url)
        return "".join([piece async for piece in provider_for(MODEL).stream(request) if isinstance(piece, str)])

    found: dict[One, list[float]] = {plain: [], ours: []}
    for one in found:
        await seconds_per_call(one, 20, together)
    for _ in range(repetitions):
        for one, times in found.items():
            times.append(await seconds_per_call(one, calls, together))
    await client.close()
    return median(found[plain]), median(found[ours])


def main() -> None:
    found = parser(__doc__, 5)
    found.add_argument("--calls", type=int, default=300)
    found.add_argument("--together", type=int, default=20, help="calls under way at a time")
    found.add_argument("--chunk", type=int, default=20, help="characters in one delta (aimock)")
    args = found.parse_args()
    os.environ["OPENAI_API_KEY"] = "sk-bench"
    with Mock("aimock", 0, args.chunk) as mock:
        plain, ours = asyncio.run(compare(mock.base_url, args.calls, args.together, args.repetitions))
    print(
        f"provider_cpu: SDK {plain * 1000:.2f} ms a call, ours {ours * 1000:.2f} ms, ratio {ours / plain:.2f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
