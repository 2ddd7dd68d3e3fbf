"""Who speaks next in a group chat, and what each AI is sent of it: all of it read from the record."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from ..languages.packs import texts_in
from ..messages import SERVER_ENDED, Message
from ..threads.memory import remembered
from ..threads.notices import is_notice
from ..threads.persona_view import ONLY_FOR, Talk, known_to
from .members import Members, author_of, in_order
from .personas import FUNCTION, Persona, Rule
from .speakers import marked, without_name

PASS = "PASS"
SPEAKS, OPENING = "speaks", "opening"
"""The key of a message's params that says why it came, and its value where an AI opens the chat."""
Asks = Callable[[Persona, Sequence[Message]], bool]
KNEW = "heard"
"""The key of a message's params under which `known_up_to` finds it."""
TEXTS = {
    "en": {
        "room": "You are {me} in a group chat. Also in it: {others}. Each line of the others begins with its author's "
        "name, and is that person's, whatever it says. Write only what {me} says next, without a name before it, and "
        "never speak for somebody else.",
        "alone": "You are {me} in a chat. Write only what {me} says next, without a name before it.",
        "pass": "You need not speak each time. If there is nothing that you should say now, answer with the one word "
        f"{PASS} and nothing else.",
        "first": "(Nobody has written yet. Write the first message.)",
        "silence": "(Nobody has written for a while. Write your next message.)",
    },
    "de": {
        "room": "Sie sind {me} in einem Gruppenchat. Außerdem dabei: {others}. Jede Zeile der anderen beginnt mit dem "
        "Namen der Person, von der sie stammt, was auch immer darin steht. Schreiben Sie nur, was {me} als Nächstes "
        "sagt, ohne einen Namen davor, und sprechen Sie nie für jemand anderen.",
        "alone": "Sie sind {me} in einem Chat. Schreiben Sie nur, was {me} als Nächstes sagt, ohne einen Namen davor.",
        "pass": "Sie müssen nicht jedes Mal etwas sagen. Wenn Sie jetzt nichts sagen sollten, antworten Sie nur mit "
        f"dem einen Wort {PASS} und mit nichts sonst.",
        "first": "(Noch hat niemand geschrieben. Schreiben Sie die erste Nachricht.)",
        "silence": "(Seit einer Weile hat niemand geschrieben. Schreiben Sie Ihre nächste Nachricht.)",
    },
}


def is_human(message: Message) -> bool:
    """Whether a participant wrote it."""
    return message.role == "user" and bool(message.author) and not message.hidden


def is_reply(message: Message) -> bool:
    """Whether it is a message of an AI that all can read."""
    return message.role == "assistant" and message.sendable and not message.hidden


def said_or_tried(message: Message) -> bool:
    """Whether an AI has had its turn with it: also if it failed, or had nothing to say."""
    there = message.role == "assistant" and bool(message.author) and ONLY_FOR not in message.params
    return there and not was_broken_off(message) and not is_opening(message)


def broke_silence(message: Message) -> bool:
    """Whether an AI said it because nobody had written for a while."""
    return is_reply(message) and str(message.params.get(SPEAKS, "")).startswith("after ")


def is_opening(message: Message) -> bool:
    """Whether an AI has opened the chat with it: it asks nobody, and is nobody's turn."""
    return message.role == "assistant" and OPENING in (message.params.get(SPEAKS), *message.params)


def was_broken_off(message: Message) -> bool:
    """Whether the server stopped before the reply came: it is asked for again."""
    if message.status != "failed" or message.error != "Interrupted":
        return False
    return message.finish_reason == SERVER_ENDED or not message.attempts


def known_up_to(messages: Sequence[Message], persona: Persona) -> int:
    """The place of the last message that a persona knew when it last spoke, or passed (in the data: ``heard``)."""
    mine = (m for m in messages if m.role == "assistant" and m.author == persona.name and _spoken(m))
    return max((int(m.params.get(KNEW, m.seq)) for m in mine), default=0)


def _spoken(message: Message) -> bool:
    """Whether it was said, or passed over, in the chat: decisions are taken apart from it."""
    return not was_broken_off(message) and ONLY_FOR not in message.params


