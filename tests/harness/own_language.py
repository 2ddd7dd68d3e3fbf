"""Files of a project's own language, for tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from otree_ego.chat_rules.language_check import tables
from otree_ego.languages.toml_text import write_key, write_text

JAPANESE: dict[str, dict[str, str]] = {
    "chat": {
        "connecting": "接続しています…",
        "start": "メッセージを書いてください。",
        "model_label": "{model} が返信します",
        "placeholder": "メッセージを入力…",
        "send": "送信",
        "stop": "停止",
        "retry": "もう一度",
        "left": "あと{n}件書けます",
        "next": "次へ",
        "next_hint": "進む前に、あと{n}件書いてください。",
        "you": "あなた",
        "other": "参加者",
        "people": "ここにいる人：{names}",
        "me": "{name}（あなた）",
        "too_long": "長すぎます。{n}文字まで書けます。",
        "limit_messages": "<b>終わりです</b> & ありがとうございました",
        "failed": "すみません、返信が来ませんでした。",
    },
    "questions": {"only": "次の形だけで答えてください：", "yes": "はい", "no": "いいえ"},
    "turns": {"room": "あなたは{me}です。ほかに：{others}。"},
    "otree": {
        "Next": "次のページ",
        "This field is required.": "記入してください。",
        "Please fix the errors.": "直してください。",
        "Time left to complete this page:": "残り時間：",
        "Not a valid integer value": "整数を書いてください",
        "Number must be between %(min)s and %(max)s.": "%(min)sから%(max)sまでです。",
        "Please wait": "お待ちください",
        "Yes": "はい",
    },
    "app.ego_chat": {"welcome": "ようこそ", "nickname": "お名前は？"},
}


def own_language(words: Mapping[str, Mapping[str, str]], apps: Iterable[str] = (), rest: str = "«{}»") -> str:
    """A complete file: these words, and all others in English, with marks around.

    Arguments:
        words: by section and key. apps: apps of the project with texts. rest: how the others look; empty: not there.
    """
    lines = []
    sections = {name: table for name, (_, table, _) in tables(apps).items()}
    for section in {**sections, **words}:
        english = sections.get(section, {"en": {}})["en"]
        given = {key: rest.format(text) for key, text in english.items() if text and key not in ("lang", "dir")}
        mine = words.get(section, {})
        given = {key: text for key, text in given.items() if rest and key.removesuffix("_one") not in mine}
        given.update(mine)
        lines += [f"[{section}]", *(f"{write_key(key)} = {write_text(text)}" for key, text in given.items())]
    return "\n".join(lines) + "\n"
