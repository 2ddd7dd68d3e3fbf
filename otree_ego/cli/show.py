"""Read what was said in an experiment: a transcript of its replications, or of the one at PLACE.

Of players it is a diary: what each has seen on each page, what it was asked, has answered, and why.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

from ..display import say, when
from .shared.output import Failure
from .shared.run_store import add_otree, add_store, ago, dollars, opened, progress_of, state_of
from .shared.terminal import line, page, painted

if TYPE_CHECKING:
    from ..stores import Run, RunStore
    from .shared.transcript import Writer

HELP = "read what was said in an experiment"
LIMIT = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """ID, PLACE, --limit, --all, --full, --messages, --sent, --json, --no-pager, --store."""
    parser.add_argument("id", metavar="ID", help="the experiment's id, or its beginning, as ego runs shows it")
    parser.add_argument("at", metavar="PLACE", nargs="?", type=_number, help="only the replication at this place")
    parser.add_argument("--place", metavar="N", type=_number, help="the same as PLACE; places are counted from 0")
    many = parser.add_mutually_exclusive_group()
    many.add_argument("--limit", metavar="N", type=_number, help=f"so many replications (default: {LIMIT})")
    many.add_argument("--all", action="store_true", help="all replications")
    parser.add_argument("--full", action="store_true", help="long texts to their ends, with tokens, times and costs")
    parser.add_argument(
        "--messages", action="store_true", help="of players: their Threads' messages instead of the diary"
    )
    parser.add_argument(
        "--sent", action="store_true",
        help="instead, what the models were sent for each reply: all messages, parameters, address",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="with --sent: a line of JSON for each request, whole")
    parser.add_argument("--no-pager", action="store_true", help="print everything at once, also on a terminal")
    add_store(parser)
    add_otree(parser)


def run(options: argparse.Namespace) -> int:
    """Do it."""
    from .shared.sent_transcript import json_lines

    if options.json and not options.sent:
        raise Failure("--json goes with --sent; a run's rows as JSON lines are:  ego data ID --format jsonl", 2)
    place = options.place if options.at is None else options.at
    with opened(options) as store:
        found = store.get(options.id)
        places = store.places(found.uid)
        if place is not None and place not in places:
            raise Failure(_no_place(found, place, len(places)))
        if options.json:
            return _print_json(json_lines(store, found, place))
        limit = None if options.all or place is not None else LIMIT if options.limit is None else options.limit
        writer = _writer(store, found, options)
        with closing(transcript_of(store, found, writer, place, limit, len(places))) as lines:
            page(lines, not options.no_pager)
    return 0


def _writer(store: RunStore, found: Run, options: argparse.Namespace) -> Writer:
    from ..experiment.otree_sessions import SESSION
    from ..experiment.player_diary import visits_in
    from ..experiment.player_runs import players_of
    from .shared.diary_transcript import DiaryWriter
    from .shared.sent_transcript import SentWriter
    from .shared.transcript import Writer

    if options.sent:
        return SentWriter(found, options.full)
    visits = {} if options.messages else visits_in(store, found.uid)
    if not visits:
        return Writer(found, options.full)
    if found.kind == SESSION:
        threads = {str(each.levels.get("participant")) for each in store.replications(found.uid)}
    else:
        threads = {*players_of(store, found.uid)}
    return DiaryWriter(found, visits, threads, options.full)


def _print_json(lines: Iterator[str]) -> int:
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")  # the same file on every machine
    for each in lines:
        say(each) if sys.stdout.isatty() else print(each)
    return 0


def transcript_of(
    store: RunStore, found: Run, writer: Writer, place: int | None, limit: int | None, count: int
) -> Generator[str, None, None]:
    """The lines of a run's transcript, made as they are needed.

    Arguments:
        store, found: where the run is, and which.
        writer: makes a replication's lines.
        place: one replication only. limit: so many; None for all. count: how many have begun.
    """
    from .shared.transcript import recorded_replications

    yield from _header(store, found, writer)
    with closing(recorded_replications(store, found.uid, place)) as replications:
        for replication in itertools.islice(replications, limit):
            yield ""
            yield from writer.lines(replication)
    if place is None:
        yield from writer.others()
    if limit is not None and count > limit:
        yield ""
        left = f"{count - limit} more replication{'s' if count - limit > 1 else ''}"
        yield painted(f"{left}: --all shows all, --limit N more, ego show {found.uid[:8]} PLACE one of them.", "dim")
    if not (count or writer.has_more):
        yield ""
        yield "No replication has begun."


def _header(store: RunStore, found: Run, writer: Writer) -> Iterator[str]:
    from ..experiment.runs.code_changes import DEVIATIONS, in_words, shown_settings
    from ..experiment.runs.snapshots import changes_in
    from .shared.transcript import readable

    totals, (status, note) = store.totals(found.uid), state_of(found)
    yield f"{painted(line(found.name) or '-', 'bold')}  {painted(found.uid[:8], 'dim')}"
    models = ", ".join(cost.model for cost in store.costs(found.uid))
    wrong = [f"{totals.tainted} tainted"] if totals.tainted else []
    wrong += [f"{totals.failed} failed"] if totals.failed else []
    rows = [
        ("started", f"{when(found.created)} ({ago(found.created)})"),
        ("status", f"{status}: {note}" if note else status),
        ("replications", ", ".join([progress_of(found, totals), *wrong])),
        ("cost", dollars(totals.cost, totals.unpriced)),
        ("models", models),
    ]
    built = found.settings.get("built")
    parts = built if isinstance(built, Mapping) else {}
    prompts = parts.get("prompts")
    for name, text in prompts.items() if isinstance(prompts, Mapping) else ():
        rows.append((f"{name} prompt", readable(text)))
    rows += [("deviation", text) for text in in_words(found.settings.get(DEVIATIONS))]
    rows += [("snapshot", text) for text in changes_in(store, found.uid)]
    own = {k: v for k, v in shown_settings(found.settings).items() if k != "built"}
    settings = {"rounds": parts.get("rounds"), **own}
    for name, value in settings.items():
        if isinstance(value, Mapping) and name in ("levels", "treatments"):
            rows += [(f"{name.removesuffix('s')} {key}", readable(each)) for key, each in value.items()]
        elif value not in (None, "", [], {}, False):
            rows.append((str(name), readable(value)))
    rows += surroundings_rows(store.surroundings(found.uid), writer.full)
    yield from writer.pairs([(label, "dim", text) for label, text in rows if text])


def surroundings_rows(goes: Sequence[tuple[float, Mapping[str, Any]]], full: bool) -> Iterator[tuple[str, str]]:
    """What each go of a run was played with: all of the first one, and what was different in later ones.

    Arguments:
        goes: when each began, and what `stores.surroundings` has found; or what a worker of an engine runs with, if
            that was something else. full: with all packages and files.
    """
    from ..stores.surroundings import words

    before: dict[str, str] = {}
    number = 0
    for began, content in goes:
        now = dict(words(content, full))
        changed = {name: text for name, text in now.items() if text != before.get(name)}
        if worker := content.get("worker"):
            yield f"worker {line(str(worker))[:60]}", when(began)
            yield from changed.items()
            continue
        number += 1
        changed |= {name: "not known" for name in before.keys() - now.keys()}
        if number > 1:
            yield (f"go {number}", when(began) + ("" if changed else ", with the same"))
        yield from changed.items()
        before = now


def _no_place(found: Run, place: int, count: int) -> str:
    name = f"The run {found.uid[:8]} ({line(found.name)})"
    if not count:
        return f"{name} has no replication yet."
    hint = f"its places go from 0 to {found.planned - 1}" if found.planned else "ego show without PLACE lists them"
    return f"{name} has no replication at place {place}, or has not begun it: {hint}."


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise argparse.ArgumentTypeError(f"it takes a whole number from 0, not {text!r}")
    return int(text)
