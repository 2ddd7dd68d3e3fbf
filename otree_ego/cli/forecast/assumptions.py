"""What a session asks of models, from its session config: assumed where nobody has played it yet, and said so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...chat_rules.personas import Persona, personas_from_text
from ...chat_rules.settings import ChatSettings
from ...errors import ConfigError
from ...threads.estimates import AROUND, tokens_of
from ..shared.project import several

MESSAGES = 15
"""That a participant writes where no limit is set."""
SECONDS_A_MESSAGE = 30
"""That a participant takes to read a reply and to write the next message."""
WRITTEN, REPLY = 25, 80
"""Tokens of a participant's message (about 100 characters), and of a reply."""
QUESTION, HISTORY, ANSWER, REASONED = 300, 80, 30, 200
"""Tokens of a game's rules and question, of what each earlier round adds, of an answer, and of one with its reasons.
The ready-made games have 130 to 370 tokens of rules and question, and 80 to 120 more for each round."""
ASKED_AGAIN = 1.1
"""Answers that do not fit are asked for again."""
THINKING = {"minimal": 100, "low": 300, "medium": 1000, "high": 3000, "xhigh": 6000, "max": 6000}
"""Tokens of a model's thoughts for each reply, by ego_reasoning_effort."""
BYTES = 300_000
_SHARE = {"always": 1.0, "moderator": 1.0, "addressed": 0.3, "after": 0.2}
"""Replies of a persona for each message of a person, by its rule."""
_CHAT = re.compile(r"\blive_method\s*=\s*chat\b|\bin\s+chat\(")
_GROUP_CHAT = re.compile(r"\bgroup_chat\(|\blive_method\s*=\s*group_chat\b")
_CALLS = re.compile(r"\.(?:decide|submit|ask(?:_\w+)?)\(")
_ROUNDS = re.compile(r"^\s*(?:\w+\s*,\s*)*NUM_ROUNDS\s*=\s*(\d{1,4})\b", re.MULTILINE)


@dataclass
class Demand:
    """What one participant asks of one model.

    Fields:
        requests, tokens_in, tokens_out: in the whole session. peak_requests, peak_tokens, peak_out: in the busiest
        minute. most_in, most_out: at most, as far as the config limits it; None where it does not.
    """

    requests: float = 0.0
    tokens_in: float = 0.0
    tokens_out: float = 0.0
    peak_requests: float = 0.0
    peak_tokens: float = 0.0
    peak_out: float = 0.0
    most_in: float | None = 0.0
    most_out: float | None = 0.0

    def add(self, other: Demand, share: float = 1.0, at_once: bool = False) -> None:
        """Add another one, or a share of it. What happens one after the other has its own busiest minutes."""
        self.requests += share * other.requests
        self.tokens_in += share * other.tokens_in
        self.tokens_out += share * other.tokens_out
        for name in ("peak_requests", "peak_tokens", "peak_out"):
            mine, its = getattr(self, name), share * getattr(other, name)
            setattr(self, name, mine + its if at_once else max(mine, its))
        self.most_in = _sum(self.most_in, other.most_in, share)
        self.most_out = _sum(self.most_out, other.most_out, share)


def _sum(mine: float | None, other: float | None, share: float) -> float | None:
    return None if mine is None or other is None else mine + share * other


@dataclass
class Assumed:
    """What is assumed of a session.

    Fields:
        demands: by model, of one participant. sentences: the assumptions. messages: that one writes in chats.
    """

    demands: dict[str, Demand] = field(default_factory=dict)
    sentences: list[str] = field(default_factory=list)
    messages: float = 0.0


def assumed(config: Mapping[str, Any], settings: ChatSettings, folder: Path) -> Assumed:
    """What one participant asks of each model.

    Arguments:
        config: the session config. settings: its ``ego_…`` settings, read. folder: of the project, with its apps.
    """
    found = Assumed()
    sequence = config.get("app_sequence")
    for app in sequence if isinstance(sequence, list | tuple) else ():
        source = _source(folder / str(app))
        if source and "otree_ego" not in source and str(app) != "ego_chat":
            continue  # it asks no model
        _add_app(found, str(app), source, config, settings)
    return found


