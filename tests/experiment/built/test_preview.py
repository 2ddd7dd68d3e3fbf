"""The preview is what a run sends."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from otree_ego import ConfigError
from otree_ego.experiment.built import Built, preview as module, read_built
from otree_ego.experiment.built.kept_previews import KeptPreviews
from otree_ego.experiment.built.play import new_conversation, play
from otree_ego.experiment.built.preview import preview, previews
from otree_ego.experiment.built.rendering import Allowance

GAME: dict[str, Any] = {
    "threads": [[1, ["GPTThread", "gpt-5.4-mini"]], [2, ["GPTThread", "gpt-5.4-mini"]], [7, ["ConstantThread", "0"]]],
    "treatments": ["low", "high"],
    "rounds": 2,
    "variables": {"pot": {"low": 10, "high": 100}},
    "prompts": {
        "system": "You are {{ i }}; {{ pot }}.",
        "user": "{{ round }}/{{ rounds }}: {% for each in others %}{{ each.choices }}{% endfor %}"
        "JSON {{ others[0].choices[-1].keep if i > 1 }}",
    },
    "filters": [["JSON"], ["exclusive_response", "YES;NO"], ["extract_number"]],
}  # fmt: skip
ANSWERS = {1: ['{"keep": 3}', '{"keep": 4}'], 2: ["NO", "I say yes."], 7: ["0", "0"]}


def sent(built: Built, treatment: str) -> list[tuple[int, str, str]]:
    """What a run tells each seat that gives these answers."""
    convo = new_conversation(built, treatment)
    said = {number: iter(texts) for number, texts in ANSWERS.items()}
    told: list[tuple[int, str, str]] = []

    async def submit(thread: Any, text: str, **_: Any) -> str:
        told.append((thread.i, "user", text))
        return next(said[thread.i])

    asyncio.run(play(built, convo, submit=submit))
    return [(thread.i, m.role, m.text) for thread in convo for m in thread.messages if m.role == "system"] + told


@pytest.mark.parametrize("treatment", ["low", "high"])
def test_it_is_what_a_run_sends(treatment: str) -> None:
    built = read_built(GAME)
    shown = preview(built, treatment, answers=ANSWERS)
    assert [(each.seat, each.role, each.text) for each in shown.messages] == sent(built, treatment)
    assert shown.stopped == "" and not any(each.problem or each.example for each in shown.messages)
    assert [each.choice for each in shown.of_seat(2) if each.round] == ["NO", "YES"]


def test_answers_that_nobody_gave_are_made_up() -> None:
    shown = preview(read_built(GAME), "low", answers={2: ["", "NO"]})
    made = {(each.seat, each.round): (each.answer, each.example) for each in shown.messages if each.round}
    assert made[1, 1] == (json.dumps({"keep": 10}), True)
    assert made[2, 1] == ("YES", True) and made[2, 2] == ("NO", False)
    assert made[7, 1] == ("0", True), "a constant says what it always says"
    assert "10" in shown.of_seat(2)[1].text


def test_an_answer_that_cannot_be_read_ends_it_as_a_run_does() -> None:
    shown = preview(read_built(GAME), "low", answers={2: ["perhaps"]})
    assert shown.messages[-1].seat == 2 and "exactly one of 'YES', 'NO'" in shown.messages[-1].problem
    assert shown.stopped.startswith("Seat 2, round 1:")


def test_what_cannot_be_filled_is_said_and_the_rest_is_shown() -> None:
    built = read_built({**GAME, "prompts": {"system": "{{ 1 / (i - 1) }}", "user": "Hi"}})
    first, second, *_ = preview(built, "low").messages
    assert "ZeroDivisionError" in first.problem and second.text == "1.0"


def test_a_prompt_that_needs_too_much_ends_it() -> None:
    built = read_built({**GAME, "prompts": {"system": "", "user": "{{ ('a'*99999)|list|join('x'*99999)|length }}"}})
    shown = preview(built, "low")
    assert len(shown.messages) == 1
    assert shown.stopped == "prompts.user: it needs more than 512 MB of memory"


def test_long_previews_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_MESSAGES", 50)
    shown = preview(read_built({**GAME, "rounds": 100_000}), "low")
    assert (len(shown.messages), shown.stopped) == (50, "The first 50 messages are shown.")
    assert len(preview(read_built({**GAME, "rounds": 100_000}), "low", rounds=2).messages) == 9


def test_what_it_costs() -> None:
    built = read_built(GAME)
    shown = preview(built, "low")
    assert shown.tokens_in > 0 and shown.tokens_out > 0
    assert shown.cost is not None and 0 < shown.cost < 0.01
    assert preview(built, "low", model="local/smollm2").cost == 0
    assert preview(built, "low", model="no-such-model").cost is None
    longer = preview(read_built({**GAME, "rounds": 20}), "low")
    assert longer.tokens_in > 10 * shown.tokens_in, "each request sends all that came before"
    people = read_built({**GAME, "threads": [[n, "CLIThread"] for n in (1, 2, 7)]})
    assert (preview(people, "low").tokens_in, preview(people, "low").cost) == (0, 0.0)


def test_an_unknown_treatment_is_refused() -> None:
    with pytest.raises(ConfigError, match="no treatment 'middle'"):
        preview(read_built(GAME), "middle")


def test_the_example_has_a_preview() -> None:
    built = read_built(Path(__file__).parents[3] / "examples" / "ultimatum.json")
    texts = [preview(built, each).messages[-1].text for each in built.treatments]
    assert "If you accept, you have 90 points" in texts[1] and len(set(texts)) == 3


def test_several_treatments_are_filled_together_and_read_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    from otree_ego.experiment.built import rendering

    looped = (
        "{% for n in range(round) %}{{ n + pot }} {% endfor %}{% if i == 2 %}{{ other.choices }}{% endif %} {{ other }}"
    )
    data = {
        "threads": [[1, ["ConstantThread", "3"]], [2, ["ConstantThread", "5"]]], "treatments": ["a", "b", "c"],
        "rounds": 4, "variables": {"pot": {"a": 1, "b": 2, "c": 3}}, "filters": [["extract_number"]] * 2,
        "prompts": {"system": "{{ pot * 2 }}", "user": looped},
    }  # fmt: skip
    built = read_built(data)
    alone = [preview(built, each) for each in built.treatments]
    asked: list[str] = []
    process = rendering._Process()
    usual = process._ask
    monkeypatch.setattr(process, "_ask", lambda task, *more: asked.append(task) or usual(task, *more))
    monkeypatch.setattr(rendering, "_process", process)
    try:
        kept = KeptPreviews()
        assert list(previews(built, built.treatments, kept=kept)) == alone
        assert len(asked) == 2, "one to see whether they end, and all the others"
        assert list(previews(built, built.treatments, kept=kept)) == alone
        data["variables"] = {"pot": {"a": 1, "b": 7, "c": 3}}
        changed = read_built(data)
        assert [each.messages[2].text[:1] for each in previews(changed, changed.treatments, kept=kept)] == [
            "1",
            "7",
            "3",
        ]
        assert len(asked) == 4 and not [each for each in asked[2:] if '"pot": 1' in each], (
            "what changed is filled again"
        )
    finally:
        process.close()


EDITS: list[tuple[str, Any]] = [
    ("prompts", {"system": "You are {{ i }}; {{ pot }}!", "user": GAME["prompts"]["user"]}),
    ("prompts", {"system": "You are {{ i }}; {{ pot }}!", "user": "JSON? {{ choices }} {{ others[0].choices }}"}),
    ("variables", {"pot": {"low": 11, "high": 100}}),
    ("rounds", 3),
    ("prompts", {"system": "", "user": "JSON? {{ choices }} {{ others[0].choices }}"}),
    ("filters", [["JSON"], ["exclusive_response", "NO;YES"], ["extract_number"]]),
    ("threads", [[1, ["GPTThread", "gpt-5.4-mini"]], [3, "CLIThread"], [7, ["ConstantThread", "5"]]]),
    ("prompts", {"system": "{{ treatment.pot }} {{ nothing.at }}", "user": "JSON? {{ others[0].choices[-1].give }}"}),
    ("treatments", ["high", "low"]),
    ("prompts", GAME["prompts"]),
    ("rounds", 2),
]  # fmt: skip


def test_what_is_kept_reads_as_if_it_was_made_anew() -> None:
    data = dict(GAME)
    kept = KeptPreviews()
    for name, value in EDITS:
        data[name] = value
        try:
            built = read_built(data)
        except ConfigError:
            continue  # which a keystroke may be, too
        alone = [preview(built, each) for each in built.treatments]
        assert list(previews(built, built.treatments, kept=kept)) == alone
        assert list(previews(built, built.treatments, kept=kept)) == alone
        assert next(previews(built, [built.treatment("high")], kept=kept)) == preview(built, "high")


def test_texts_that_are_too_long_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_KEPT", 40)
    kept = KeptPreviews()
    built = read_built(GAME)
    assert list(previews(built, built.treatments, kept=kept)) == [preview(built, each) for each in built.treatments]
    assert not kept


def test_an_error_names_all_that_a_prompt_could() -> None:
    prompts = {"system": "", "user": "{{ others[0].choices[-1] if i > 1 }}{{ others[5].i }}"}
    message = preview(read_built({**GAME, "prompts": prompts}), "low").messages[0]
    assert "it knows" in message.problem and "pot" in message.problem and "temperature" in message.problem


def test_who_waits_does_not_wait_long() -> None:
    endless = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
    data = {
        "threads": [[1, ["ConstantThread", "3"]]], "treatments": ["a", "b"], "rounds": 1, "variables": {},
        "filters": [["extract_number"]], "prompts": {"system": "", "user": endless},
    }  # fmt: skip
    allowance = Allowance(0.2)
    shown = list(previews(read_built(data), read_built(data).treatments, allowance=allowance))
    assert allowance.left <= 0
    assert all("take longer than 0.2 seconds" in each.stopped for each in shown)
