"""Values of settings that are right, each for itself, and cannot stand together or be used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import ConfigError
from ..recruiting.completion import check_completion
from ..threads.context_policy import check_room
from .pacing import pace
from .personas import Persona
from .pictures import picture_address
from .reactions import reactions_from
from .seat_settings import check_seats
from .setting_rows import PREFIX


def check_together(values: Mapping[str, Any]) -> None:
    """See that a session's settings can stand together; ConfigError names those that cannot.

    Arguments:
        values: all, by their names without the prefix.
    """
    if not values["model"]:
        raise ConfigError(
            f"{PREFIX}model is empty: this setting takes the name of a model, e.g. gpt-6-luna or local/smollm2."
        )
    check_room(f"{PREFIX}max_tokens", values["max_tokens"], f"{PREFIX}context_tokens", values["context_tokens"])
    low, high = values["min_messages"], values["max_messages"]
    if high is not None and low > high:
        raise ConfigError(
            f"{PREFIX}min_messages = {low} is more than {PREFIX}max_messages = {high}: nobody could go on."
        )
    if values["opening"].strip() and values["opening_prompt"].strip():
        raise ConfigError(
            f"{PREFIX}opening and {PREFIX}opening_prompt are both set: a chat is opened by a text, or by the model."
        )
    reads = {"pace": pace, "partner_picture": picture_address, "partner_name": _check_name}
    for name, read in reads.items():
        try:
            read(values[name])
        except ConfigError as error:
            raise ConfigError(f"{PREFIX}{name}: {error}") from None
    least, most = values["min_seconds"], values["max_seconds"]
    if most is not None and least > most:
        raise ConfigError(
            f"{PREFIX}min_seconds = {least:g} is more than {PREFIX}max_seconds = {most:g}: participants may go on as "
            "soon as the chat's time is up."
        )
    reactions_from(values["reactions"], f"{PREFIX}reactions")
    check_completion(values)
    check_seats(values)


def _check_name(name: str) -> None:
    if name:
        Persona(name)
