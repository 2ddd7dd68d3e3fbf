"""docs/settings.md, made from the rows of the settings and of the chat's words.

``python -m otree_ego.chat_rules.settings_page > docs/settings.md`` makes it anew.
"""

from __future__ import annotations

import sys

from .settings import PREFIX, SETTINGS, WORD
from .words import MEANINGS, WORDS

INTRO = (
    "Rows of a session config, or of `SESSION_CONFIG_DEFAULTS`. Those that stand there can be changed for one session "
    "in oTree's *Configure session* form (which takes an emptied field for an unchanged one: to clear a text there, "
    "type a space). They are checked when the session is created."
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
    "`{model}` stand for what the table says."
)


def settings_page() -> str:
    """The text of docs/settings.md."""
    lines = ["# Settings", "", INTRO, "", "| setting | takes | default | meaning |", "|---|---|---|---|"]
    for row in SETTINGS.values():
        default = '""' if row.default == "" else repr(row.default)
        lines.append(f"| `{PREFIX}{row.name}` | {row.takes} | `{default}` | {row.meaning} |")
    lines += ["", OWN, "", "## Words", "", WORDS_INTRO, "", "| word | what it is for | English |", "|---|---|---|"]
    lines += [f"| `{WORD}{name}` | {meaning} | {WORDS['en'][name]} |" for name, meaning in MEANINGS.items()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.buffer.write(settings_page().encode())
