"""Runs as experiments record them, for the tests of what reads them: `factorial(store)` and `built(store)`.

Everything is the same at each call: ids, times, texts and numbers.
"""

from __future__ import annotations

import hashlib
import itertools
import pickle
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from otree_ego.messages import Message
from otree_ego.stores import Journal, Replication, Run, RunStore
from otree_ego.stores.rows import ThreadRow
from otree_ego.threads.question_turns import asked_again

STARTED = 1_760_000_000.0
LEVELS = {"politician": ["George W. Bush", "Barack Obama"], "time": ["1st year", "8th year"]}
CELLS = [dict(zip(LEVELS, values, strict=True)) for values in itertools.product(*LEVELS.values())]
APPROVAL = [62, 34, 57, 51]
PROMPT = "Estimate the approval of {{politician}} in the {{time}}. Only a number from 0 to 100."
SYSTEM = "You answer questions about politics with a single number."

DOWN, FAILED, AGAIN, TAINTED, ASKED_TWICE, UNPRICED = 3, 5, 6, 7, 9, 10
"""Places of the factorial run: a service that was down for a moment, no reply at all, a second attempt, an invalid
answer, an answer that was asked for again, and a model whose price is unknown."""

TREATMENTS = ["gain", "loss"]
ROUNDS = 5
BROKEN_OFF = 3
"""The place of the built run that is tainted: seat 2 gives no number in round 3."""


def factorial(store: RunStore, times: int = 3, uid: str = "fac7" + "0" * 28) -> Run:
    """Two levels with two values each, `times` times: of the first 12 replications 1 failed and 1 is tainted."""
    settings = dict(
        prompt=PROMPT, levels=LEVELS, options={},
        agent={"class": "GPTThread", "model": "gpt-6-sol", "temperature": 1.0},
        variables={}, seed=100, times=times, outcome="result", retries=1, parser="extract_number",
    )  # fmt: skip
    total = times * len(CELLS)
    run = Run("approval", "factorial", "d" * 64, total, settings, {"script": "approval.py"}, created=STARTED, uid=uid)
    begun = store.begin(run)
    _write(store, [entry for place in range(total) for entry in _asked(uid, place)])
    return _ended(store, begun.uid, "done", "", STARTED + 60)


def built(store: RunStore, replications: int = 4, uid: str = "b111" + "0" * 28) -> Run:
    """A scenario of two seats, five rounds and two treatments; one replication is tainted in its third round."""
    settings = dict(
        treatments=TREATMENTS,
        rounds=ROUNDS,
        threads=[[1, ["GPTThread", "gpt-6-sol"]], [2, ["GPTThread", "gpt-6-luna"]]],
    )
    source = {"file": "built.json"}
    run = Run("dictator", "built", "b" * 64, replications + 2, settings, source, created=STARTED + 3600, uid=uid)
    begun = store.begin(run)
    _write(store, [entry for place in range(replications) for entry in _played(uid, place)])
    return _ended(store, begun.uid, "stopped", "the budget of 0.01 US dollars is reached", STARTED + 3700)


def single(
    store: RunStore, said: Sequence[Message], state: bytes = b"", uid: str = "51" + "0" * 30, **ended: Any
) -> Run:
    """A run of one replication with these messages; without keywords that say how it ended it is under way."""
    run = store.begin(Run("single", "factorial", "s" * 64, 1, created=STARTED + 7200, uid=uid))
    entries = _thread(uid, 0, 1, 1, {"model": "gpt-6-sol"}, said)
    if state:
        entries[0] = ("thread", replace(entries[0][1], state=state))
    if ended:
        entries.append(("replication", Replication(uid, 0, started=STARTED, ended=STARTED + 1, **ended).row()))
    _write(store, entries)
    return _ended(store, uid, "done", "", STARTED + 7201) if ended else run


# --- a microexperiment -------------------------------------------------------------------------------------------


def _asked(run: str, place: int) -> list[Any]:
    cell, value = CELLS[place % len(CELLS)], APPROVAL[place % len(CELLS)] + place // len(CELLS) - 1
    time = STARTED + place
    model = "campus/llama-3.3-70b" if place == UNPRICED else "gpt-6-sol"
    state = dict(model=model, temperature=1.0, seed=100 + place)
    question = PROMPT.replace("{{politician}}", cell["politician"]).replace("{{time}}", cell["time"])
    said = [Message("system", SYSTEM, time=time), Message("user", question, time=time)]
    price = None if place == UNPRICED else 0.0005
    ended: dict[str, Any] = dict(levels=cell, result=value, cost=price)
    entries = []
    if place == AGAIN:
        entries += _thread(run, place, 1, 1, state, [*said, _no_reply(model, time)])
        ended.update(attempt=2)
    if place == FAILED:
        said.append(_no_reply(model, time))
        ended.update(status="failed", result=None, error="Overloaded", error_text=DOWN_TEXT, answers=0, cost=0.0)
    elif place == TAINTED:
        said.append(_reply("I would rather not say.", model, price, time))
        ended.update(tainted=True, result=None, error="ParseError", error_text="There is no number in the answer.")
    elif place == ASKED_TWICE:
        said.append(_reply("About a third.", model, price, time))
        said.append(Message("user", asked_again("it has no number."), time=time + 1))
        said.append(_reply(str(value), model, price, time + 1))
        ended.update(answers=2, cost=2 * price if price else None)
    else:
        trouble = [{"model": model, "error": "RateLimited", "text": "Too many requests.", "after": 0.2}]
        said.append(_reply(str(value), model, price, time, trouble if place == DOWN else []))
    attempt = ended.get("attempt", 1)
    entries += _thread(run, place, attempt, 1, state, said)
    return [*entries, ("replication", Replication(run, place, started=time, ended=time + 1.5, **ended).row())]


