"""The settings of the ends: what each platform gets, and what is refused when a session is created."""

from __future__ import annotations

from typing import Any

import pytest

from otree_ego.chat_rules.settings import check_config
from otree_ego.errors import ConfigError
from otree_ego.recruiting.completion import OUTCOMES, completion_for
from otree_ego.recruiting.page_texts import NAMES, TEXTS, end_notice

SONA = "https://school.sona-systems.com/webstudy_credit.aspx?experiment_id=1&credit_token=ab2&survey_code=XXXX"
PROLIFIC = "https://app.prolific.com/submissions/complete?cc="


def settings(**values: Any) -> dict[str, Any]:
    return {f"ego_completion_{name}": value for name, value in values.items()}


def end(outcome: str = "completed", known: Any = None, person: str = "", **values: Any) -> Any:
    check_config(settings(**values))
    return completion_for({f"completion_{name}": v for name, v in values.items()}, outcome, known or {}, person)


def test_prolific() -> None:
    given = dict(platform="prolific", code_completed="C1AB", code_no_consent="NO1", code_full="F1")
    assert end(**given).link == f"{PROLIFIC}C1AB"
    assert end("no_consent", **given).link == f"{PROLIFIC}NO1"
    assert end("full", **given).link == f"{PROLIFIC}F1"
    none = end("screened_out", **given)
    assert (none.code, none.link) == ("", "")
    assert "return your submission" in " ".join(end_notice(none, "en").lines)
    copied = end(platform="prolific", link_completed=f"{PROLIFIC}C1AB")
    assert (copied.code, copied.link) == ("", f"{PROLIFIC}C1AB")


def test_sona() -> None:
    given = dict(platform="sona", link_completed=SONA)
    assert end(known={"survey_code": "77"}, **given).link == SONA.replace("XXXX", "77")
    assert end(known={"id": "78"}, person="78", **given).link == SONA.replace("XXXX", "78")
    for blank in ("", "%reference%", "{survey_code}", "XXXX&x=1"):
        link = SONA.replace("XXXX", blank)
        made = end(known={"survey_code": "77"}, platform="sona", link_completed=link).link
        assert made == SONA.replace("XXXX", "77") + "&x=1" * ("&x" in blank)
    assert end(known={"survey_code": "7&x=<"}, **given).link == SONA.replace("XXXX", "7%26x%3D%3C")
    unknown = end(**given)
    assert (unknown.link, unknown.unknown) == ("", True)
    assert end_notice(unknown, "en", "abcd1234").number == "abcd1234"
    assert "number" not in str(
        end_notice(end("full", platform="sona", link_completed=SONA, link_full=SONA), "en").lines
    )


def test_connect_and_laboratories() -> None:
    connect = end_notice(end(platform="connect", code_completed="AB12"), "de")
    assert (connect.code, connect.link) == ("AB12", "")
    assert end_notice(end(platform="lab"), "en").lines[-1] == "Please stay in your seat and wait for your payment."
    assert end_notice(end("no_consent", platform="lab"), "en").close == ""


def test_ends_of_ones_own() -> None:
    link = "https://example.org/back?who={PROLIFIC_PID}&c={code}"
    made = end(known={"PROLIFIC_PID": "a b"}, link_completed=link, code_completed="Z 1")
    assert made.link == "https://example.org/back?who=a%20b&c=Z%201"
    assert end_notice(made, "en").button == "Continue"
    nothing = end_notice(end(), "en")
    assert (nothing.code, nothing.link, nothing.close) == ("", "", "You can close this page now.")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (dict(platform="amazon"), "one of prolific, sona, connect, lab"),
        (dict(code_finished="x"), "There is no setting 'ego_completion_code_finished'"),
        (dict(link_complete="https://a.de"), "Did you mean 'ego_completion_link_completed'"),
        (dict(platform="prolific"), "ego_completion_code_completed is empty"),
        (dict(platform="prolific", code_no_consent="N1"), "ego_completion_code_completed is empty"),
        (dict(platform="prolific", code_completed="C 1"), "letters and digits"),
        (dict(platform="prolific", code_completed=f"{PROLIFIC}C1"), "Set ego_completion_link_completed instead"),
        (dict(platform="prolific", code_completed="C1", link_completed=f"{PROLIFIC}C2"), "which one is right"),
        (dict(platform="sona"), "ego_completion_link_completed is empty"),
        (dict(platform="sona", link_completed="https://school.sona-systems.com/x"), "survey_code=XXXX"),
        (dict(platform="connect"), "ego_completion_code_completed is empty"),
        (
            dict(platform="connect", link_completed="https://a.de", link_screened_out="https://a.de"),
            "ego_completion_link_screened_out is the link for completed studies",
        ),
        (dict(platform="lab", code_completed="A"), "ego_completion_code_completed is set"),
        (dict(platform="lab", link_no_consent="https://a.de"), "ego_completion_link_no_consent is set"),
        (dict(link_completed="javascript:alert(1)"), "begins with https://"),
        (dict(link_completed="JavaScript://a.de/%0aalert(1)"), "begins with https://"),
        (dict(link_completed="data:text/html,x"), "begins with https://"),
        (dict(link_completed="//a.de"), "begins with https://"),
        (dict(link_completed="a.de/x"), "begins with https://"),
        (dict(link_completed="https:///x"), "begins with https://"),
        (dict(link_completed="https://{id}/x"), "begins with https://"),
        (dict(link_completed="https://[::1"), "begins with https://"),
        (dict(link_completed="https://a.de:port"), "begins with https://"),
        (dict(link_completed='https://a.de/"><script>'), "begins with https://"),
        (dict(link_completed="https://a.de/a b"), "begins with https://"),
        (dict(link_completed="https://a.de/" + "x" * 2000), "begins with https://"),
        (dict(code_completed="javascript:alert(1)"), "this is a link"),
        (dict(code_completed="a\nb"), "one line"),
        (dict(code_completed="x" * 101), "at most 100 characters"),
        (dict(code_completed=12), "takes a text"),
    ],
)
def test_what_does_not_fit_is_refused(values: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said.replace("(", r"\(")):
        check_config(settings(**values))


def test_all_ends_have_texts_in_all_languages() -> None:
    assert TEXTS["de"].keys() == TEXTS["en"].keys()
    for outcome in OUTCOMES:
        assert {outcome, f"{outcome}_title"} <= TEXTS["en"].keys()
    for key, text in TEXTS["en"].items():
        assert text.count("{") == TEXTS["de"][key].count("{"), key
    assert end_notice(end(), "fr").language == "en"
    assert {"prolific", "sona", "connect"} == NAMES.keys()
