"""The words that a Thread takes, and those that are so near to one that they must be a slip of the pen.

Any other keyword becomes an attribute of the experimenter's own. A misspelt parameter would become one, too, and never
reach the model: so it is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ..errors import ConfigError

OF_THE_SDK = frozenset((
    "logit_bias", "logprobs", "max_completion_tokens", "parallel_tool_calls", "presence_penalty",
    "frequency_penalty", "prompt_cache_key", "prompt_cache_retention", "reasoning_effort", "response_format",
    "safety_identifier", "service_tier", "stream_options", "temperature", "tool_choice", "top_logprobs", "verbosity",
    "web_search_options", "extra_body", "extra_headers", "extra_query",
))  # fmt: skip
"""Parameters of chat completions. Names that an experimenter may want for something else are left
out: user, store, tools, prediction, functions, modalities, metadata, …"""
OF_THE_CHAT = frozenset((
    "min_messages", "max_messages", "max_messages_session", "max_length", "max_characters", "max_characters_session",
    "min_seconds", "max_seconds", "show_countdown", "end_word", "reminder",
    "opening", "opening_prompt", "pace", "partner_name", "partner_picture",
    "max_cost", "max_cost_session", "max_try_again", "show_model", "language", "disclose", "disclose_models",
    "ai_labels",
    "check_tries", "check_failed", "min_replies", "read_last", "reading_speed", "failed_reply", "stopped_reply",
    "reactions", "tell_reactions", "turns", "wait_for_all", "turn_seconds", "gone_seconds",
    "completion_platform", "entry_parameter",
    *(f"completion_{kind}_{outcome}" for kind in ("code", "link")
      for outcome in ("completed", "no_consent", "screened_out", "failed_check", "full", "left", "no_group")),
    "ai_seats", "seat_choice", "seat_model", "seat_persona", "seat_pace", "seat_gives_up", "seat_label",
    "seat_reasons", "seat_max_cost", "takeover_after", "takeover_return", "takeover_not", "takeover_model",
    "fill_after", "fill_how",
))  # fmt: skip
"""Settings of a session's chat that a Thread has no part in."""
USUAL_WORDS = frozenset(("context",))
"""Words that are near to others which an experimenter may well mean: content, contest."""
SHORTEST = 6
"""Letters of a word from which on one that is nearly ours is taken for ours."""


def check_keyword(name: str, ours: Collection[str], where: str) -> None:
    """Refuse a keyword that would not do what it says.

    Arguments:
        name: the keyword, which is none of `ours`. ours: the words that are understood. where: whose keyword it is.

    Raises:
        ConfigError: it is a setting of the chat, a parameter of the service that we do not know, or nearly one of ours.

    >>> check_keyword("mood", {"temperature"}, "Thread")
    >>> check_keyword("temprature", {"temperature"}, "Thread")
    Traceback (most recent call last):
    otree_ego.ConfigError: Thread has no 'temprature'. Did you mean 'temperature'?
    """
    if name in OF_THE_CHAT:
        raise ConfigError(
            f"{where} has no '{name}': it is a setting of the session's chat. Set ego_{name} in the session config. "
            f"For one participant: ai(player).from_config({name}=…), or ego_settings(player) in the app."
        )
    check_slip(name, ours, where)
    if name == "max_completion_tokens":
        raise ConfigError(f"{where} has no '{name}': write max_tokens=…; it is sent under the name that a model takes.")
    near = name if name in OF_THE_SDK else nearest(name, OF_THE_SDK - set(ours))
    if near:
        raise ConfigError(f"{where} has no '{name}': a field for the service itself is given as extra={{'{near}': …}}.")


def check_slip(name: str, ours: Collection[str], where: str) -> None:
    """Refuse a name that is nearly one of `ours`; see `check_keyword`."""
    if name not in ours and (near := nearest(name, set(ours) - USUAL_WORDS)):
        raise ConfigError(f"{where} has no '{name}'. Did you mean '{near}'?")


def nearest(name: str, words: Iterable[str]) -> str:
    """The word that `name` is within one edit of: a letter too many, missing, wrong, or two that have changed places.

    >>> nearest("reasoning_efort", ["reasoning_effort"]), nearest("mode", ["model"])
    ('reasoning_effort', '')
    """
    if len(name) < SHORTEST:
        return ""
    return next((word for word in sorted(words) if word != name and _one_edit(name.lower(), word)), "")


def _one_edit(one: str, other: str) -> bool:
    if one == other:
        return True
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1:
        return False
    same = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    if len(one) < len(other):
        return one[same:] == other[same + 1 :]
    rest, others = one[same:], other[same:]
    swapped = rest[:2] == others[1::-1] and rest[2:] == others[2:]
    return rest[1:] == others[1:] or (len(rest) > 1 and swapped)
