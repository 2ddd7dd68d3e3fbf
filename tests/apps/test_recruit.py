"""The apps `recruit` and `recruit_end`: bots, people at a server, and a browser from the entry link to the code."""

from __future__ import annotations

import string
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest
from harness import Participant, Project, Refused, Server
from harness.bots import otree_test
from harness.chat import KEY
from harness.project import REPO

from otree_ego.cli.shared.games import session_configs
from otree_ego.testing import FakeService, fitting

CONFIG, ULTIMATUM = session_configs(REPO / "apps" / "recruit")
CODES = {"completed": "CDONE1", "no_consent": "CNONE2", "screened_out": "COUT3", "failed_check": "CFAIL4"}
SETTINGS: dict[str, Any] = {
    **CONFIG,
    "ego_language": "en",
    "ego_completion_platform": "prolific",
    **{f"ego_completion_code_{outcome}": code for outcome, code in CODES.items()},
}
RIGHT = dict(check1="any_time", check2="research")
WRONG = dict(check1="never", check2="research")
USUAL = '{"answer": 30}'


def load_texts() -> Any:
    spec = spec_from_file_location("recruit_texts", REPO / "apps/recruit/texts.py")
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TEXTS = load_texts()


def test_the_languages_have_the_same_texts() -> None:
    def names(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    english, german = TEXTS.TEXTS["en"], TEXTS.TEXTS["de"]
    assert english.keys() == german.keys()
    for key, text in english.items():
        assert type(text) is type(german[key]) and len(text) and names(str(text)) == names(str(german[key])), key
    for one, two in zip(TEXTS.CHECK["en"], TEXTS.CHECK["de"], strict=True):
        assert one.keys() == two.keys() and one["right"] == two["right"] in one["options"]
        assert list(one["options"]) == list(two["options"])


@pytest.mark.parametrize(
    "changes",
    [{}, pytest.param({"recruit_check_failed": "flag", "ego_language": "de"}, marks=pytest.mark.full)],
)
def test_bots(tmp_path: Path, changes: dict[str, Any]) -> None:
    configs = [{**SETTINGS, **changes}]
    done = otree_test(Project(tmp_path / "project", repo_apps=["recruit", "recruit_end"], session_configs=configs))
    assert done.returncode == 0, done.stdout + done.stderr
    assert (done.stdout + done.stderr).count("Bots completed session") == 4, done.stderr


@pytest.fixture(scope="module")
def model() -> Any:
    with FakeService() as fake:
        fake.reply = fitting
        yield fake


@pytest.fixture(scope="module")
def study(server_factory: Callable[..., Server], model: FakeService) -> Server:
    env = {"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": KEY}
    whole = {**SETTINGS, **ULTIMATUM, **{k: v for k, v in SETTINGS.items() if k.startswith("ego_")}}
    whole |= {"ego_model": "gpt-6-luna", "ego_retries": 0}
    apps = ["recruit", "ultimatum", "recruit_end"]
    return server_factory(repo_apps=apps, session_configs=[SETTINGS, whole], env=env)


def begin(study: Server, config: str = "recruit", **fields: Any) -> Participant:
    return study.create_session(config, 1, **fields).participant().start()


def seen_codes(page: str) -> list[str]:
    return [outcome for outcome, code in CODES.items() if code in page]


def row(study: Server, person: Participant, app: str = "recruit") -> Any:
    return next(row for row in study.app_export(app) if row["participant.code"] == person.code)


def test_who_takes_part_gets_the_code_for_it(study: Server) -> None:
    person = begin(study)
    pages = [person.html]
    for fields in (dict(consent="True"), dict(age=18, fluent="True"), RIGHT):
        person.submit(**fields)
        pages.append(person.html)
    assert [bool(seen_codes(page)) for page in pages] == [False, False, False, True]
    assert person.page == "End" and seen_codes(person.html) == ["completed"]
    person.submit()
    assert seen_codes(person.html) == ["completed"], "whatever is sent to the last page"
    assert row(study, person, "recruit_end")["player.outcome"] == "completed"


@pytest.mark.parametrize("config", ["recruit", "recruit_ultimatum"])
@pytest.mark.parametrize("language", ["en", "de"])
def test_who_declines_sees_nothing_of_the_study(study: Server, config: str, language: str) -> None:
    person = begin(study, config, ego_language=language).submit(consent="False")
    assert person.page == "End" and seen_codes(person.html) == ["no_consent"]
    assert ("nicht an dieser Studie" if language == "de" else "not to take part") in person.html
    assert (row(study, person)["player.consent"], row(study, person, "recruit_end")["player.outcome"]) == (
        "0",
        "no_consent",
    )


@pytest.mark.parametrize("answers", [dict(age=17, fluent="True"), dict(age=40, fluent="False")])
def test_who_does_not_fit_is_screened_out(study: Server, answers: dict[str, Any]) -> None:
    person = begin(study, "recruit_ultimatum").submit(consent="True").submit(**answers)
    assert person.page == "End" and seen_codes(person.html) == ["screened_out"]
    assert row(study, person)["player.screened_out"] == "1"


def test_the_check_has_a_limit_of_tries(study: Server) -> None:
    person = begin(study, recruit_check_tries=3, recruit_screening=False).submit(consent="True")
    assert "You have 3 tries." in person.html
    for _ in range(2):
        with pytest.raises(Refused, match="you can stop at any time"):
            person.submit(**WRONG)
    assert "You have one try left." in person.html
    person.submit(**WRONG)
    assert seen_codes(person.html) == ["failed_check"]
    found = row(study, person)
    assert [found[f"player.check_{name}"] for name in ("tries", "errors", "failed")] == ["3", "3", "1"]


def test_who_fails_the_check_may_be_marked_only(study: Server) -> None:
    person = begin(study, recruit_check_tries=1, recruit_check_failed="flag", recruit_screening=False)
    person.submit(consent="True").submit(**WRONG)
    assert seen_codes(person.html) == ["completed"]
    assert row(study, person)["player.check_failed"] == "1"
    unlimited = begin(study, recruit_check_tries=0, recruit_screening=False).submit(consent="True")
    for _ in range(4):
        with pytest.raises(Refused):
            unlimited.submit(**WRONG)
    assert "tries" not in unlimited.html
    unlimited.submit(**RIGHT)
    assert seen_codes(unlimited.html) == ["completed"]


def test_a_consent_text_of_ones_own(study: Server) -> None:
    own = "First <b>line</b>.\n\nSecond line."
    person = begin(study, recruit_consent=own, recruit_screening=False, recruit_check=False)
    assert "<p>First &lt;b&gt;line&lt;/b&gt;.</p><p>Second line.</p>" in person.html
    assert "You are invited" not in person.html
    assert person.submit(consent="True").page == "End"


@pytest.mark.parametrize(
    ("field", "value"), [("recruit_check_tries", -1), ("recruit_check_failed", "ban"), ("recruit_min_age", "old")]
)
def test_wrong_settings_are_refused(study: Server, field: str, value: Any) -> None:
    answer = study.http.post(
        f"{study.url}/api/sessions",
        json={
            "session_config_name": "recruit",
            "num_participants": 1,
            "modified_session_config_fields": {field: value},
        },
    )
    assert answer.status_code == 400 and field in answer.text