def _add_app(found: Assumed, app: str, source: str, config: Mapping[str, Any], settings: ChatSettings) -> None:
    rounds = _whole(config.get(f"{app}_rounds"))
    personas = _personas(config.get(f"{app}_personas"), settings)
    talk = _whole(config.get(f"{app}_talk", 0 if f"{app}_talk" in config else None))
    shared = _GROUP_CHAT.search(source) is not None and talk != 0
    alone = (_CHAT.search(source) is not None or app == "ego_chat") and not shared
    calls = len(_CALLS.findall(source))
    if not source and rounds is None:  # the app is not here
        shared, alone = bool(personas), not personas
    if shared:
        _add_group_chat(found, app, config, settings, personas, talk)
    elif alone:
        _add_chat(found, app, settings)
    asks = calls > 0 or "AIWaitPage" in source
    if rounds is not None or (not source and not alone and not shared) or (asks and not personas and not alone):
        _add_decisions(found, app, source, config, settings, rounds)


def _add_chat(found: Assumed, app: str, settings: ChatSettings) -> None:
    usual, most = _messages(settings)
    one, said = _turns(settings, usual, most, per_message=1.0, spoken=1.0)
    for model, share in _shares(settings.model, ()):
        found.demands.setdefault(model, Demand()).add(one, share)
    found.messages += usual
    found.sentences.append(f"{app}: {_said_messages(settings, usual)}; {said}")


def _add_group_chat(
    found: Assumed,
    app: str,
    config: Mapping[str, Any],
    settings: ChatSettings,
    personas: list[Persona],
    talk: int | None,
) -> None:
    size = max(1, _whole(config.get(f"{app}_size")) or _whole(config.get(f"{app}_humans")) or 1)
    usual, most = _messages(settings)
    if talk:
        usual = max(1.0, talk / SECONDS_A_MESSAGE)
    usual_rule = config.get(f"{app}_speaks")
    personas = personas or [Persona("AI")] * max(1, _whole(config.get(f"{app}_ais")) or 1)
    rates = [(_rate(each, str(usual_rule or "")), each) for each in personas]
    spoken = size + sum(rate for rate, _ in rates)
    together: dict[str, Demand] = {}
    for rate, persona in rates:
        one, said = _turns(settings, usual, most, rate, spoken, tokens_of(persona.instructions))
        together.setdefault(persona.model or settings.model, Demand()).add(one, at_once=True)
    for model, all_of_it in together.items():
        found.demands.setdefault(model, Demand()).add(all_of_it)
    found.messages += usual * spoken / size
    found.sentences.append(
        f"{app}: {_said_messages(settings, usual) if not talk else f'{usual:.0f} messages in {talk} s'}, in a room of "
        f"{size} with {len(personas)} AI{'s' if len(personas) > 1 else ''}; {said}"
    )


def _rate(persona: Persona, usual: str) -> float:
    rules = persona.rules
    if persona.speaks == "always" and usual:
        try:
            rules = Persona(persona.name, speaks=usual).rules
        except ConfigError:  # several rules as treatments
            rules = persona.rules
    return min(
        1.0, sum(1 / rule.n if rule.kind == "every" and rule.n else _SHARE.get(rule.kind, 1.0) for rule in rules)
    )


def _add_decisions(
    found: Assumed,
    app: str,
    source: str,
    config: Mapping[str, Any],
    settings: ChatSettings,
    rounds: int | None,
) -> None:
    humans, ais = _whole(config.get(f"{app}_humans")), _whole(config.get(f"{app}_ais"))
    each = (ais or 1) / max(1, humans or 1) if ais is not None else 1.0
    if rounds is None:
        rounds = int(match[1]) if (match := _ROUNDS.search(source)) else 1
        each = float(max(1, len(_CALLS.findall(source))))
    reasons = bool(config.get(f"{app}_reasoning"))
    out = (REASONED if reasons else ANSWER) + _thoughts(settings)
    question = QUESTION + tokens_of(settings.system_prompt)
    requests = rounds * each * ASKED_AGAIN
    middle, last = question + (rounds - 1) / 2 * HISTORY, question + (rounds - 1) * HISTORY
    longest = None if settings.max_tokens is None else requests * max(settings.max_tokens, out)
    one = Demand(
        requests, requests * middle, requests * out, each, each * (last + out), each * out, requests * last * 2, longest
    )
    for model, share in _shares(settings.model, several(f"{app}_models", str(config.get(f"{app}_models") or ""))):
        found.demands.setdefault(model, Demand()).add(one, share)
    many = f"{rounds} round{'s' if rounds > 1 else ''}, {each:g} decision{'s' if each != 1 else ''} of a model in each"
    found.sentences.append(
        f"{app}: {many} for each participant; {question} tokens of rules and question, {HISTORY} more for each round "
        f"before; {out} tokens of answer; one answer in ten is asked for again"
    )


