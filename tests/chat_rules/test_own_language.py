"""A project's own language: what a file may look like, what is missing or wrong in it, and what is used instead."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest
from harness.own_language import JAPANESE, own_language
from hypothesis import given, strategies as st

from otree_ego.chat_rules.language_check import SECTIONS, check_language, findings, template
from otree_ego.chat_rules.settings import read_settings
from otree_ego.chat_rules.turn_taking import TEXTS
from otree_ego.chat_rules.words import WORDS, words
from otree_ego.errors import ConfigError
from otree_ego.languages.app_tables import tables_of_app
from otree_ego.languages.packs import MOST_BYTES, codes, read_anew, texts_in
from otree_ego.languages.toml_text import read_toml, write_key, write_text
from otree_ego.questions.phrases import PHRASES, phrases


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    made = tmp_path / "ego_words"
    made.mkdir()
    read_anew()
    return made


@pytest.fixture(autouse=True)
def _forget() -> None:
    read_anew()


def sentences(code: str, *apps: str) -> list[str]:
    read_anew()
    return [each.sentence for each in findings(code, apps)]


def test_a_complete_file(folder: Path) -> None:
    (folder / "ja.toml").write_text(own_language(JAPANESE), "utf-8")
    assert codes() == ["ja"] and sentences("ja") == []
    check_language("ja", [])
    settings = read_settings({"ego_language": "ja"})
    assert settings.words["send"] == "送信" and settings.words["lang"] == "ja" and settings.words["dir"] == "ltr"
    assert settings.words["left_one"] == "あと{n}件書けます"
    assert settings.phrases["yes"] == "はい" and settings.phrases["language"] == "ja"
    assert texts_in("turns", TEXTS, "ja")["room"].format(me="Ada", others="Kim") == "あなたはAdaです。ほかに：Kim。"


def test_what_is_missing_is_english_and_is_named(folder: Path) -> None:
    (folder / "ja.toml").write_text('[chat]\nsend = "送信"\nleft = "あと{n}件"\nstop = ""\n', "utf-8")
    found = words("ja")
    assert (found["send"], found["left_one"], found["stop"]) == ("送信", "あと{n}件", "Stop")
    said = sentences("ja")
    assert said[0].startswith("ego_words/ja.toml: [chat] lacks noscript, connecting, ")
    assert not any("[otree]" in each for each in said)  # oTree has Japanese
    check_language("ja", [])
    assert "stop" not in " ".join(said) or True


def test_a_language_that_otree_does_not_have_lacks_its_sentences(folder: Path) -> None:
    (folder / "sw.toml").write_text(own_language({}, rest="«{}»").partition("[otree]")[0], "utf-8")
    assert [each for each in sentences("sw") if "[otree] lacks Next, Back, " in each]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ('[chat]\nleft = "あと{m}件"', "[chat] left: it has {m}, which nothing is put in for; it lacks {n}."),
        ('[chat]\nleft = "あと件"', "[chat] left: it lacks {n}."),
        ('[chat]\nsend = "送{n}信"', "[chat] send: it has {n}, which nothing is put in for."),
        (
            '[turns]\nroom = "{me.__class__} {others} {me}"',
            "[turns] room: it has a brace that belongs to no placeholder",
        ),
        ('[turns]\nroom = "{me} {others} {"', "[turns] room: it has a brace that belongs to no placeholder"),
        ('[otree]\nNext = "<script>alert(1)</script>"', "[otree] Next: it has HTML, which a page would carry out"),
        ('[otree]\n"{} points" = "ポイント"', "[otree] {} points: it lacks {}."),
        ('[chat]\nsend = "\\u0000"', "[chat] send: it has a character that can neither be stored nor sent"),
    ],
)
def test_wrong_words_refuse_a_session_and_are_english_in_one_that_runs(folder: Path, row: str, why: str) -> None:
    (folder / "ja.toml").write_text(row, "utf-8")
    with pytest.raises(ConfigError) as refused:
        check_language("ja", [])
    assert f"ego_words/ja.toml: {why}" in str(refused.value)
    assert words("ja")["left"] == WORDS["en"]["left"] and texts_in("turns", TEXTS, "ja") == TEXTS["en"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("[chat]\nsend = 送信".encode(), 'ego_words/ja.toml, line 2: \'send = 送信\' is none of [section]'),
        ('[chat]\nsend = "送信"'.encode("shift-jis"), "ego_words/ja.toml is not in UTF-8."),
        ('[chat]\nsend = "送信"'.encode("utf-16"), "ego_words/ja.toml is not in UTF-8."),
        (b'send = "x"', "line 1: this text stands before the first [section]."),
        (b'[chat]\nsend = "x"\nsend = "y"', "line 3: 'send' stands twice"),
        (b'[chat]\n[chat]', "line 2: the section [chat] stands twice."),
        (b'[chat]\nsend = """x"""', "line 2: "),
        (b'[chat]\nsend = "\\q"', "has a backslash that stands for nothing"),
        (b'[chat]\nsend = "' + b"x" * MOST_BYTES + b'"', "is larger than 1,000,000 bytes"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_read(folder: Path, content: bytes, why: str) -> None:
    (folder / "ja.toml").write_bytes(content)
    with pytest.raises(ConfigError) as refused:
        check_language("ja", [])
    assert why in str(refused.value) and len(str(refused.value)) < 400
    assert words("ja") == WORDS["en"] and phrases("ja") == {**PHRASES["en"], "language": "en"}


def test_unknown_words_and_sections_are_told(folder: Path) -> None:
    (folder / "ja.toml").write_text('[chat]\nsennd = "x"\n[chatt]\n[app.somebody]\nx = "y"\n', "utf-8")
    said = sentences("ja")
    assert "ego_words/ja.toml: [chat] has no text 'sennd'; did you mean send?." in said
    assert "ego_words/ja.toml: there is no section [chatt]; did you mean chat?." in said
    assert not any("somebody" in each for each in said)


@pytest.mark.parametrize(
    ("file", "language", "send"),
    [("pt-br", "pt-BR", "Enviar"), ("pt", "pt_BR", "Enviar"), ("pt-br", "pt", "Send"), ("de", "de-AT", "Enviar")],
)
def test_regions(folder: Path, file: str, language: str, send: str) -> None:
    (folder / f"{file}.toml").write_text('[chat]\nsend = "Enviar"\n', "utf-8")
    assert words(language)["send"] == send
    assert words(language)["stop"] == ("Anhalten" if file == "de" else "Stop")  # ours, where we have it


@pytest.mark.parametrize(("code", "direction"), [("he", "rtl"), ("ar-eg", "rtl"), ("fa", "rtl"), ("ja", "ltr")])
def test_direction(folder: Path, code: str, direction: str) -> None:
    (folder / f"{code}.toml").write_text('[chat]\nsend = "x"\n', "utf-8")
    assert words(code)["dir"] == direction


def test_the_setting_takes_the_project_s_languages(folder: Path) -> None:
    with pytest.raises(ConfigError, match="this setting takes one of de, en,"):
        read_settings({"ego_language": "ja"})
    (folder / "ja.toml").write_text("", "utf-8")
    assert read_settings({"ego_language": "ja"}).language == "ja"
    with pytest.raises(ConfigError, match="this setting takes one of de, en, ja,"):
        read_settings({"ego_language": "fr"})


def test_a_file_that_went_away_keeps_nobody_out(folder: Path) -> None:
    assert read_settings({"ego_language": "ja"}, running=True).words == WORDS["en"]
    with pytest.raises(ConfigError):
        read_settings({"ego_language": 5}, running=True)


@pytest.mark.parametrize("code", ["ja", "sw", "de", "he"])
def test_the_template_is_read_again(folder: Path, code: str) -> None:
    made = template(code, [])
    read = read_toml(made)
    assert {name: list(read[name]) for name in SECTIONS} == {
        name: list(t["en"]) for name, (_, t, _) in SECTIONS.items()
    }
    (folder / f"{code}.toml").write_text(made, "utf-8")
    read_anew()
    assert not any(each.wrong for each in findings(code, []))
    filled = made.replace('send = ""', 'send = "«x»"', 1)
    (folder / f"{code}.toml").write_text(filled, "utf-8")
    read_anew()
    assert template(code, []) == filled  # what is filled in stays


@pytest.mark.skipif(sys.version_info < (3, 11), reason="tomllib came with 3.11")
@given(
    st.dictionaries(
        st.text(st.characters(codec="utf-8"), min_size=1).filter(lambda k: "." not in k),
        st.text(st.characters(codec="utf-8")),
    )
)
def test_it_is_toml(rows: dict[str, str]) -> None:
    tomllib = importlib.import_module("tomllib")
    text = "[a]\n" + "".join(f"{write_key(key)} = {write_text(value)}  # so\n" for key, value in rows.items())
    assert tomllib.loads(text)["a"] == read_toml(text)["a"] == rows


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read_toml(text)
    except ConfigError as error:
        assert str(error).startswith("line ")


def test_an_app_s_tables(folder: Path) -> None:
    app = folder.parent / "garden"
    app.mkdir()
    texts = "TEXTS = dict(en=dict(hi='Hi {n}'))\nFRAMES = dict(en=dict(a=dict(title='A')))\nOTHER = dict(x=1)\n"
    (app / "texts.py").write_text(texts, "utf-8")
    assert tables_of_app("garden") == {
        "app.garden": {"en": {"hi": "Hi {n}"}},
        "app.garden.frames": {"en": {"a.title": "A"}},
    }
    pack = '[app.garden]\nhi = "よ"\n[app.garden.frames]\na.title = "ア"\n'
    (folder / "ja.toml").write_text(pack, "utf-8")
    assert "ego_words/ja.toml: [app.garden] hi: it lacks {n}." in sentences("ja", "garden")
    assert 'a.title = "ア"' in template("ja", ["garden"])
