"""Models' names, the providers behind them, and what importing them costs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import otree_ego
from otree_ego.errors import ConfigError
from otree_ego.providers import Constant, External, Provider, Terminal, check_model, provider_for, split_model, warm

pytestmark = pytest.mark.usefixtures("clean_slate")


@pytest.mark.parametrize(
    ("model", "parts"),
    [
        ("gpt-6-luna", ("openai", "gpt-6-luna")),
        ("openai/gpt-6-luna", ("openai", "gpt-6-luna")),
        ("openrouter/anthropic/claude-sonnet-5", ("openrouter", "anthropic/claude-sonnet-5")),
        ("ollama/llama3.2:1b", ("ollama", "llama3.2:1b")),
        ("constant/and/or", ("constant", "and/or")),
    ],
)
def test_a_name_is_a_service_and_a_model(model: str, parts: tuple[str, str]) -> None:
    assert split_model(model) == parts
    assert isinstance(provider_for(model), Provider)


def test_simple_names() -> None:
    constant = provider_for("constant/Hello/there")
    assert isinstance(constant, Constant) and constant.text == "Hello/there"
    terminal = provider_for("terminal/Alice")
    assert isinstance(terminal, Terminal) and terminal.name == "Alice"
    assert isinstance(provider_for("external/Bob"), External)


def test_a_service_has_one_provider() -> None:
    assert provider_for("gpt-6-luna") is provider_for("openai/gpt-6-sol")
    assert provider_for("groq/x") is not provider_for("ollama/x")


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("opnai/gpt-6-luna", "did you mean openai"),
        ("OpenRouter/x/y", "did you mean openrouter"),
        ("constnt/Hi", "did you mean constant"),
        ("meta-llama/Llama-3", "openrouter/meta-llama/Llama-3"),
        ("", "a model is named by"),
        ("   ", "a model is named by"),
        ("openai/", "names no model after the slash"),
        ("constant/", "names no model after the slash"),
        ("local", "local/smollm2"),
        ("ollama", "names no model"),
        ("scripted/x", "ScriptedThread"),
    ],
)
def test_a_wrong_name_is_explained(model: str, words: str) -> None:
    for check in (provider_for, check_model):
        with pytest.raises(ConfigError, match=words):
            check(model)


def test_names_that_are_not_text() -> None:
    with pytest.raises(ConfigError, match="named by a text"):
        provider_for(None)  # type: ignore[arg-type]


def run(code: str) -> str:
    """What a fresh Python prints."""
    env = {**os.environ, "PYTHONPATH": str(Path(otree_ego.__file__).parent.parent)}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, env=env, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_importing_providers_loads_no_sdk() -> None:
    code = (
        "import sys\n"
        "import otree_ego.providers, otree_ego.providers.services\n"
        "import otree_ego.providers.openai, otree_ego.providers.prices\n"
        "otree_ego.providers.provider_for('gpt-6-luna')\n"
        "print([name for name in ('openai', 'otree', 'genai_prices', 'pydantic') if name in sys.modules])"
    )
    assert run(code) == "[]"


def test_warm_loads_the_sdk_in_the_background() -> None:
    code = (
        "import sys, threading; from otree_ego.providers import warm\n"
        "warm('constant/x'); assert 'openai' not in sys.modules\n"
        "warm('gpt-6-luna'); [t.join() for t in threading.enumerate() if t.name == 'otree_ego-warm']\n"
        "print('openai' in sys.modules)"
    )
    assert run(code) == "True"
    warm("terminal/Alice")