def in_a_row(messages: Sequence[Message], tries: bool = False) -> int:
    """How many messages AIs have written since the last one of a human (`tries`: failed and hidden ones, too)."""
    count = 0
    for message in reversed(messages):
        if is_human(message):
            break
        count += (is_reply(message) and not is_opening(message)) or (tries and said_or_tried(message))
    return count


def wants_to_speak(persona: Persona, said: Sequence[Message]) -> bool:
    """What a persona's own function says of the record; whatever it raises is the caller's."""
    return bool(persona.speaks(said)) if callable(persona.speaks) else False


def next_speaker(
    messages: Sequence[Message], personas: Sequence[Persona], most: int, asks: Asks = wants_to_speak
) -> tuple[Persona, Rule] | None:
    """Whose turn it is by what was said, and by which rule: of several, who has not spoken for longest.

    Arguments:
        messages: the record, oldest first.
        personas: who is there.
        most: how many messages AIs may write in a row.
        asks: asks the function of a persona that has one.

    >>> ada, ben = Persona("Ada"), Persona("Ben", speaks="addressed")
    >>> next_speaker([Message("user", "Hello, Ben!", 1, "abc")], [ben], 3)[0].name
    'Ben'
    """
    if in_a_row(messages) >= most:
        return None
    waiting = []
    for place, persona in enumerate(personas):
        known = known_up_to(messages, persona)
        rule = next((rule for rule in persona.rules if _applies(rule, messages, persona, known, most, asks)), None)
        if rule is not None and may_speak(messages, persona):
            waiting.append((known, place, rule))
    if not waiting:
        return None
    _, place, rule = min(waiting, key=lambda one: one[:2])
    return personas[place], rule


def may_speak(messages: Sequence[Message], persona: Persona) -> bool:
    """Whether the persona has not written as many messages yet as it may."""
    most = persona.at_most
    return most is None or sum(is_reply(m) and m.author == persona.name for m in messages) < most


def next_after_silence(
    messages: Sequence[Message], personas: Sequence[Persona], most: int
) -> tuple[Persona, float] | None:
    """Who speaks if nobody writes, and after how many seconds; None if nobody does.

    Nobody breaks the silence after a message of its own: somebody else has to write first.

    >>> next_after_silence([], [Persona("Ada", speaks="after 20 s"), Persona("Ben", speaks="after 5 s")], 3)[1]
    5.0
    """
    if in_a_row(messages, tries=True) >= most:
        return None
    waiting = [
        (rule.n, place) for place, one in enumerate(personas) for rule in one.rules if rule.kind == "after"
        if may_speak(messages, one) and not _spoke_last(messages, one)
    ]  # fmt: skip
    if not waiting:
        return None
    seconds, place = min(waiting)
    return personas[place], seconds


def _spoke_last(messages: Sequence[Message], persona: Persona) -> bool:
    """Whether a persona has spoken last, or tried to."""
    there = (m for m in reversed(messages) if is_human(m) or is_reply(m) or said_or_tried(m))
    last = next(there, None)
    return last is not None and last.role == "assistant" and last.author == persona.name


def _applies(rule: Rule, messages: Sequence[Message], persona: Persona, known: int, most: int, asks: Asks) -> bool:
    if rule.kind == "after":
        return False
    if rule.kind == FUNCTION:
        return _function_says(messages, persona, known, asks)
    if rule.kind == "addressed":
        return any(mentions(text, persona.name) for text in _texts_that_ask(messages, persona, known, most))
    news = sum(m.seq > known and is_human(m) for m in messages)
    return news >= (rule.n if rule.kind == "every" else 1)


def _function_says(messages: Sequence[Message], persona: Persona, known: int, asks: Asks) -> bool:
    """Whether a persona's function wants it to speak after any message that it does not know yet."""
    said = [m for m in messages if is_human(m) or is_reply(m)]
    return any(
        asks(persona, said[: place + 1])
        for place, m in enumerate(said)
        if m.seq > known and m.author != persona.name and not is_opening(m)
    )


def _texts_that_ask(messages: Sequence[Message], persona: Persona, known: int, most: int) -> Iterable[str]:
    row = 0
    for message in messages:
        if is_human(message):
            row = 0
        elif is_reply(message) and not is_opening(message):
            row += 1
        else:
            continue
        # the message that made the row full asks nobody, also not when a human has written again
        if message.seq > known and message.author != persona.name and row < most:
            yield message.text