def _turns(
    settings: ChatSettings, usual: float, most: int | None, per_message: float, spoken: float, instructions: int = 0
) -> tuple[Demand, str]:
    """One model's part in a chat, and what is assumed of it.

    Arguments:
        usual, most: messages of one participant. per_message: its replies to each. spoken: messages in the room for
        each of them, replies included. instructions: tokens besides the system prompt.
    """
    system = tokens_of(settings.system_prompt) + instructions + AROUND
    reply = min(REPLY, settings.max_tokens or REPLY)
    out = reply + _thoughts(settings)
    turn = max(spoken, 1.0) * (WRITTEN + reply + 2 * AROUND)
    requests = usual * per_message
    first, last = system + WRITTEN + AROUND, system + WRITTEN + AROUND + (usual - 1) * turn
    a_minute = per_message * min(usual, 60 / SECONDS_A_MESSAGE)
    peaks = (a_minute, a_minute * (last + out), a_minute * out)
    demand = Demand(requests, requests * (first + last) / 2, requests * out, *peaks)
    demand.most_in, demand.most_out = None, None
    if most is not None and settings.max_tokens is not None:
        long = min(settings.max_length, (settings.max_characters or 10**9) / most) / 3
        longest = max(spoken, 1.0) * (long + settings.max_tokens + 2 * AROUND)
        demand.most_in = most * per_message * (system + long + (most - 1) / 2 * longest)
        demand.most_out = most * per_message * settings.max_tokens
    said = f"{WRITTEN} tokens each, {out} of a reply, {system} of instructions, and all that was said before"
    return demand, said


def _messages(settings: ChatSettings) -> tuple[float, int | None]:
    """How many messages a participant writes, usually and at most."""
    most = settings.max_messages
    usual = MESSAGES if most is None else -(-most // 2)
    return float(max(usual, settings.min_messages, settings.min_replies, 1)), most


def _said_messages(settings: ChatSettings, usual: float) -> str:
    why = (
        f"half of ego_max_messages = {settings.max_messages}"
        if settings.max_messages
        else "ego_max_messages is not set"
    )
    if settings.min_messages >= usual:
        why = f"ego_min_messages = {settings.min_messages}"
    return f"{usual:.0f} messages of a participant ({why}), one every {SECONDS_A_MESSAGE} s"


def _thoughts(settings: ChatSettings) -> int:
    return THINKING.get(settings.reasoning_effort, 0)


def _shares(model: str, models: list[str] | tuple[str, ...]) -> Iterator[tuple[str, float]]:
    """The models among which participants are divided, and each one's share of them."""
    names = list(models) or [model]
    for name in names:
        yield name, 1 / len(names)


def _personas(text: Any, settings: ChatSettings) -> list[Persona]:
    try:
        return personas_from_text(text) if isinstance(text, str) and text.strip() else []
    except (ConfigError, TypeError, ValueError):
        return []


def _whole(value: Any) -> int | None:
    try:
        number = int(float(value)) if not isinstance(value, bool) else None
    except (TypeError, ValueError, OverflowError):
        return None
    return number if number is None or 0 <= number <= 100_000 else None


def _source(folder: Path) -> str:
    """The code of an app, tests left out."""
    parts, size = [], 0
    try:
        for file in sorted(folder.glob("*.py")):
            if file.name != "tests.py" and size < BYTES:
                parts.append(file.read_text(encoding="utf-8", errors="replace")[:BYTES])
                size += len(parts[-1])
    except OSError:
        return ""
    return "\n".join(parts)
