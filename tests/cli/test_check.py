"""`ego check`: what is in place, what is not, how to mend it; and no key on the screen."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness import PostgreSQL
from harness.scenes import BUILT_EXAMPLE

from otree_ego.cli import main
from otree_ego.cli.shared.machine import _otree_row, check_machine
from otree_ego.cli.shared.output import show
from otree_ego.providers.declarations import declare_services
from otree_ego.testing import FakeService

KEY = "sk-fake-9876543210zyxwvu"
SETTINGS = """
SESSION_CONFIG_DEFAULTS = dict(ego_model={model!r}, participation_fee=0)
SESSION_CONFIGS = [dict(name="a", app_sequence=[])]
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    # their checksum takes a fifth of a second; tests/providers/local/test_weights.py damages them
    monkeypatch.setattr("otree_ego.providers.local.weights._intact", lambda path, what: path.is_file())
    before = list(sys.path)
    yield tmp_path
    sys.path[:] = before


@pytest.fixture
def check(project: Path, capsys: pytest.CaptureFixture[str]) -> object:
    def run(*line: str) -> tuple[int, dict[str, str], str]:
        code = main(["check", *line])
        out, err = capsys.readouterr()
        assert err == ""
        assert KEY not in out
        assert KEY[3:] not in out
        rows: dict[str, str] = {}
        name = ""
        for text in out.partition("\n\n")[0].splitlines():
            name = name if text.startswith(" ") else " ".join(text.split("  ")[0].split())
            rows[name] = " ".join(f"{rows.get(name, '')} {text.removeprefix(name)}".split())
        return code, rows, out

    return run


def openai(monkeypatch: pytest.MonkeyPatch, service: FakeService, key: str = KEY) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", key)
    monkeypatch.setenv("OPENAI_BASE_URL", service.base_url)


def test_outside_a_project_only_the_machine_counts(check) -> None:
    code, rows, out = check("--no-network")
    assert code == 0
    assert rows["Python"].startswith("ok")
    assert rows["oTree"] == "ok 6.0.15"
    assert rows["packages"].startswith("ok as oTree pins them; openai")
    assert rows["settings.py"].startswith("info no oTree project in this folder")
    assert rows["key openai"] == "info missing"
    assert rows["xllamacpp"].startswith("ok")
    assert out.endswith("\n\nEverything that is needed is in place.\n")