def mentions(text: str, name: str) -> bool:
    """Whether a text has a name in it, as a word of its own, with @ or without.

    >>> mentions("What do you think, @ada?", "Ada"), mentions("Adam is here", "Ada")
    (True, False)
    """
    return _word(name).search(text) is not None


@lru_cache(maxsize=1000)
def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)


def is_pass(text: str, name: str) -> bool:
    """Whether a persona that may pass has passed.

    >>> is_pass("PASS.", "Mo"), is_pass("Mo: pass", "Mo"), is_pass("Pass me the salt.", "Mo")
    (True, True, False)
    """
    said = without_name(text, name).strip()
    bare = re.sub(r"\W", "", said)
    return bare.upper() == PASS or re.match(rf"\W*{PASS}\b", said) is not None or _last_word(said) == PASS


def _last_word(text: str) -> str:
    return re.sub(r"\W", "", text.rpartition("\n")[2])


def messages_for(
    persona: Persona, messages: Sequence[Message], members: Members, language: str = "en"
) -> tuple[tuple[str, str], ...]:
    """What a persona is sent; see `talk_for`."""
    return talk_for(persona, messages, members, language).messages


def talk_for(
    persona: Persona,
    messages: Sequence[Message],
    members: Members,
    language: str = "en",
    longest: int | None = None,
    named: bool = True,
) -> Talk:
    """What a persona is sent: its part, its own messages as the assistant's, everyone else's with their names.

    By the names of the messages' authors turns of different people stay apart.

    Arguments:
        persona: whose turn it is.
        messages: what was said before its turn.
        members: who is in the room; where people do not see who is an AI, it does not either.
        language: of the sentence about the room, e.g. ``"de"``.
        longest: the most characters of a message that people are shown, where they do not see who is an AI.
        named: whether names stand before people's messages: in a chat of one person and one AI they do not.
    """
    messages = remembered([m for m in messages if known_to(m, persona.name)])
    texts = texts_in("turns", TEXTS, language)
    instructions = [m.text for m in messages if m.role == "system" and m.sendable and not is_notice(m)]
    others = [*members.names.values(), *(one.name for one in members.personas if one.name != persona.name)]
    if not members.reveal_ais:
        others = in_order(others)
    about = texts["room" if others else "alone"].format(me=persona.name, others=", ".join(others))
    parts = [*instructions, persona.instructions.strip(), about, *([texts["pass"]] if persona.may_pass else [])]
    said: list[tuple[str, str]] = []
    authors: list[str] = []
    places: list[int] = []
    # What it said stands before what it did not know yet: that is what it has to say something to.
    for message in sorted(messages, key=lambda m: m.params.get(KNEW, m.seq) if m.author == persona.name else m.seq):
        if broke_silence(message) and message.author == persona.name and (not said or said[-1][0] == "assistant"):
            said.append(("user", texts["silence" if said else "first"]))  # what it was asked then
            authors.append("")
            places.append(0)
        if message.role == "user" and message.sendable:
            name = members.names.get(message.author, "?")
            said.append(("user", marked(message.text, name) if named and is_human(message) else message.text))
            authors.append(name if named and is_human(message) else "")
        elif is_notice(message) and message.sendable:  # without a name, as all that is the experimenter's
            said.append(("user", message.text))
            authors.append("")
        elif message.role == "assistant" and message.sendable and ONLY_FOR in message.params:
            said.append(("assistant", message.text))
            authors.append("")
        elif is_reply(message):
            author = author_of(message)
            text = members.shown(message.text, author, longest) if author else without_name(message.text, persona.name)
            mine = author in (persona.name, "")
            said.append(("assistant", text) if mine else ("user", marked(text, author)))
            authors.append("" if mine else author)
        if len(places) < len(said):
            places.append(message.seq)
    if not said or said[-1][0] == "assistant":
        said.append(("user", texts["silence" if said else "first"]))
        authors.append("")
        places.append(0)
    instructed = ("system", "\n\n".join(part for part in parts if part))
    return Talk((instructed, *said), ("", *authors), (0, *places))
