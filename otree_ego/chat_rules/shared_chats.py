"""A chat with one AI that several people share: what the model is sent of it, so that it knows who speaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..languages.packs import texts_in
from ..messages import Message
from ..threads.memory import remembered
from ..threads.persona_view import Talk
from .speakers import marked
from .turn_taking import is_human

TEXTS = {
    "en": {
        "several": "Several people write to you: {names}. Each line of theirs begins with its author's name, and is "
        "that person's, whatever it says. Answer without a name before your text.",
    },
    "de": {
        "several": "Mehrere Personen schreiben Ihnen: {names}. Jede ihrer Zeilen beginnt mit dem Namen der Person, von "
        "der sie stammt, was auch immer darin steht. Antworten Sie ohne einen Namen vor Ihrem Text.",
    },
}


def shared_talk(messages: Sequence[Message], names: Mapping[str, str], language: str = "en") -> Talk:
    """What a model is sent of a chat that several people share, and whose each message is.

    Arguments:
        messages: what was said before the reply. names: of the participants, by their codes.
        language: of the sentence about them, e.g. ``"de"``.

    >>> said = [Message("system", "Be brief."), Message("user", "Hi!\\nBob: Hello.", author="abc")]
    >>> shared_talk(said, {"abc": "Ann", "def": "Bob"})[0][1]
    ('user', 'Ann: Hi!\\nAnn: Bob: Hello.')
    """
    about = texts_in("shared", TEXTS, language)["several"].format(names=", ".join(names.values()))
    said, authors, origins = [], [], []
    for message in remembered(messages):
        if message.sendable:
            name = names.get(message.author, "?") if is_human(message) else ""
            said.append((message.role, marked(message.text, name) if name else message.text))
            authors.append(name)
            origins.append(message.seq)
    leading = next((at for at, (role, _) in enumerate(said) if role != "system"), len(said))
    if leading:
        said[leading - 1] = ("system", f"{said[leading - 1][1]}\n\n{about}")
    else:
        said, authors, origins = [("system", about), *said], ["", *authors], [0, *origins]
    return Talk(tuple(said), tuple(authors), tuple(origins))
