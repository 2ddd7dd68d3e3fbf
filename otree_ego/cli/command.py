"""What all verbs share: the parser, and how a failure looks.

A failure is one sentence on stderr. Exit codes: 0 it worked, 1 it did not, 2 the command line is wrong,
130 Ctrl-C. ``EGO_DEBUG=1`` shows where an error came from.
"""

from __future__ import annotations

import argparse
import os
import platform
import signal
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from types import TracebackType

from ..display import on_one_line, say
from ..errors import EgoError
from .shared.output import Failure, make_ready, version_of

VERBS = (
    "demo", "startproject", "startapp", "check", "builder", "zip", "run", "play", "test", "resume", "data", "runs",
    "show", "cost", "report", "models", "weights", "migrate", "forget", "backup", "restore", "words",
)  # fmt: skip
"""Each is a module beside this one. Only the one that is asked for is loaded, for all of them take half a second."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line.

    Arguments:
        arguments: what stands after ``ego``; by default, what the shell gave.

    Returns:
        the exit code.

    >>> main(["--version"])  # doctest: +ELLIPSIS
    otree_ego 0...
    0
    """
    make_ready()
    try:
        code = _run(sys.argv[1:] if arguments is None else list(arguments))
        sys.stdout.flush()
        return code
    except KeyboardInterrupt as stop:
        if str(stop):
            say(f"ego: {stop}", sys.stderr)
        return 128 + signal.SIGINT
    except BrokenPipeError:
        # Python flushes stdout once more when it ends, which would complain again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (EgoError, Failure) as error:
        return _failed(error, _sentence(str(error)))
    # Whoever types a command is not helped by a traceback; EGO_DEBUG shows it.
    except Exception as error:
        return _failed(error, _sentence(f"unexpected {type(error).__name__}: {error} (EGO_DEBUG=1 shows where)"))


def parser(verb: str = "") -> argparse.ArgumentParser:
    """The command line of `ego`: one subcommand for each verb.

    Arguments:
        verb: the only one that is wanted; all of them if it is empty.
    """
    made = argparse.ArgumentParser(prog="ego", description="Language models in oTree experiments.")
    made.add_argument("--version", action="store_true", help="show the versions of otree_ego, oTree and Python")
    verbs = made.add_subparsers(dest="verb", metavar="VERB", title="verbs")
    for name in (verb,) if verb else VERBS:
        module = import_module(f".{name}", __package__)
        one = verbs.add_parser(name, help=module.HELP, description=(module.__doc__ or "").strip())
        module.add_arguments(one)
        one.set_defaults(run=module.run)
    return made


def _run(arguments: list[str]) -> int:
    if arguments == ["--version"]:
        print(f"otree_ego {version_of('otree-ego')}, oTree {version_of('otree')}, Python {platform.python_version()}")
        return 0
    made = parser(arguments[0] if arguments and arguments[0] in VERBS else "")
    try:
        options = made.parse_args(arguments)
    except SystemExit as end:
        return int(end.code or 0)
    if options.version:
        return _run(["--version"])
    if options.verb is None:
        made.print_help(sys.stderr)
        return 2
    return int(options.run(options))


def _failed(error: Exception, sentence: str) -> int:
    if os.environ.get("EGO_DEBUG", "") not in ("", "0"):
        sys.excepthook = _show
        raise error
    say(f"ego: {sentence}", sys.stderr)
    return error.code if isinstance(error, Failure) else 1


def _show(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """A traceback whose texts are harmless: an error may quote a service."""
    say("".join(traceback.format_exception(kind, error, trace)), sys.stderr, end="")


def _sentence(text: str) -> str:
    """One line, and the first letter as a sentence's."""
    line = on_one_line(text)
    return line[:1].upper() + line[1:] + ("" if line.endswith((".", "!", "?")) else ".")
