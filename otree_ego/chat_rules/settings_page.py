"""What the settings are for: docs/settings.md, made from the rows of the settings and of the chat's words.

``python -m otree_ego.chat_rules.settings_page > docs/settings.md`` makes it anew.
"""

from __future__ import annotations

import sys

from ..questions.phrases import PHRASES, PREFIX as QUESTION
from .settings import PREFIX, QUESTION_WORDS, SETTINGS, WORD
from .study_words import MEANINGS as STUDY_MEANINGS, STUDY_WORDS
from .words import MEANINGS, WORDS

INTRO = (
    "Rows of a session config, or of `SESSION_CONFIG_DEFAULTS`. Those that stand there can be changed for one session "
    "in oTree's *Configure session* form, which explains each. Texts of any length and with any signs go through it "
    "whole; an emptied text is an empty text, an emptied number stays as it was. The settings are checked when the "
    "session is created. All but the limits of the whole session can differ between participants, treatments, rounds "
    "or groups: see [games.md](games.md#settings-per-participant-or-group)."
)
OWN = f"""## Settings of your own

`settings.py`, or an app's module, can declare a setting. It is checked like the others, and *Configure session* shows
it if a session config names it:

```python
from otree_ego.chat_rules.settings import Setting, declare_setting

declare_setting(Setting("top_p", float, "", "The share of likely words to draw from.", 0, 1, for_thread=True))
```

With `for_thread=True` each new Thread has it as an attribute: `{PREFIX}top_p` goes to the model with each request.
An app's code reads a setting with `session_setting(player, "ego_…", default)`."""
WORDS_INTRO = (
    f"Every text that the chat shows to participants can be replaced by a session config's `{WORD}…`; `{{n}}` and "
    "`{model}` stand for what the table says. All words in another language are a file of their own: see "
    "[languages.md](languages.md)."
)

QUESTIONS_INTRO = (
    "What stands below a typed question (`ask_number`, `decide`, …), and asks for another answer, is in the session's "
    "language and can be replaced in the same way."
)

STUDY_INTRO = (
    "What participants read about AIs (`ego_disclose`), comprehension checks and their pay can be replaced in the same "
    "way; see [study.md](study.md)."
)


def sentence(name: str) -> str:
    """What a setting of a session config is for and what it accepts; empty if it is not one of ours.

    >>> sentence("ego_retries")
    'How often a request is repeated after an overload or a lost connection. A whole number, at least 0 and at most 20.'
    >>> sentence("ego_word_send")
    'A text of the chat: button.'
    """
    if name.startswith(WORD):
        meaning, question = MEANINGS.get(name[len(WORD) :]), QUESTION_WORDS.get(name[len(WORD) :])
        if question:
            return f"A text of typed questions: {question}."
        if study := STUDY_MEANINGS.get(name[len(WORD) :]):
            return f"A text for participants: {study}."
        return f"A text of the chat: {meaning}." if meaning else ""
    row = SETTINGS.get(name[len(PREFIX) :]) if name.startswith(PREFIX) else None
    if row is None:
        return ""
    accepts = "" if row.kind is bool or row.takes == "a text" else f" {row.takes[0].upper()}{row.takes[1:]}."
    return f"{row.meaning}{accepts}"


def settings_page() -> str:
    """The text of docs/settings.md."""
    lines = ["# Settings", "", INTRO, "", "| setting | takes | default | meaning |", "|---|---|---|---|"]
    for row in SETTINGS.values():
        default = '""' if row.default == "" else repr(row.default)
        lines.append(f"| `{PREFIX}{row.name}` | {row.takes} | `{default}` | {row.meaning} |")
    lines += ["", OWN, "", "## Words", "", WORDS_INTRO, "", "| word | what it is for | English |", "|---|---|---|"]
    lines += [f"| `{WORD}{name}` | {meaning} | {WORDS['en'][name]} |" for name, meaning in MEANINGS.items()]
    lines += ["", "## Words of typed questions", "", QUESTIONS_INTRO, "", lines[-len(MEANINGS) - 2], "|---|---|---|"]
    for name, meaning in QUESTION_WORDS.items():
        english = PHRASES["en"][name.removeprefix(QUESTION)].replace("|", "\\|")
        lines.append(f"| `{WORD}{name}` | {meaning} | {english} |")
    lines += [
        "",
        "## Words about the study",
        "",
        STUDY_INTRO,
        "",
        "| word | what it is for | English |",
        "|---|---|---|",
    ]
    lines += [f"| `{WORD}{name}` | {meaning} | {STUDY_WORDS['en'][name]} |" for name, meaning in STUDY_MEANINGS.items()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.buffer.write(settings_page().encode())
