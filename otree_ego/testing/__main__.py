"""Run the fake service alone: ``python -m otree_ego.testing --port 8100``."""

from __future__ import annotations

import argparse
import threading

from .service import FakeService


def main() -> None:
    """Serve until interrupted; the first line printed is the address to give as ``base_url``."""
    parser = argparse.ArgumentParser(prog="python -m otree_ego.testing", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--reply", default=FakeService.DEFAULT_REPLY, help="what it answers")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before the first token")
    parser.add_argument("--pace", type=float, default=0.0, help="seconds between tokens")
    args = parser.parse_args()
    with FakeService(port=args.port) as service:
        service.reply, service.delay, service.pace = args.reply, args.delay, args.pace
        print(service.base_url, flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print("Stopped.")


if __name__ == "__main__":
    main()