def test_a_project_with_a_key_and_a_service_passes(
    check, project: Path, service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.key, service.models = KEY, {"gpt-6-luna"}
    openai(monkeypatch, service)
    (project / "settings.py").write_text(SETTINGS.format(model="gpt-6-luna"))
    code, rows, _ = check()
    assert code == 0
    assert rows["settings.py"] == "ok 1 session configs"
    assert rows["database"] == "ok SQLite, db.sqlite3, made when oTree starts"
    assert rows["key openai"] == "ok present"
    assert rows["gpt-6-luna"] == f"ok {service.base_url.split('/')[2]} answers and has it"


PAGES = """\
class Base({base}):
    pass


class Meet(Base):
    pass


class Offer(Page):
    pass


page_sequence = [{pages}]
"""


@pytest.mark.parametrize(
    ("row", "base", "said"),
    [
        (dict(ego_ai_seats="4 of 3"), "WaitPage", "failed ego_ai_seats = '4 of 3': a group of 3 has no 4 seats."),
        (dict(ego_ai_seats="2 of 3"), "WaitPage", "warning ego_ai_seats = '2 of 3': 2 participants make no whole"),
        (dict(ego_ai_seats=0.9), "WaitPage", "warning ego_ai_seats = 0.9: of 2 participants that is everybody"),
        (dict(ego_takeover_after="soon"), "WaitPage", "failed ego_takeover_after = 'soon'"),
        (dict(ego_takeover_not="Offer, trust.Sent"), "WaitPage", "failed ego_takeover_not has 'trust.Sent'"),
        (dict(ego_fill_after=60), "Page", "failed ego_fill_after = 60: no page of this session waits"),
        (dict(ego_fill_after=60, ego_takeover_not="trust, Offer", ego_ai_seats="1 of 2"), "WaitPage", ""),
        (dict(ego_fill_after=60, ego_takeover_not="Elsewhere"), "unreadable", ""),
    ],
)
def test_settings_of_seats_and_takeovers_are_checked(
    row: dict[str, object], base: str, said: str, check, project: Path
) -> None:
    config = dict(name="trust", app_sequence=["trust"], num_demo_participants=2, ego_model="constant/yes", **row)
    (project / "settings.py").write_text(f"SESSION_CONFIGS = [{config!r}]\n")
    (project / "trust").mkdir()
    pages = "*MORE" if base == "unreadable" else "Meet, Offer"
    (project / "trust" / "__init__.py").write_text(PAGES.format(base=base, pages=pages))
    code, rows, _ = check("--no-network")
    assert rows.get("config trust", "").startswith(said) and bool(said) == ("config trust" in rows)
    assert code == said.startswith("failed")


@pytest.mark.parametrize(
    ("key", "model", "said"),
    [
        ("sk-wrong", "gpt-6-luna", "refuses the key (HTTP 401) → make a new key, or renew it"),
        (KEY, "gpt-5o", "has no model 'gpt-5o' → see to the model's name"),
    ],
)
def test_a_service_that_says_no_fails(
    key: str, model: str, said: str, check, service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.key, service.models = KEY, {"gpt-6-luna"}
    openai(monkeypatch, service, key)
    code, rows, out = check("--model", model)
    assert code == 1
    assert rows[model].startswith("failed")
    assert said in rows[model]
    assert "sk-wrong" not in out
    assert out.endswith(f"1 failed: {model}.\n")


def test_a_service_that_is_not_there_fails(check, monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeService() as service:
        openai(monkeypatch, service)
    code, rows, _ = check("--model", "gpt-6-luna")
    assert code == 1
    assert "cannot be reached" in rows["gpt-6-luna"]
    assert check("--model", "gpt-6-luna", "--no-network")[0] == 0


def test_the_key_does_not_follow_a_redirect(check, service: FakeService, monkeypatch: pytest.MonkeyPatch) -> None:
    service.fail(307, times=-1)
    openai(monkeypatch, service)
    code, rows, _ = check("--model", "gpt-6-luna")
    assert rows["gpt-6-luna"].startswith("failed")
    assert (
        "sends requests on to an address that it does not name (HTTP 307), which is not followed" in rows["gpt-6-luna"]
    )
    assert code == 1


def test_a_missing_key_fails_where_a_model_needs_it(check, project: Path) -> None:
    (project / "settings.py").write_text(SETTINGS.format(model="openrouter/a/b"))
    code, rows, _ = check()
    assert code == 1
    assert rows["key openrouter"] == "failed missing → set OPENROUTER_API_KEY=… in the environment"
    assert rows["openrouter/a/b"].startswith("failed the key of openrouter is missing")


def test_a_model_among_several_in_an_apps_own_setting_counts(check, project: Path) -> None:
    own = "SESSION_CONFIGS[0]['ultimatum_models'] = 'constant/7, gpt-6-luna'\n"
    (project / "settings.py").write_text(SETTINGS.format(model="constant/7") + own)
    code, rows, _ = check("--no-network")
    assert code == 1
    assert rows["key openai"].startswith("failed missing")
    assert "gpt-6-luna" in str(rows)


def test_an_unusable_key_is_not_shown(check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", f"{KEY} {KEY}")
    code, rows, _ = check("--model", "gpt-6-luna", "--no-network")
    assert code == 1
    assert "OPENAI_API_KEY does not hold a usable key" in rows["key openai"]


def test_services_of_the_project_are_known(check, project: Path, service: FakeService) -> None:
    uni = f'EGO_SERVICES = {{"campus": {{"base_url": {service.base_url!r}, "key_env": "CAMPUS_KEY"}}}}\n'
    (project / "settings.py").write_text(SETTINGS.format(model="campus/llama") + uni)
    try:
        code, rows, _ = check()
        assert code == 1
        assert rows["key campus"] == "failed missing → set CAMPUS_KEY=… in the environment"
    finally:
        from otree_ego.providers import services as config

        config.declared.pop("campus", None)
    with pytest.raises(Exception, match="EGO_SERVICES takes a dict"):
        declare_services([])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("SESSION_CONFIGS = [", "it stops with SyntaxError"),
        ("import nowhere_at_all", "it stops with ModuleNotFoundError: No module named 'nowhere_at_all'"),
        ("import sys\nsys.exit('no')", "it stops with SystemExit: no"),
        ("SESSION_CONFIGS = []\nEGO_SERVICES = 5", "EGO_SERVICES takes a dict"),
    ],
)
def test_broken_settings_are_said(settings: str, said: str, check, project: Path) -> None:
    (project / "settings.py").write_text(settings)
    code, rows, _ = check("--no-network")
    assert code == 1
    assert rows["settings.py"].startswith(f"failed {said}")


def test_databases(check, project: Path, pg: PostgreSQL, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "settings.py").write_text(SETTINGS.format(model="constant/Hi"))
    (project / "db.sqlite3").write_bytes(b"no database at all" * 100)
    code, rows, _ = check()
    assert code == 1
    assert rows["database"].startswith("failed SQLite, db.sqlite3: file is not a database")
    monkeypatch.setenv("DATABASE_URL", pg.database().env["DATABASE_URL"])
    code, rows, _ = check()
    assert code == 0
    assert rows["database"].startswith(f"ok PostgreSQL, 127.0.0.1:{pg.port}/otree_")
    monkeypatch.setenv("DATABASE_URL", f"postgres://postgres:hidden-word@127.0.0.1:{pg.port}/nowhere")
    code, rows, out = check()
    assert code == 1
    assert 'database "nowhere" does not exist' in rows["database"]
    assert "hidden-word" not in out


@pytest.mark.parametrize(
    ("version", "state"),
    [
        ("5.11.5", "failed"),
        ("6.0.12", "failed"),
        ("6.0.13", "ok"),
        ("6.0.15", "ok"),
        ("6.1.0", "warning"),
        ("7.0", "failed"),
    ],
)
def test_versions_of_otree(version: str, state: str) -> None:
    assert _otree_row(version).state == state
    assert _otree_row("(not installed)").state == "failed"


def test_weights_that_are_not_here_are_only_a_warning(
    check, project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setattr("otree_ego.providers.local.weights.find_weights", lambda: None)
    code, rows, _ = check("--model", "local/smollm2")
    assert code == 0
    assert rows["weights"] == "warning not here yet; fetched on first use → ego weights"
    monkeypatch.undo()
    monkeypatch.chdir(project)
    monkeypatch.setenv("EGO_LOCAL_WEIGHTS", "/nowhere/x.gguf")
    code, rows, _ = check("--model", "local/smollm2")
    assert code == 1
    assert "EGO_LOCAL_WEIGHTS names /nowhere/x.gguf" in rows["weights"]


def test_colour_only_where_it_is_wanted(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    rows = list(check_machine())
    show(rows)
    assert "\x1b" not in capsys.readouterr().out
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    show(rows)
    assert "\x1b[32mok" in capsys.readouterr().out
    monkeypatch.setenv("NO_COLOR", "1")
    show(rows)
    assert "\x1b" not in capsys.readouterr().out


def test_a_built_file_is_checked_alone(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "game.json").write_text(json.dumps(json.loads(BUILT_EXAMPLE)), "utf-8")
    for name in ("game.json", "game"):
        assert main(["check", name]) == 0
        assert "game.json" in capsys.readouterr().out
    broken = json.loads(BUILT_EXAMPLE)
    broken["prompts"]["user"] += "\n  {{ pots }}"
    broken["variables"]["old"] = dict.fromkeys(broken["treatments"], 1)
    (project / "game.json").write_text(json.dumps(broken), "utf-8")
    assert main(["check", "game.json", "--json"]) == 1
    rows = {each["name"]: each for each in json.loads(capsys.readouterr().out)["findings"]}
    last = broken["prompts"]["user"].count("\n") + 1
    assert rows[f"prompts.user, line {last}, column 6"]["state"] == "failed"
    assert rows["variables.old"]["state"] == "warning"
    assert main(["check", "game.json", "--production"]) == 2
    assert "FILE goes with --json only" in capsys.readouterr().err
    assert main(["check", "nowhere.json"]) == 1
    assert "There is no scenario 'nowhere.json'" in capsys.readouterr().err
