"""Runs as tables: which rows a run has, and writing them as CSV, JSON lines or Parquet."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import ModuleType
from typing import Any, Protocol, TextIO, cast

from ..errors import ConfigError
from ..messages import clean
from ..players.ai_marks import COLUMN, LABEL, mark_at
from ..stores import Run, RunStore
from ..stores.owner_keys import parse_owner
from ..stores.run_rows import to_json
from ..stores.runs import SCRIPT
from ..stores.table_cells import BOM, no_formula, problem, utc
from ..threads.question_turns import QUESTION
from .otree_sessions import OF_OTREE, SESSION, OTreeStore, replies_of
from .results import Answer, Record, details, records, row, with_details
from .thread_states import read_state
from .typed_answers import shown_columns

CHOICES = (
    "answer", "group", "id_in_group", "replication", "round", "session", "tainted", "thread", "thread_type",
    "treatment",
)  # fmt: skip
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

    A microexperiment has a row for each answer (levels, result, attempts, error, thread, session), any other run one
    for each choice of each Thread (`CHOICES`). A session of oTree's has a row for each reply: whose it is, what it was
    assigned to, prompt, text, and what a typed question made of it (answer, error). docs/data.md describes the columns.
    Of a script's run, a Thread that has no choices has a row for each reply instead.
    """
    if module is not None and callable(getattr(module, "export", None)) and not wide:
        from .modules.export_function import exported_rows

        yield from exported_rows(module, store, run)
        return
    seats = store.players_places(run.uid) if isinstance(store, OTreeStore) else {}
    taken = store.stretches(run.uid) if isinstance(store, OTreeStore) else {}
    for record in records(store, run):
        if run.kind == "factorial":
            yield with_details(_answer(run, record), details(record) if wide else {})
        elif run.kind == SESSION:
            yield from _replies(run, record, seats, wide, taken)
        elif run.kind == SCRIPT:
            yield from _of_script(run, record, wide)
        else:
            yield from _choices(run, record, wide)


def _answer(run: Run, record: Record) -> dict[str, Any]:
    ended = record.replication
    outcome = str(run.settings.get("outcome", "result"))
    error = ended.error_text or ended.error
    thread = record.seats[0].thread.uid if record.seats else ""
    answer = Answer(ended, ended.result, error, shown=shown_columns(record.said))
    found = row(ended.levels, outcome, answer, thread)
    return with_details(found, {"session": run.uid}, "run")


def _choices(run: Run, record: Record, wide: bool) -> Iterator[dict[str, Any]]:
    ended = record.replication
    for seat in record.seats:
        state = read_state(seat.thread.state)
        metadata, choices = state.get("metadata"), state.get("choices")
        metadata = metadata if isinstance(metadata, Mapping) else {}
        choices = choices if isinstance(choices, list) else []
        common = {
            "group": metadata.get("convo", ""), "id_in_group": state.get("i", seat.seat),
            "replication": ended.place + 1, "session": run.uid, "thread": seat.thread.uid,
            "tainted": ended.tainted or bool(state.get("tainted")),
            "thread_type": seat.thread.kind, "treatment": ended.treatment,
        }  # fmt: skip
        if wide:
            alone = Record(ended, [seat], {seat.thread.uid: record.messages[seat.thread.uid]})
            common.update(seat=metadata.get("seat") or seat.seat, error=ended.error_text, **details(alone))
        for number, choice in enumerate(choices, 1):
            yield {"answer": plain_value(choice), "round": number, **common}


def _of_script(run: Run, record: Record, wide: bool) -> Iterator[dict[str, Any]]:
    """Rows by Thread: its choices or, if it has none, its replies."""
    for seat in record.seats:
        state, uid = read_state(seat.thread.state), seat.thread.uid
        ended = replace(record.replication, levels=dict.fromkeys(OF_OTREE, ""))
        alone = Record(ended, [seat], {uid: record.messages[uid]})
        if state.get("choices"):
            yield from _choices(run, alone, wide)
            continue
        found = state.get("metadata")
        metadata = found if isinstance(found, Mapping) else {}
        own = {"group": metadata.get("convo", ""), "treatment": record.replication.treatment}
        if state.get(COLUMN):  # a player's
            own |= {"participant_label": state.get(LABEL, ""), COLUMN: state[COLUMN]}
        for each in _replies(run, alone, {}, wide):
            kept = {name: value for name, value in each.items() if name not in _OF_AN_OBJECT}
            yield {**own, **kept, "seat": metadata.get("seat") or seat.seat}