# --- a scenario ----------------------------------------------------------------------------------------------------


def _played(run: str, place: int) -> list[Any]:
    treatment = TREATMENTS[place % 2]
    time = STARTED + 3600 + 10 * place
    rounds = range(1, (3 if place == BROKEN_OFF else ROUNDS) + 1)
    entries, cost, made = [], 0.0, {}
    for seat, model in ((1, "gpt-6-sol"), (2, "gpt-6-luna")):
        choices: list[Any] = []
        said = [Message("system", f"You divide 10 coins. In this game you can only {treatment}.", time=time)]
        for round_ in rounds:
            at = time + round_ + seat / 10
            coins = (place + 2 * seat + round_) % 11
            broken = place == BROKEN_OFF and seat == 2 and round_ == rounds[-1]
            text = "Whatever you like!" if broken else f"I keep {coins} of them."
            said.append(Message("user", f"Round {round_} of {ROUNDS}: how many coins do you keep?", time=at))
            said.append(_reply(text, model, 0.0004 / seat, at))
            cost += 0.0004 / seat
            choices += [None if broken else coins]
        made[str(seat)] = choices
        state = dict(
            model=model, i=seat, round=rounds[-1], rounds=ROUNDS, choices=choices, treatment={"name": treatment},
            experiment="0" * 32, tainted=place == BROKEN_OFF, metadata={"convo": f"c{place}", "seat": str(seat)},
        )  # fmt: skip
        entries += _thread(run, place, 1, seat, state, said)
    ended: dict[str, Any] = dict(treatment=treatment, result=made, answers=2 * len(rounds), cost=cost)
    if place == BROKEN_OFF:
        why = "Seat 2, round 3: There is no number in the answer."
        ended.update(tainted=True, error="ParseError", error_text=why)
    row = Replication(run, place, started=time, ended=time + len(rounds) + 1, **ended).row()
    return [*entries, ("replication", row)]


# --- what both are made of -------------------------------------------------------------------------------------------

DOWN_TEXT = "The service openai is overloaded (HTTP 503)."


def _reply(text: str, model: str, cost: float | None, time: float, trouble: Sequence[dict[str, Any]] = ()) -> Message:
    return Message(
        "assistant", text, author=model, model=model, model_answered=f"{model.rpartition('/')[2]}-2026-03-17",
        params={"temperature": 1.0}, tokens_in=40, tokens_out=len(text.split()), tokens_reasoning=0, cost=cost,
        latency=0.75, first_token=0.25, finish_reason="stop", trouble=tuple(trouble), attempts=len(trouble) + 1,
        time=time,
    )  # fmt: skip


def _no_reply(model: str, time: float) -> Message:
    trouble = [dict(model=model, error="Overloaded", text=DOWN_TEXT, after=n / 10) for n in (1, 2, 3)]
    return Message(
        "assistant", "", author=model, status="failed", model=model, params={"temperature": 1.0}, latency=0.4,
        finish_reason="error", error="Overloaded", error_text=DOWN_TEXT, trouble=tuple(trouble), attempts=3, time=time,
    )  # fmt: skip


def _thread(run: str, place: int, attempt: int, seat: int, state: dict[str, Any], said: Sequence[Message]) -> list[Any]:
    owner = f"run:{run}:{place}.{attempt}/{seat}"
    uid = _id(owner)
    where = dict(thread=uid, run=run, place=place, attempt=attempt, seat=seat)
    row = ThreadRow(uid, owner, "GPTThread", pickle.dumps(state, protocol=4))
    messages = [replace(message, seq=n, id=_id(f"{owner}#{n}")) for n, message in enumerate(said, 1)]
    return [("thread", row), ("seat", where), *(("message", (uid, message)) for message in messages)]


def _id(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def _write(store: RunStore, entries: Sequence[Any]) -> None:
    journal: Journal = store.journal()
    try:
        journal.put(entries).result()
    finally:
        journal.close()


def _ended(store: RunStore, uid: str, status: str, note: str, time: float) -> Run:
    store.end(uid, status, note)
    store.update(uid, ended=time)
    return store.get(uid)
