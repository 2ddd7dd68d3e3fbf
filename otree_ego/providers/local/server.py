"""The embedded model's process: ``python -m otree_ego.providers.local.server --weights FILE``.

It reads settings from its arguments and a key from the first line of its input, prints one line of JSON
(``{"address": …}`` or ``{"error": …}``), and serves OpenAI's protocol until its input ends: when its parent
closes it, or is gone for whatever reason. Of this package's dependencies it imports only xllamacpp.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

CACHE_MIB = 128
"""Memory for conversations that were read before, so that the next turn of each need not read it again."""
WAITING = 128
"""Requests that may wait for a slot at once."""


def main() -> None:
    """Serve until the input ends."""
    parser = argparse.ArgumentParser(prog="python -m otree_ego.providers.local.server")
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--slots", type=int, default=1, help="replies at once")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--context", type=int, default=4096, help="tokens for each slot")
    args = parser.parse_args()
    out = _own_output()
    key = sys.stdin.readline().strip()
    try:
        server = start(args.weights, key, args.slots, args.threads, args.context)
    except ImportError as problem:
        _say(out, error=f"xllamacpp cannot be loaded ({problem})")
    except RuntimeError:
        _say(out, error=f"{args.weights} cannot be loaded")
    else:
        _say(out, address=server.listening_address)
        sys.stdin.buffer.read()
    # The server's own end waits for replies under way; nobody is left to read them.
    os._exit(0)


def start(weights: Path, key: str, slots: int, threads: int, context: int) -> Any:
    """Load the weights and serve them on a free port of the loopback to who has the key; returns the server."""
    from xllamacpp import CommonParams, Server

    params = CommonParams()
    params.model.path = str(weights)
    params.model_alias = {weights.stem}
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [key]
    params.n_parallel = slots
    params.n_ctx = context * slots
    params.cpuparams.n_threads = threads
    params.cpuparams_batch.n_threads = threads
    params.n_threads_http = WAITING
    params.cache_ram_mib = CACHE_MIB
    params.verbosity = 2
    params.ui = False
    params.offline = True
    return Server(params)


def _own_output() -> int:
    """A descriptor for our one line; whatever the library prints goes to the log instead."""
    out = os.dup(1)
    os.dup2(2, 1)
    return out


def _say(out: int, **line: str) -> None:
    os.write(out, json.dumps(line).encode() + b"\n")
    os.close(out)


if __name__ == "__main__":
    main()