_OF_AN_OBJECT = (*OF_OTREE, "id_in_group", "attached_to", "thread_name")
"""Columns that only oTree's objects have."""


def _replies(
    run: Run,
    record: Record,
    seats: Mapping[tuple[str, str, str], tuple[str, str]],
    wide: bool,
    taken: Mapping[str, Sequence[Any]] | None = None,
) -> Iterator[dict[str, Any]]:
    levels = record.replication.levels
    factors = {name: value for name, value in levels.items() if name not in OF_OTREE}
    for seat in record.seats:
        about = parse_owner(seat.thread.owner)
        where = {name: about.get(name) or levels[name] for name in OF_OTREE}
        key = (about["app"], about["round"], about["participant"])
        where["group"], where["id_in_group"] = seats.get(key, (levels["group"], ""))
        for said in replies_of(record.messages[seat.thread.uid]):
            reply = said[-1]
            stretches = (taken or {}).get(about["participant"], ())
            where[COLUMN] = mark_at(str(levels[COLUMN]), stretches, reply.time)
            read = reply.params.get(QUESTION)
            question: Mapping[str, Any] = read if isinstance(read, Mapping) else {}
            invalid = question.get("invalid") or ""
            error_type, error = problem(reply.error, reply.error_text, invalid)
            alone = Record(record.replication, [seat], {seat.thread.uid: said})
            rest = {**details(alone), "status": reply.status}
            prompt, _, _ = rest.pop("prompt"), rest.pop("text"), rest.pop("requests")
            found = {
                **where, "attached_to": about["of"],
                "thread_name": about["suffix"], "seat": about["seat"],
                "message_number": reply.seq, "message_id": reply.id, "prompt": prompt, "text": reply.text,
                "answer": question.get("value"), "requests": reply.attempts, "error_type": error_type,
                "error": error, "tainted": bool(invalid),
                "thread": seat.thread.uid, "thread_type": seat.thread.kind, "session": run.uid,
                "forgotten_utc": utc(reply.forgotten), "pseudonymised_utc": utc(reply.pseudonymised),
            }  # fmt: skip
            yield with_details(with_details(found, factors, "assigned"), rest if wide else {})


def plain_value(value: Any) -> Any:
    """A value as JSON has it: texts, numbers, lists and dicts stay what they are.

    >>> plain_value("ACCEPT"), plain_value((4, "ACCEPT"))
    ('ACCEPT', [4, 'ACCEPT'])
    """
    return value if type(value) in (str, int, float, bool, type(None)) else json.loads(to_json(value))


def columns_of(rows: Sequence[Mapping[str, Any]], keep_order: bool) -> list[str]:
    """All columns of some rows: in the order in which they come, or by name; without rows, those of choices."""
    names = dict.fromkeys(name for each in rows for name in each) or (dict.fromkeys(() if keep_order else CHOICES))
    return list(names) if keep_order else sorted(names)


def write(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], form: str, out: Out) -> None:
    """Write rows.

    Arguments:
        rows, columns: what. form: ``csv``, ``excel`` (CSV with a mark for Excel, and without formulas), ``jsonl`` or
            ``parquet`` (bytes, to the text stream's buffer).

    Raises:
        ConfigError: Parquet's package is not installed.
    """
    if form in ("csv", "excel"):
        cell = _plain
        if form == "excel":
            out.write(BOM)
            cell = _harmless
        writer = csv.writer(_Lines(out))
        writer.writerow(cell(name) for name in columns)
        writer.writerows([cell(each.get(name, "")) for name in columns] for each in rows)
    elif form == "jsonl":
        for each in rows:
            out.write(to_json({name: each.get(name) for name in columns}) + "\n")
    else:
        _parquet(rows, columns, cast(TextIO, out))


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)  # a text that is no text cannot be written
    return to_json(value) if isinstance(value, dict | list | tuple) else value


class _Lines:
    """Rows end with a line feed. Only a writer whose rows end with both characters quotes a cell that has either."""

    def __init__(self, out: Out) -> None:
        self.out = out

    def write(self, row: str) -> None:
        """Write a row."""
        self.out.write(f"{row[:-2]}\n")


def _harmless(value: Any) -> Any:
    return no_formula(_plain(value))


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
