"""The rows of SESSION_CONFIGS: a wrong value is refused when the session is created, in words that name it."""

from __future__ import annotations

from typing import Any

import pytest
from harness import Server
from harness.chat import CONFIG, TALK, TALK_FILES, Chat
from harness.lab import LAB_CONFIG, LAB_FILES, at, fails, run

from otree_ego.chat_rules.settings import read_settings
from otree_ego.testing import FakeService

WRONG: list[tuple[str, Any, str]] = [
    ("ego_model", "", "takes the name of a model"),
    ("ego_model", 7, "takes a text"),
    ("ego_model", "gtp/gpt-6-luna", "names a service 'gtp' that is not known"),
    ("ego_model", "openrouter/", "names no model after the slash"),
    ("ego_model", "openrouter/a/b", "OPENROUTER_API_KEY"),
    ("ego_fallback_model", "nowhere/x", "names a service 'nowhere' that is not known"),
    ("ego_temperature", "hot", "takes a number, at least 0 and at most 2"),
    ("ego_temperature", 2.5, "at most 2"),
    ("ego_temperature", -1, "at least 0"),
    ("ego_temperature", True, "takes a number"),
    ("ego_max_tokens", 0, "at least 1"),
    ("ego_max_tokens", 1.5, "takes a whole number of tokens"),
    ("ego_seed", "abc", "takes a whole number"),
    ("ego_system_prompt", ["x"], "takes a text"),
    ("ego_deadline", 0, "takes a number of seconds, at least 0.1"),
    ("ego_deadline", "", "takes a number of seconds"),
    ("ego_deadline", "nan", "takes a number of seconds"),
    ("ego_retries", -1, "at least 0"),
    ("ego_fallback_text", 5, "takes a text"),
    ("ego_min_messages", "a few", "takes a whole number"),
    ("ego_max_messages", 0, "at least 1"),
    ("ego_max_length", 10**9, "at most 200,000"),
    ("ego_max_characters", "1e400", "takes a whole number"),
    ("ego_max_cost", -0.01, "at least 0"),
    ("ego_max_cost_session", {}, "takes a number of US dollars"),
    ("ego_show_model", "maybe", "takes True or False"),
    ("ego_language", "fr", "takes one of de, en"),
    ("ego_word_send", 3, "takes a text"),
]

# An app that declares two settings: one that it uses itself, one that goes to the model.
MOOD = (
    TALK.replace('"talk"', '"mood"')
    .replace(
        "class C(",
        """from otree_ego.binding.setup.chat_settings import settings_of
from otree_ego.chat_rules.settings import Setting, declare_setting

declare_setting(Setting("mood", str, "calm", "The model's mood.", options=("calm", "cross")))
declare_setting(Setting("top_p", float, "", "The share of likely words to draw from.", 0, 1, for_thread=True))


class C(""",
    )
    .replace(
        "        ai(player).from_config()",
        """        ai(player).from_config()
        with ai(player) as llm:
            llm.system(f"You are {settings_of(player).declared['mood']}.")""",
    )
)


@pytest.fixture(scope="module")
def server(chat_server) -> Server:
    """`bare` never calls from_config: its settings are looked at all the same."""
    bare = {**TALK_FILES, "__init__.py": TALK.replace('"talk"', '"bare"').replace("ai(player).from_config()", "pass")}
    mood = {**CONFIG, "name": "moody", "app_sequence": ["mood"], "ego_mood": "calm", "ego_top_p": ""}
    apps = {"bare": bare, "lab": LAB_FILES, "mood": {**TALK_FILES, "__init__.py": MOOD}}
    return chat_server(apps=apps, configs=[{**LAB_CONFIG, "name": "own"}, mood])


@pytest.mark.parametrize(("name", "value", "says"), WRONG)
def test_a_wrong_value_is_refused_over_rest(server: Server, name: str, value: Any, says: str) -> None:
    sessions = server.database.query("SELECT count(*) AS n FROM otree_session")
    with pytest.raises(AssertionError) as refusal:
        server.create_session("talk", 1, **{name: value})
    text = str(refusal.value)
    assert "HTTP 400: " in text
    assert name in text
    assert says in text
    assert server.database.query("SELECT count(*) AS n FROM otree_session") == sessions


@pytest.mark.parametrize(
    ("name", "says"), [("ego_temprature", "Did you mean 'ego_temperature'?"), ("ego_xyz", "Known are ego_model")]
)
def test_an_unknown_name_is_refused(server: Server, name: str, says: str) -> None:
    with pytest.raises(AssertionError) as refusal:
        server.create_session("talk", 1, **{name: 1})
    assert f"There is no setting '{name}'. {says}" in str(refusal.value)


