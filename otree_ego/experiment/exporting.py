"""Runs as tables: which rows a run has, and writing them as CSV, JSON lines or Parquet."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any, Protocol, TextIO, cast

from ..display import utc
from ..errors import ConfigError
from ..messages import clean
from ..stores import Run, RunStore
from ..stores.owner_keys import parse_owner
from ..stores.run_rows import to_json
from ..stores.runs import SCRIPT
from ..threads.question_turns import QUESTION
from .otree_sessions import SESSION, replies_of
from .results import Answer, Record, details, records, row, with_details
from .thread_states import read_state

CHOICES = ("choice", "convo", "experiment", "i", "round", "tainted", "thread", "thread_type", "treatment")
"""The columns of a row a choice."""


class Out(Protocol):
    """What rows are written to."""

    def write(self, text: str, /) -> object: ...


def rows_of(
    store: RunStore, run: Run, module: ModuleType | None = None, wide: bool = False
) -> Iterator[dict[str, Any]]:
    """The rows of a run.

    Arguments:
        store, run: which. module: a scenario whose `export(thread)` makes the rows.
        wide: with all that is known: prompts, answers, models, parameters, tokens, cost.

    A microexperiment has a row for each answer (levels, result, attempts, error, thread, experiment), any other run one
    for each choice of each Thread: choice, convo, experiment, i, round, tainted, thread, thread_type, treatment. Of a
    script's run, a Thread that has no choices has a row for each reply instead. A session of oTree's has a row for each
    reply: whose it is, what it was assigned to, prompt, answer, and what a typed question made of it (result, error).
    """
    if module is not None and callable(getattr(module, "export", None)) and not wide:
        from .modules.export_function import exported_rows

        yield from exported_rows(module, store, run)
        return
    for record in records(store, run):
        if run.kind == "factorial":
            yield with_details(_answer(run, record), details(record) if wide else {})
        elif run.kind == SESSION:
            yield from _replies(run, record, wide)
        elif run.kind == SCRIPT:
            yield from _of_script(run, record, wide)
        else:
            yield from _choices(run, record, wide)


def _answer(run: Run, record: Record) -> dict[str, Any]:
    ended = record.replication
    outcome = str(run.settings.get("outcome", "result"))
    error = ended.error_text or ended.error
    thread = record.seats[0].thread.uid if record.seats else ""
    return {**row(ended.levels, outcome, Answer(ended, ended.result, error), thread), "experiment": run.uid}


def _choices(run: Run, record: Record, wide: bool) -> Iterator[dict[str, Any]]:
    ended = record.replication
    for seat in record.seats:
        state = read_state(seat.thread.state)
        metadata, choices = state.get("metadata"), state.get("choices")
        metadata = metadata if isinstance(metadata, Mapping) else {}
        choices = choices if isinstance(choices, list) else []
        common = {
            "convo": metadata.get("convo", ""), "experiment": run.uid, "i": state.get("i", ended.place + 1),
            "tainted": ended.tainted or bool(state.get("tainted")), "thread": seat.thread.uid,
            "thread_type": seat.thread.kind, "treatment": ended.treatment,
        }  # fmt: skip
        if wide:
            alone = Record(ended, [seat], {seat.thread.uid: record.messages[seat.thread.uid]})
            common.update(seat=metadata.get("seat") or seat.seat, error=ended.error_text, **details(alone))
        for number, choice in enumerate(choices, 1):
            yield {"choice": to_json(choice), "round": number, **common}


def _of_script(run: Run, record: Record, wide: bool) -> Iterator[dict[str, Any]]:
    """Rows by Thread: its choices or, if it has none, its replies."""
    for seat in record.seats:
        state, uid = read_state(seat.thread.state), seat.thread.uid
        alone = Record(record.replication, [seat], {uid: record.messages[uid]})
        if state.get("choices"):
            yield from _choices(run, alone, wide)
            continue
        found = state.get("metadata")
        metadata = found if isinstance(found, Mapping) else {}
        own = {"convo": metadata.get("convo", ""), "treatment": record.replication.treatment}
        for each in _replies(run, alone, wide):
            del each["suffix"]  # of an oTree object's
            yield {**own, **each, "seat": metadata.get("seat") or seat.seat}


def _replies(run: Run, record: Record, wide: bool) -> Iterator[dict[str, Any]]:
    for seat in record.seats:
        about = parse_owner(seat.thread.owner)
        where = {name: about[name] for name in ("app", "round", "group") if about[name]}
        number = 0
        for said in replies_of(record.messages[seat.thread.uid]):
            reply, number = said[-1], number + 1
            read = reply.params.get(QUESTION)
            question: Mapping[str, Any] = read if isinstance(read, Mapping) else {}
            error = question.get("invalid") or ": ".join(filter(None, (reply.error, reply.error_text)))
            alone = Record(record.replication, [seat], {seat.thread.uid: said})
            rest = details(alone)
            yield with_details(
                {
                    **record.replication.levels, **where, "suffix": about["suffix"], "seat": about["seat"], "i": number,
                    "prompt": rest.pop("prompt"), "answer": reply.text, "result": question.get("value"),
                    "attempts": reply.attempts, "error": error, "tainted": bool(question.get("invalid")),
                    "thread": seat.thread.uid, "thread_type": seat.thread.kind, "experiment": run.uid,
                    "forgotten": None if reply.forgotten is None else utc(reply.forgotten),
                },
                {**rest, "answer": reply.text, "status": reply.status} if wide else {},
            )  # fmt: skip


def columns_of(rows: Sequence[Mapping[str, Any]], keep_order: bool) -> list[str]:
    """All columns of some rows: in the order in which they come, or by name; without rows, those of choices."""
    names = dict.fromkeys(name for each in rows for name in each) or (dict.fromkeys(() if keep_order else CHOICES))
    return list(names) if keep_order else sorted(names)


def write(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], form: str, out: Out) -> None:
    """Write rows.

    Arguments:
        rows, columns: what. form: ``csv``, ``jsonl`` or ``parquet`` (bytes, to the text stream's buffer).

    Raises:
        ConfigError: Parquet's package is not installed.
    """
    if form == "csv":
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(_plain(name) for name in columns)
        writer.writerows([_plain(each.get(name, "")) for name in columns] for each in rows)
    elif form == "jsonl":
        for each in rows:
            out.write(to_json({name: each.get(name) for name in columns}) + "\n")
    else:
        _parquet(rows, columns, cast(TextIO, out))


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)  # a text that is no text cannot be written
    return to_json(value) if isinstance(value, dict | list | tuple) else value


def _parquet(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], out: TextIO) -> None:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise ConfigError('Parquet needs the package pyarrow: pip install "otree-ego[parquet]"') from None
    table = {}
    for name in columns:
        values = [_plain(each.get(name)) for each in rows]
        kinds = {type(value) for value in values if value is not None}
        # A column has one type: whole numbers go with decimals, everything else that is mixed becomes text.
        fits = kinds <= {int, float} or (len(kinds) == 1 and kinds <= {str, bool})
        if not fits or any(type(value) is int and abs(value) >= 2**63 for value in values):
            values = [None if value is None else str(value) for value in values]
        table[name] = values
    parquet.write_table(pyarrow.table(table), out.buffer)
