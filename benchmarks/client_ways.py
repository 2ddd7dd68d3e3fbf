"""CPU time of one call that is not streamed: the SDK's ways, on its usual transport and on aiohttp, and ours.

python -m benchmarks.client_ways [--calls 300] [--together 1 100] [--repetitions 3] [--mock aimock]

`create` makes the SDK's objects of the answer; `raw` (with_raw_response) and `streaming` (with_streaming_response) hand
out its bytes, which are read as JSON; `post` (client.post) also takes a body that is ready, as ours does. Each
measurement is a process of its own, connections made and imports done.
"""

from __future__ import annotations

import sys

from .common import Mock, median, parser
from .design_run import one
from .envs import environment, version

SDK = ("create", "raw", "streaming", "post")


def ways() -> dict[str, str]:
    """Each way, and the Python that it needs."""
    found = dict.fromkeys((*SDK, "ours"), sys.executable)
    # aiohttp is not among what we need, so it gets a place of its own, beside the same version of the SDK.
    python = environment("aiohttp", f"openai[aiohttp]=={version(sys.executable, 'openai')}")
    return found | ({f"{name}+aiohttp": python for name in SDK} if python else {})


def main() -> None:
    options = parser(__doc__, 3)
    options.add_argument("--calls", type=int, default=300)
    options.add_argument("--together", type=int, nargs="+", default=[1, 100], help="calls under way at a time")
    options.add_argument("--mock", choices=("aimock", "ego"), default="aimock")
    args = options.parse_args()
    pythons = ways()
    with Mock(args.mock, 0) as mock:
        for together in args.together:
            seen: dict[str, list[float]] = {way: [] for way in pythons}
            for number in range(args.repetitions):
                for way in list(seen) if number % 2 == 0 else list(seen)[::-1]:
                    options_of_it = {"way": way, "calls": args.calls, "together": together}
                    seen[way].append(one("way", pythons[way], mock.base_url, options_of_it)["cpu"])
            create = median(seen["create"])
            print(f"client_ways: CPU of one call, {together} at a time")
            for way, times in seen.items():
                found = median(times)
                print(f"    {way:18} {found * 1000:5.2f} ms, {found / create:.2f} x create", flush=True)


if __name__ == "__main__":
    main()