def test_an_unknown_word_and_limits_that_cross_are_refused(server: Server) -> None:
    with pytest.raises(AssertionError, match=r"There is no setting 'ego_word_sned'\. Did you mean 'ego_word_send'"):
        server.create_session("talk", 1, ego_word_sned="Go")
    with pytest.raises(AssertionError, match="ego_min_messages = 5 is more than ego_max_messages = 3"):
        server.create_session("talk", 1, ego_min_messages=5, ego_max_messages=3)


@pytest.mark.parametrize("app", ["talk", "bare"])
@pytest.mark.parametrize(
    ("name", "value", "says"), [WRONG[2], WRONG[7], WRONG[26], ("ego_max_tokens", "x", "takes a whole number")]
)
def test_a_wrong_value_is_refused_by_the_form(server: Server, app: str, name: str, value: Any, says: str) -> None:
    answer = server.submit_session_form(app, 1, **{name: value})
    text = str(answer.get("error") or answer["validation_errors"])
    assert name in text
    assert says in text


def test_the_form_changes_the_model_for_one_session(server: Server, model: FakeService) -> None:
    changed = server.create_session_by_form(
        "talk", 1, ego_model="openai/gpt-5.4-mini", ego_temperature=1.5, ego_max_messages="2", ego_show_model=False,
        ego_system_prompt="Be brief.",
    )  # fmt: skip
    usual = server.create_session("talk")
    for session in (changed, usual):
        with Chat(session.participant().start()) as chat:
            chat.ask("Hello")
            assert (chat.model, chat.status["left"]) == (("", 1) if session is changed else ("gpt-6-luna", None))
    first, second = (request.body for request in model.requests)
    assert (first["model"], first["temperature"], first["messages"][0]["content"]) == ("gpt-5.4-mini", 1.5, "Be brief.")
    assert (second["model"], second["temperature"]) == ("gpt-6-luna", 0.5)
    assert second["messages"][0]["content"] == CONFIG["ego_system_prompt"]


def test_rest_changes_the_model_for_one_session(server: Server) -> None:
    session = server.create_session("bare", 1, ego_model="constant/Only here")
    with Chat(session.participant().start()) as chat:
        assert chat.ask("Hello")["text"] == "Only here"


def test_a_session_without_our_settings_is_not_our_business(server: Server) -> None:
    assert read_settings({"real_world_currency_per_point": 1, "ego_model": "constant/x"}).retries == 2


def test_all_sampling_settings_reach_the_service(server: Server, model: FakeService) -> None:
    session = server.create_session("talk", 1, ego_max_tokens=50, ego_seed=11, ego_temperature="")
    with Chat(session.participant().start()) as chat:
        chat.ask("Hello")
    body = model.requests[-1].body
    assert (body["seed"], "temperature" in body) == (11, False)
    assert 50 in (body.get("max_tokens"), body.get("max_completion_tokens"))


def test_an_apps_own_setting_may_be_several_that_are_read_one_by_one(server: Server) -> None:
    person = at(server.create_session("own", 1))
    setting = "otree_ego.session_setting(player, 'paces', {!r}, several=True, read=otree_ego.pace)"
    assert run(person, f"result = [each.text for each in {setting.format('1-2, 3')}]") == ["1-2", "3"]
    for value, says in (("1-2, soon", "A pace of 'soon' cannot be."), ("3, 3", "this setting takes")):
        kind, text = fails(person, setting.format(value))
        assert (kind, says in text) == ("SessionRefused", True), text
        assert text.startswith(f"paces = {value!r}: ")


def test_an_apps_declared_settings_work_like_the_packages_own(server: Server, model: FakeService) -> None:
    with pytest.raises(AssertionError, match="ego_mood = 'merry': this setting takes one of calm, cross"):
        server.create_session("moody", 1, ego_mood="merry")
    refused = server.submit_session_form("moody", 1, ego_top_p="7")
    assert "ego_top_p = '7': this setting takes a number, at least 0 and at most 1" in refused["error"]
    changed = server.create_session_by_form("moody", 1, ego_mood="cross", ego_top_p="0.25")
    for session, mood, share in ((changed, "cross", 0.25), (server.create_session("moody"), "calm", None)):
        with Chat(session.participant().start()) as chat:
            chat.ask("Hello")
        body = model.requests[-1].body
        assert body["messages"][0]["content"].endswith(f"\n\nYou are {mood}.")
        assert [m["content"] for m in body["messages"]][1:] == ["Hello"]
        assert body.get("top_p") == share


