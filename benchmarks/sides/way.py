"""One way to make a call that is not streamed, so many times; prints the CPU seconds of one."""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

MODEL = "gpt-6-luna"
QUESTION = "Estimate the approval of politician 3 in year 7 of the presidency. Only a number from 0 to 100."
ASKED: dict[str, Any] = {"model": MODEL, "messages": [{"role": "user", "content": QUESTION}], "temperature": 1.0}
Call = Callable[[], Awaitable[str]]


def text_of(body: Any) -> str:
    text: str = body["choices"][0]["message"]["content"]
    return text


def sdk_ways(aiohttp: bool) -> dict[str, Call]:
    """The openai package's own, on its usual transport or on aiohttp."""
    import httpx2
    import openai

    client = openai.AsyncOpenAI(http_client=openai.DefaultAioHttpClient()) if aiohttp else openai.AsyncOpenAI()
    chat = client.chat.completions

    async def create() -> str:
        return (await chat.create(**ASKED)).choices[0].message.content or ""

    async def raw() -> str:
        return text_of(json.loads((await chat.with_raw_response.create(**ASKED)).text))

    async def streaming() -> str:
        async with chat.with_streaming_response.create(**ASKED) as response:
            return text_of(json.loads(await response.read()))

    async def post() -> str:
        response = await client.post("/chat/completions", cast_to=httpx2.Response, body=ASKED)
        return text_of(response.json())

    return {"create": create, "raw": raw, "streaming": streaming, "post": post}


def our_way() -> Call:
    """Our provider, without the pieces."""
    from otree_ego import Request
    from otree_ego.providers import provider_for

    request = Request(MODEL, (("user", QUESTION),), {"temperature": 1.0}, stream=False)

    async def ours() -> str:
        return "".join([piece async for piece in provider_for(MODEL).stream(request) if isinstance(piece, str)])

    return ours


async def seconds(one: Call, calls: int, together: int) -> float:
    """CPU seconds of this process for one call."""
    waiting = iter(range(calls))

    async def worker() -> None:
        for _ in waiting:
            assert await one()

    before = time.process_time()
    await asyncio.gather(*(worker() for _ in range(together)))
    return (time.process_time() - before) / calls


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--way", required=True)
    parser.add_argument("--calls", type=int, required=True)
    parser.add_argument("--together", type=int, required=True)
    args = parser.parse_args()
    name, _, on = args.way.partition("+")
    one = our_way() if name == "ours" else sdk_ways(on == "aiohttp")[name]
    await seconds(one, 2 * args.together, args.together)
    print(json.dumps({"cpu": await seconds(one, args.calls, args.together)}), flush=True)


asyncio.run(main())
