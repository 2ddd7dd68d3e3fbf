"""The models that a service offers now, as it lists them itself, and when they end."""

from __future__ import annotations

import http.client
import json
import urllib.request
from typing import Any

from ..errors import ConfigError
from ..messages import clean
from .keys import find_key
from .reply_fields import KeyMask, word
from .secret import Secret
from .services import Service, url_under
from .size_limits import NAME

SECONDS = 8
PROBLEMS = (OSError, http.client.HTTPException, ValueError)
"""What goes wrong when a service is asked."""
PATHS = {"openai": "models", "textsynth": "credits"}
"""What is asked to see that a service is there and takes the key, by its protocol. TextSynth lists no models."""


def models_of(service: Service) -> dict[str, str | None]:
    """The names of a service's models with the day that the service says is their last, or None.

    Empty where the service does not list them. No redirect is followed: the key would travel along.

    Arguments:
        service: one whose protocol has a row in `PATHS`.

    Raises:
        any of `PROBLEMS`.
    """
    try:
        key = find_key(service.name)
    except ConfigError:
        key = Secret("none")
    headers = {"Authorization": f"Bearer {key.reveal()}", "User-Agent": "otree_ego"}
    if "?api-version=" in service.address():
        headers["api-key"] = headers.pop("Authorization").removeprefix("Bearer ")
    request = urllib.request.Request(url_under(service.address(), PATHS[service.protocol]), headers=headers)
    with urllib.request.build_opener(_Straight).open(request, timeout=SECONDS) as answer:
        found: Any = json.loads(answer.read(20_000_000))
    rows = found.get("data") if isinstance(found, dict) else None
    if not isinstance(rows, list):
        return {}
    mask = KeyMask(key)
    listed = [row for row in rows if isinstance(row, dict)]
    return {mask.whole(clean(str(row.get("id")))[:NAME]): _text(row.get("shutdown_date"), mask) for row in listed}


def listed_name(name: str, names: dict[str, str | None]) -> str:
    """How a service's list calls a model (Gemini and Ollama write more than its name); empty if it is not there."""
    return next((each for each in (name, f"models/{name}", f"{name}:latest") if each in names), "")


def _text(value: Any, mask: KeyMask) -> str | None:
    return mask.whole(word(value)) if isinstance(value, str) else None


class _Straight(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: the key would travel to whoever it points to."""

    def redirect_request(self, *_: Any) -> None:
        return None
