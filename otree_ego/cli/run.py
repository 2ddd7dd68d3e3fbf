"""Run a scenario: a built file (JSON), or a module with run(times, …) in scenarios/ or in this folder.

Ends with "Experiment ID OK"; `ego data NAME ID` then gives the rows.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..display import say
from ..errors import ConfigError
from ..messages import EFFORTS, VERBOSITIES
from .shared.event_lines import event_lines
from .shared.output import Failure
from .shared.run_options import add_run_options, given_options, whole

HELP = "run a scenario: a built file or a module"
SETTINGS = ("reasoning_effort", "verbosity")
"""Settings of all models that the command line can give."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """NAME, -n, -p, --model, --seed, and how to run."""
    parser.add_argument("scenario", metavar="NAME", help="a built file, or a module in scenarios/ or in this folder")
    parser.add_argument("-n", "--times", type=whole, metavar="N", help="replications (default: 1)")
    parser.add_argument(
        "-p", "--param", nargs="+", action="append", default=[], metavar="KEY VALUE",
        help="an argument of the module's run(), e.g. -p rounds 5; numbers, true, false and null are taken as such",
    )  # fmt: skip
    parser.add_argument("--model", metavar="M", help="who sits in each seat that a model takes, e.g. gpt-6-luna")
    parser.add_argument(
        "--seat", metavar="N=M", action="append", default=[], dest="seats",
        help="built files: who sits in seat N, whoever sits there in the file, e.g. --seat 2=terminal/Ann for a person",
    )  # fmt: skip
    parser.add_argument(
        "--seed", type=int, metavar="S", help="makes assignments and draws repeatable, answers where the model can"
    )
    parser.add_argument("--reasoning-effort", choices=EFFORTS, help="how much the models are to reason")
    parser.add_argument("--verbosity", choices=VERBOSITIES, help="how much the models are to say")
    parser.add_argument("--balanced", action="store_true", help="built files: as many replications in each treatment")
    parser.add_argument(
        "--constrained", action="store_true",
        help="built files: the embedded model can only give answers of the form that a seat's filter wants",
    )  # fmt: skip
    add_run_options(parser)


def run(options: argparse.Namespace) -> int:
    """Do it."""
    with event_lines(options.events):
        return _run(options)


def _run(options: argparse.Namespace) -> int:
    from ..experiment.modules.scenario import find_scenario

    file = find_scenario(options.scenario)
    source = {
        "verb": "run", "file": str(file.absolute()), "times": options.times or 1, "folder": str(Path.cwd()),
        "params": params(options.param), "model": options.model or "", "seed": options.seed,
        "balanced": options.balanced, "constrained": options.constrained, "retries": options.retries or 0,
        "batch": bool(options.batch),
    }  # fmt: skip
    # Only where they are given: a run of before is found again by what it has.
    source.update({name: said for name in SETTINGS if (said := getattr(options, name))})
    source.update({"seats": found} if (found := in_seats(options.seats)) else {})
    only = [name for name in ("balanced", "constrained", "retries") if source[name]] + ["seat"] * ("seats" in source)
    if only and file.suffix == ".py":
        raise Failure(f"--{only[0]} is for built files; {file.name} is a module: its run() decides about that.", 2)
    if "times" in source["params"]:
        raise Failure("-p times …: how often is said by -n.", 2)
    return start(source, options)


def start(source: dict[str, Any], options: argparse.Namespace, resume: str = "") -> int:
    """Run what a source describes (see `run`), anew or to go on with a run."""
    from ..experiment.runs.options import COMMAND_LINE, CommandLine
    from ..stores.runs import STORE
    from .shared.project import load_project

    load_project()  # services of its own that a project declares are known then
    given = given_options(options)
    store = str(given.setdefault("store", STORE))
    given["fresh"] = not resume
    if source.get("batch") and not options.engine:  # a run that was begun so has its answers there
        given["batch"] = True
    token, began = COMMAND_LINE.set(CommandLine(given, resume=resume, source=source)), time.time()
    try:
        ids = _built(source) if source["file"].endswith(".json") else _module(source, store, resume)
    except KeyboardInterrupt as stop:
        return stopped(stop)
    except ConfigError:
        if not resume or not is_done(store, resume, began):
            raise
        ids = [resume]  # what comes after it is not what was asked for
    finally:
        COMMAND_LINE.reset(token)
    if not ids:
        raise Failure(f"{source['file']} ran, but no Thread said anything in it: there is nothing to keep.")
    return ended(store, ids)


def stopped(stop: KeyboardInterrupt) -> int:
    """Say that Ctrl-C has ended it; returns the exit code."""
    say(f"\nego: {stop or 'Stopped: Ctrl-C.'}", sys.stderr)
    return 128 + signal.SIGINT


def is_done(store: str, uid: str, since: float) -> bool:
    """Whether a run has come to its end since some time, in seconds since 1970."""
    from ..stores import RunStore

    opened = RunStore(store)
    try:
        run = opened.get(uid)
        return run.status == "done" and (run.ended or 0.0) >= since
    finally:
        opened.close()


def ended(store: str, ids: Sequence[str]) -> int:
    """Say that runs have ended, and what is not as it should be; the exit code is 1 if one has no answer at all."""
    from ..stores import RunStore

    opened, code = RunStore(store), 0
    try:
        for uid in ids:
            totals = opened.totals(uid)
            said = [f"{totals.tainted} tainted (an answer was invalid)"] * bool(totals.tainted)
            said += [f"{totals.failed} failed (no answer came; ego resume {uid[:8]} asks again)"] * bool(totals.failed)
            if said:
                note = f"{totals.replications} replications: {', '.join(said)}; ego show {uid[:8]} says why."
                say(note, sys.stderr)
            if totals.failed and totals.failed == totals.replications:
                print(f"ego: Experiment {uid} has no answer at all.", file=sys.stderr)
                code = 1
            else:
                print(f"Experiment {uid} OK")
        return code
    finally:
        opened.close()


def _built(source: dict[str, Any]) -> list[str]:
    from ..experiment.built.reader import read_built
    from ..experiment.built.work import run_built

    built, seats = read_built(source.get("built") or Path(source["file"])), source.get("seats") or {}
    if source["model"]:
        stay = [seat.number for seat in built.seats if seat.kind == "cli" and str(seat.number) not in seats]
        _say_who_is_asked(source["model"], stay, len(built.seats))
    done = run_built(
        built, source["times"], model=source["model"], seed=source["seed"], balanced=source["balanced"],
        retries=source["retries"], constrained=source.get("constrained", False),
        seats={int(number): model for number, model in seats.items()}, name=Path(source["file"]).stem,
        options={name: source[name] for name in SETTINGS if name in source},
    )  # fmt: skip
    return [done.run]


def _say_who_is_asked(model: str, people: Sequence[int], seats: int) -> None:
    """A person at the terminal is no model: --model does not take that seat."""
    if not people:
        return
    which = f"seat{'s' * (len(people) > 1)} {', '.join(map(str, people))}"
    stay = "stays a person's" if len(people) == 1 else "stay people's"
    others = f"{model} takes the others" if len(people) < seats else f"so {model} is not asked at all"
    say(f"--model: {which} of the file (CLIThread) {stay}, at this terminal; {others}.", sys.stderr)


def _module(source: dict[str, Any], store: str, resume: str) -> list[str]:
    from ..experiment.modules.module_run import play_module
    from ..experiment.modules.scenario import load_scenario, run_arguments
    from ..experiment.runs.options import RunOptions, settle_options
    from ..stores import RunStore

    module = load_scenario(Path(source["file"]))
    given = dict(source["params"])
    for name in ("model", "seed", *SETTINGS):
        if source.get(name) not in ("", None):
            given.setdefault(name, source[name])
    run_arguments(module, source["times"], given)  # what is wrong with them is said before a store is made
    opened = RunStore(store)
    try:
        before = opened.get(resume) if resume else None
        return play_module(module, source["times"], given, opened, settle_options(RunOptions()), before)
    finally:
        opened.close()


def in_seats(given: Sequence[str]) -> dict[str, str]:
    """Who sits where, as --seat says it.

    >>> in_seats(["1=gpt-6-luna", "2=terminal/Ann"])
    {'1': 'gpt-6-luna', '2': 'terminal/Ann'}
    """
    found: dict[str, str] = {}
    for each in given:
        number, _, model = each.partition("=")
        if not re.fullmatch(r"-?\d{1,18}", number.strip()) or not model.strip():
            raise Failure(f"--seat {each}: it takes a seat's number and who sits there, e.g. --seat 2=gpt-6-luna.", 2)
        found[str(int(number))] = model.strip()
    return found


def params(pairs: list[list[str]]) -> dict[str, Any]:
    """The arguments that -p gives; a third word (alter_ego's type) is understood, too.

    >>> params([["rounds", "5"], ["label", "a b"], ["noise", "0.5", "float"], ["fast", "true"]])
    {'rounds': 5, 'label': 'a b', 'noise': 0.5, 'fast': True}
    """
    found: dict[str, Any] = {}
    kinds: dict[str, Any] = {"int": int, "float": float, "str": str, "bool": lambda text: text.lower() in ("1", "true")}
    for words in pairs:
        if len(words) == 1 and "=" in words[0]:
            words = list(words[0].split("=", 1))
        if (len(words) == 3 and words[2] not in kinds) or not 2 <= len(words) <= 3:
            raise Failure(f"-p {' '.join(words)}: it takes a name and a value, e.g. -p rounds 5.", 2)
        name, text = words[0], words[1]
        if not name.isidentifier():
            raise Failure(f"-p {name} …: {name!r} cannot be the name of an argument.", 2)
        try:
            found[name] = kinds[words[2]](text) if len(words) == 3 else _value(text)
        except ValueError:
            raise Failure(f"-p {' '.join(words)}: {text!r} is no {words[2]}.", 2) from None
    return found


def _value(text: str) -> Any:
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return text if isinstance(value, float) and not math.isfinite(value) else value
