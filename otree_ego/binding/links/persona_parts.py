"""As which persona a chat's Thread is asked for a decision: what the persona has read there, as it has read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...chat_rules.members import Members
from ...chat_rules.personas import Persona
from ...chat_rules.settings import ChatSettings
from ...chat_rules.turn_taking import talk_for
from ...errors import ConfigError
from ...messages import Message
from ...threads.persona_view import Part, Talk
from ..otree_internals.models import BasePlayer, participant_code


def people_of_link(instance: Any) -> list[str]:
    """The codes of all participants who share the Thread of an oTree object."""
    if hasattr(instance, "get_players"):
        return list(dict.fromkeys(participant_code(each) for each in instance.get_players()))  # a participant's: one
    if hasattr(instance, "get_participants"):
        return [each.code for each in instance.get_participants()]
    return [participant_code(instance) if isinstance(instance, BasePlayer) else instance.code]


def part_of(
    persona: Persona | str,
    personas: Sequence[Persona],
    people: Sequence[str],
    names: Mapping[str, str],
    reveal_ais: bool,
    settings: ChatSettings,
) -> Part:
    """The part that a persona has in a chat; see `Link.as_persona`.

    Arguments:
        people: the codes of the participants there. settings: of the session.
    """
    found = persona_named(persona, personas)
    several = bool(personas) or len(people) > 1
    everyone = [found if one.name == found.name else one for one in personas] or [found]
    members = Members.of(everyone, people, names, settings.words["other"], reveal_ais) if several else Members()
    language, decides = settings.words["lang"], replace(found, speaks="always")  # who decides may not pass

    def sees(record: Sequence[Message]) -> Talk:
        return talk_for(decides, record, members, language, settings.max_length, named=several)

    return Part(found.name, sees, found.model, found.temperature)


def persona_named(persona: Persona | str, personas: Sequence[Persona]) -> Persona:
    """The persona that is meant, by itself or by its name.

    Raises:
        ConfigError: it is none of them, or there are none and only a name is given.
    """
    if isinstance(persona, Persona) and (not personas or any(one.name == persona.name for one in personas)):
        return persona
    name = persona.name if isinstance(persona, Persona) else persona
    found = next((one for one in personas if one.name == name), None)
    if found is None:
        known = ", ".join(one.name for one in personas) or "none: give personas=… as on the chat's page"
        raise ConfigError(f"as_persona({name!r:.60}): there is no such persona; there are {known}.")
    return found
