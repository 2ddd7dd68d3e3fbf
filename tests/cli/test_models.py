"""`ego models`: what can be named, what has a key; never the key itself."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from otree_ego.cli import main
from otree_ego.providers import services as config
from otree_ego.providers.services import BUILT_IN
from otree_ego.testing import FakeService

KEY = "sk-fake-9876543210zyxwvu"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    before = list(sys.path)
    yield tmp_path
    sys.path[:] = before
    config.declared.pop("campus", None)


@pytest.fixture
def models(project: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def run(*line: str, code: int = 0) -> tuple[str, str]:
        assert main(["models", *line]) == code
        out, err = capsys.readouterr()
        assert KEY[3:] not in out + err
        return out, err

    return run


def found(text: str) -> dict[str, list[str]]:
    lines = text.partition("\n\n")[0].splitlines()
    return {line.split("  ")[0]: [cell.strip() for cell in line.split("  ")[1:] if cell.strip()] for line in lines}


def test_every_service_has_a_row(models: Any) -> None:
    out, _ = models()
    rows = found(out)
    assert {name.partition("/")[0] for name in rows} >= {*BUILT_IN, "local", "constant", "terminal", "external"} - {
        "openai"
    }
    assert rows["gpt-6-luna"] == ["missing", "known", "https://api.openai.com/v1"]
    assert rows["ollama/llama3.2"] == ["not needed", "free", "http://127.0.0.1:11434/v1"]
    assert rows["academiccloud/MODEL"] == ["missing", "not known", "https://chat-ai.academiccloud.de/v1"]
    assert rows["local/smollm2"] == ["-", "free", "on this machine"]
    assert "\nopenai         OPENAI_API_KEY, OPENAI_KEY, file openai_key, file api_key\n" in out


def test_keys_are_found_where_they_lie_and_not_shown(
    models: Any, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_KEY", KEY)
    monkeypatch.setenv("OPENAI_API_KEY", " ")
    (project / "groq_key").write_text(KEY)
    monkeypatch.setenv("MISTRAL_API_KEY", f"{KEY} {KEY}")
    out, _ = models()
    rows = found(out)
    assert rows["gpt-6-luna"][0] == "found"
    assert "\nopenai         OPENAI_KEY (found)\n" in out
    assert rows["groq/MODEL"][0] == "found"
    assert "\ngroq           file groq_key (found)\n" in out
    assert rows["mistral/MODEL"][0] == "not usable"
    assert "MISTRAL_API_KEY does not hold a usable key" in " ".join(out.split())


def test_the_project_s_own_services_are_there(models: Any, project: Path, service: FakeService) -> None:
    row = {"base_url": service.base_url, "key_env": "CAMPUS_KEY"}
    (project / "settings.py").write_text(f"SESSION_CONFIGS = []\nEGO_SERVICES = {{'campus': {row!r}}}\n")
    out, err = models()
    assert err == ""
    assert found(out)["campus/MODEL"] == ["missing", "not known", service.base_url]
    _, err = models("--list", "campus", code=1)
    assert "no key for the service 'campus' was found" in err.lower()


def test_a_broken_settings_file_is_said_and_left_out(models: Any, project: Path) -> None:
    (project / "settings.py").write_text("import nowhere_at_all")
    out, err = models()
    assert err == (
        "ego: settings.py is left out: it stops with ModuleNotFoundError: No module named 'nowhere_at_all'\n"
    )
    assert "gpt-6-luna" in found(out)


def test_a_service_s_models_are_listed_as_one_writes_them(
    models: Any, service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.key, service.models = KEY, {"gpt-6-luna", "gpt-\x1b[2J5"}
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", service.base_url)
    assert models("--list", "openai")[0] == "gpt-6-luna\ngpt-␛[2J5\n"
    service.key, service.models = None, {"llama3.2"}
    monkeypatch.setenv("OLLAMA_HOST", service.base_url)
    assert models("--list", "ollama/")[0] == "ollama/llama3.2\n"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("opnai", "There is no service 'opnai': did you mean openai"),
        ("zzz", "There is no service 'zzz': there are openai, openrouter"),
        ("constant", "Constant is no service that could be asked; name it as constant/TEXT."),
        ("groq", "GROQ_API_KEY"),
    ],
)
def test_what_cannot_be_asked_is_one_sentence(name: str, said: str, models: Any) -> None:
    out, err = models("--list", name, code=1)
    assert out == ""
    assert said in err
    assert err.count("\n") == 1


def test_a_service_that_does_not_answer_is_told(models: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeService() as gone:
        monkeypatch.setenv("OLLAMA_HOST", gone.base_url)
        gone.fail(503, times=-1)
        assert "answers HTTP 503: see the service's status page." in models("--list", "ollama", code=1)[1]
    assert "cannot be reached" in models("--list", "ollama", code=1)[1]


def test_a_service_that_lists_the_key(models: Any, service: FakeService, monkeypatch: pytest.MonkeyPatch) -> None:
    service.key, service.models = KEY, {f"gpt-{KEY}", "m" * 1000}
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", service.base_url)
    shown = models("--list", "openai")[0]
    assert KEY not in shown and "gpt-[key]\n" in shown and "m" * 301 not in shown