PROMPT = "You are a broker.\nBe &amp; stay polite.\n\nDon't reveal your limit; it's 12."
CUT = "You are a broker.Be & stay polite.Don"


@pytest.fixture(scope="module")
def broker(chat_server) -> Server:
    config = {**CONFIG, "name": "broker", "app_sequence": ["talk"], "ego_system_prompt": PROMPT, "game_text": "It's"}
    return chat_server(configs=[{**config, "large": 2**60 + 1, "ego_retries": 1, "list": ["it's"]}])


@pytest.mark.parametrize(
    ("sent", "wanted"),
    [
        (CUT, PROMPT),  # what oTree's own form makes of it
        ("", PROMPT),
        (PROMPT.replace("\n", "\r\n"), PROMPT),
        ("Don't be cut.\r\n", "Don't be cut.\n"),
        (" ", " "),
        ("Don", "Don"),
    ],
)
def test_a_text_that_otrees_form_has_cut_is_the_configured_one(broker: Server, sent: str, wanted: str) -> None:
    session = broker.create_session_by_form("broker", 1, ego_system_prompt=sent, game_text="It")
    config = broker.get_session(session.code)["config"]
    assert (config["ego_system_prompt"], config["game_text"]) == (wanted, "It's")
    assert (config["large"], config["list"]) == (2**60 + 1, ["it's"])


def test_a_text_that_was_edited_where_it_was_cut_is_refused(broker: Server) -> None:
    answer = broker.submit_session_form("broker", 1, ego_system_prompt="Listen! " + CUT)
    assert answer["validation_errors"].startswith("ego_system_prompt ends at “lite.Don”, where the form has cut")
    answer = broker.submit_session_form("broker", 1, ego_system_prompt=CUT + " tell.")
    assert answer["validation_errors"].startswith("ego_system_prompt has lost the line breaks")


@pytest.mark.parametrize("sent", ["", "0", "3", "3.0", " 3 "])
def test_a_number_in_the_form(broker: Server, sent: str) -> None:
    session = broker.create_session_by_form("broker", 1, ego_retries=sent, large=2**61 + 1)
    config = broker.get_session(session.code)["config"]
    assert (config["ego_retries"], config["large"]) == (int(float(sent or 1)), 2**61 + 1)


def test_a_number_that_is_none_is_refused(broker: Server) -> None:
    for name, sent, says in (
        ("ego_retries", "1.5", "ego_retries = 1.5: this setting takes a whole number, at least 0 and at most 20."),
        ("ego_retries", "1,5", "ego_retries = '1,5': this setting takes a whole number, at least 0 and at most 20."),
        ("large", "1e999", "large = '1e999': this setting takes a whole number, such as 1152921504606846977."),
    ):
        assert broker.submit_session_form("broker", 1, **{name: sent})["validation_errors"] == says


@pytest.mark.parametrize(
    "text",
    [
        PROMPT, CUT, "", " \r\n", "</textarea>'\"<&>\t🥚", "Don't. " * 3000, "a\rb", "\n\na\n", "  lead", "trail  ",
        "</script><script>", "<!-- x", "&amp;&#39;", "{{ x }}{% y %}", "${x}`\\n", "\u2028\u2029", "\u200b\ufeff\u202e",
        "null", "True", "-1", "[1,2]", "on", "\x1b[31m", "\x85", "ẞß\u0301", "👩‍👩‍👧",
    ],
)  # fmt: skip
def test_texts_are_whole_over_rest(broker: Server, text: str) -> None:
    session = broker.create_session("broker", 1, ego_system_prompt=text, game_text=text)
    config = broker.get_session(session.code)["config"]
    assert (config["ego_system_prompt"], config["game_text"]) == (text, text)


def test_the_configured_prompt_reaches_the_model_whole(broker: Server, model: FakeService) -> None:
    session = broker.create_session_by_form("broker", 1, ego_system_prompt=CUT)
    with Chat(session.participant().start()) as chat:
        chat.ask("Hello")
    assert model.requests[-1].body["messages"][0]["content"] == PROMPT


@pytest.mark.parametrize("text", ["a\x00b", "\x00", "half \ud83d"])
def test_a_text_that_cannot_be_sent_whole_refuses_the_session(broker: Server, text: str) -> None:
    for name in ("ego_system_prompt", "ego_fallback_text", "ego_word_start"):
        with pytest.raises(AssertionError, match=rf"{name} = .*can neither be stored nor sent: NUL, or half of a pair"):
            broker.create_session("broker", 1, **{name: text})
