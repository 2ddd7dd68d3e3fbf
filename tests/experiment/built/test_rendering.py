"""Templates of built files that fill memory or never end."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from harness import warm_python
from harness.scripts import until
from harness.verbs import EGO, REPO

from otree_ego import Prompt, PromptError
from otree_ego.experiment.built import read_built, rendering
from otree_ego.experiment.built.play import new_conversation, play
from otree_ego.experiment.built.rendering import is_plain, rendered

GAME: dict[str, Any] = {
    "threads": [[1, ["ConstantThread", "3"]], [2, ["ConstantThread", "5"]]], "treatments": ["low", "high"], "rounds": 2,
    "variables": {"reward": {"low": 1, "high": {"sum": [2, 3]}}}, "filters": [["extract_number"], ["extract_number"]],
    "prompts": {"system": "", "user": "Round {{ round }}."},
}  # fmt: skip
ENDLESS = "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}"
DOUBLED = "{% set ns = namespace(x='ab') %}{% for i in range(90) %}{% set ns.x = ns.x OP ns.x %}{% endfor %}"
HUNGRY = [
    "{{ 'x'.ljust(10**9) }}", "{{ 'x'.rjust(10**9) }}", "{{ 'x'.zfill(10**9) }}", "{{ 'x'|center(10**10) }}",
    "{{ '%1000000000d' % 1 }}", "{{ '%*d' % (10**9, 1) }}", "{{ '%1000000000d'|format(1) }}", "{{ 'x' * 10**10 }}",
    "{{ [1] * 10**9 }}", "{{ 10**10**8 }}", "{{ (9**99)**99 }}", "{{ '{:>1000000000}'.format(1) }}",
    "{{ ('a'*99999).replace('a', 'b'*99999)|length }}", "{{ ('a'*99999)|replace('a', 'b'*99999)|length }}",
    "{{ ('a'*99999)|list|join('x'*99999)|length }}",
    "{{ 'x'.join(['y'*9999]*99999)|length }}", "{{ 'a'|indent(10**10) }}",
    "{{ [1]|batch(10**10, 'x')|list|length }}", "{{ (1).to_bytes(10**10, 'big') }}", DOUBLED.replace("OP", "~"),
    DOUBLED.replace("OP", "+"), DOUBLED.replace("'ab'", "9").replace("OP", "*"),
    "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "{{ 'y'*999999 }}{{ 'z'*999999 }}",
]  # fmt: skip


def filled(template: str, **variables: Any) -> str:
    return asyncio.run(rendered(Prompt(template), variables))


@pytest.mark.parametrize("template", HUNGRY)
def test_a_template_that_takes_too_much_is_an_error(template: str) -> None:
    with pytest.raises(PromptError):
        filled(template)
    assert filled("{% for i in range(3) %}{{ i }}{% endfor %}") == "012", "and the next one is filled"


def test_a_template_that_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "SECONDS", 0)  # at most one second of the processor's
    with pytest.raises(PromptError, match="it takes longer than 0 seconds"):
        filled(ENDLESS)
    assert filled("{{ 1 + n }}", n=1) == "2"


def test_reading_a_template_calculates_nothing() -> None:
    for template in ("{{ 'x'|center(10**10) }}", "{{ ('a'*99999)|replace('a', 'b'*99999) }}", ENDLESS):
        Prompt(template)


def test_values_come_over_as_they_are() -> None:
    built = read_built(GAME)
    convo = new_conversation(built, "high", 4)
    one, two = convo.threads
    two.choices = [5, None, {"a": [1, "é\u2028"]}, (1, 2), 0.5]
    template = (
        "{{ 1 * i }} {{ other.choices }} {{ treatment.name|upper }} {{ treatment.reward.sum|sum }} {{ treatment }} "
        "{{ other.model }} {{ convo.round }} {{ missing is defined }}"
    )
    values = {**one.public(), "i": 1}
    assert filled(template, **values) == Prompt(template).render(**values)
    for wrong in ("{{ missing + 1 }}", "{{ treatment.nothing + 1 }}", "{{ 1 + None }}"):
        with pytest.raises(PromptError) as there:
            filled(wrong, **values)
        with pytest.raises(PromptError) as here:
            Prompt(wrong).render(**values)
        assert str(there.value).partition(" object")[0] == str(here.value).partition(" object")[0]


def test_usual_templates_need_no_process() -> None:
    usual = (
        "{% if round == 1 and other.choices %}{{ reward }}{% else %}{{ other.choices[-1] }} of {{ rounds }}{% endif %}"
    )
    assert is_plain(usual) and not any(is_plain(each) for each in (*HUNGRY[:-2], ENDLESS))


def test_the_place_is_named() -> None:
    built = read_built({**GAME, "prompts": {"system": "", "user": "{{ 'x' * 10**10 }}"}})
    with pytest.raises(
        PromptError, match=r"^The built scenario: prompts\.user for thread 1 in round 1: The template does"
    ):
        asyncio.run(play(built, new_conversation(built, "low")))


def game(folder: Path, **prompts: str) -> subprocess.Popen[str]:
    (folder / "game.json").write_text(json.dumps({**GAME, "prompts": {**GAME["prompts"], **prompts}}))
    env = {**os.environ, "PYTHONPATH": str(REPO)}
    return warm_python.popen(
        [*EGO, "run", "game.json"], cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_ego_run_names_the_file_and_the_text(tmp_path: Path) -> None:
    out, err = game(tmp_path, system="{{ 'x'|center(10**9) }}").communicate(timeout=60)
    assert out == "" and err.startswith(f"ego: {tmp_path / 'game.json'}: prompts.system for thread 1: it needs more")


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
def test_ctrl_c_ends_it(tmp_path: Path) -> None:
    process = game(tmp_path, user=ENDLESS)
    renderer = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not renderer.exists():
        process.kill()
        process.communicate()
        pytest.skip("processes are seen on Linux only")
    until(lambda: process.poll() is not None or renderer.read_text().split())
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode in (1, 130)
