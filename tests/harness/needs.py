"""What a test needs besides Python: a server, a browser, PostgreSQL, the embedded model, an index of packages, or time.

The harness's classes and functions that start such a thing say so with `starts`. `needed` follows what a test's code
refers to until it comes to one of them, so that no test has to be marked by hand. What it does not find is found when
the test runs: `claim` raises unless the test has the marker.
"""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, TypeVar

T = TypeVar("T", bound=Callable[..., Any])

NEEDS = {
    "server": "needs oTree running: a server, or its bots",
    "browser": "needs Chromium",
    "postgres": "needs PostgreSQL",
    "model": "needs the embedded model and its weights",
    "index": "needs an index of packages, to install from",
    "slow": "runs programs, kills them, or draws many pictures",
}
PROGRAMS = (sys.executable, str(Path(sys.executable).with_name("otree")))
FIXTURES = {"server_factory": "server", "browser": "browser", "pg": "postgres"}
TESTS = f"{Path(__file__).resolve().parents[1]}{os.sep}"

_declared: dict[Any, str] = {}
_running: tuple[str, frozenset[str]] | None = None


def starts(what: str) -> Callable[[T], T]:
    """Declares that a class or function of the harness starts one of `NEEDS`."""

    def declare(thing: T) -> T:
        _declared[thing] = what
        return thing

    return declare


def needed(test: Callable[..., Any], module: ModuleType, fixtures: list[str]) -> set[str]:
    """What a test needs, from its code, the code of its module's fixtures, and the names of all its fixtures."""
    found = {FIXTURES[name] for name in fixtures if name in FIXTURES}
    waiting: list[Any] = [test, *filter(callable, (getattr(module, name, None) for name in fixtures))]
    seen: set[int] = set()
    while waiting:
        thing = inspect.unwrap(waiting.pop())
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        if thing in _declared:
            found.add(_declared[thing])
        else:
            waiting += _leads_to(thing)
            if isinstance(thing, FunctionType) and _starts_python(thing.__code__):
                found.add("slow")
    return found


def running(test: str = "", has: frozenset[str] = frozenset()) -> None:
    """Says which test runs from now on and what it is marked with; without arguments, that none does."""
    global _running
    _running = (test, has) if test else None


def claim(what: str) -> None:
    """Raises AssertionError if the test that runs now is not marked with what it is about to start."""
    if _running and what not in _running[1]:
        raise AssertionError(f"{_running[0]} {NEEDS[what]}: mark it with @pytest.mark.{what}")


def claim_program(executable: object, arguments: Sequence[object]) -> None:
    """Raises AssertionError if the test that runs now starts a Python, or oTree, and is not marked with any need.

    The process that fills templates is no program of the test's: one of them works for all.
    """
    if str(executable) in PROGRAMS and list(arguments[1:2]) != ["-I"] and _running and not _running[1]:
        claim("slow")


@cache
def _leads_to(thing: Any) -> tuple[Any, ...]:
    """Functions and classes of the tests that a function or a class refers to."""
    if inspect.isclass(thing):
        return tuple(value for value in vars(thing).values() if isinstance(value, FunctionType))
    if not isinstance(thing, FunctionType):
        return ()
    names = set(_names(thing.__code__))
    values = [thing.__globals__[name] for name in names if name in thing.__globals__]
    values += [vars(home)[name] for home in values if isinstance(home, ModuleType) for name in names & set(vars(home))]
    return tuple(value for value in values if _is_ours(inspect.unwrap(value) if callable(value) else value))


def _starts_python(code: CodeType) -> bool:
    """Whether this stands in it: `subprocess.run([sys.executable, …])`."""
    names = set(_names(code))
    return "executable" in names and bool(names & {"subprocess", "warm_python"})


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def _is_ours(thing: Any) -> bool:
    if isinstance(thing, FunctionType):
        return thing.__code__.co_filename.startswith(TESTS)
    if inspect.isclass(thing):
        return str(getattr(sys.modules.get(thing.__module__), "__file__", "")).startswith(str(TESTS))
    return False
