"""Make and edit a built scenario in the browser: checked and previewed while you write, saved as you go.

The page is served from this machine only. Ctrl-C ends it; what was written is in the file.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import webbrowser
from pathlib import Path

from .shared.output import Failure, has_display
from .shared.run_store import add_store, named

HELP = "make and edit a built scenario in the browser"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """FILE, --port, --no-browser, --store."""
    text = "the scenario (default: built.json); it is made if it is not there"
    parser.add_argument("file", metavar="FILE", nargs="?", default="built.json", help=text)
    parser.add_argument("--port", type=int, default=0, help="the port (default: a free one)")
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
    add_store(parser)


def run(options: argparse.Namespace) -> int:
    """Do it; returns 0 after Ctrl-C."""
    from ..builder.beside import builder_server
    from .shared.project import load_project

    load_project()  # services of its own that a project declares can then be chosen
    path = Path(options.file)
    path = path if path.suffix else path.with_suffix(".json")
    if path.suffix != ".json":
        raise Failure(f"A built file has a name that ends with .json, not {path}.", 2)
    if not path.absolute().parent.is_dir():
        raise Failure(f"There is no folder {path.absolute().parent}.")
    if not 0 <= options.port <= 65535:
        raise Failure(f"A port is a number up to 65535, not {options.port}.", 2)
    with contextlib.ExitStack() as open_until_the_end:
        try:
            server = open_until_the_end.enter_context(builder_server(path, named(options), options.port))
        except OSError as error:
            raise Failure(f"Port {options.port} cannot be used ({error.strerror}): choose another one.") from None
        print(f"Editing {path.absolute()}.\nOpen {server.address} in your browser. Ctrl-C ends it.", flush=True)
        if not options.no_browser and has_display():
            webbrowser.open(server.address)
        gc.freeze()  # what was loaded stays: looking for waste in it takes longer than to answer a key
        with contextlib.suppress(KeyboardInterrupt):
            server.serve_forever(poll_interval=0.2)
    print("\nEnded. What you wrote is in the file.")
    return 0
