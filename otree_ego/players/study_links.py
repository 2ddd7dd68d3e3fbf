"""Links into a study: what kind each is, and where each player enters; and who may play there."""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from ..errors import ConfigError
from .http_transport import FIRST, new_client, patiently

KEY_HEADER = "otree-rest-key"
LABEL = "participant_label"
SHARED = ("join", "room")
SINGLE = ("InitializeParticipant", "p")


@dataclass(frozen=True)
class Entry:
    """Where a player enters: its label and its link."""

    label: str
    link: str


def server_of(link: str) -> str:
    """The address of a link's server.

    Raises:
        ConfigError: it is no address.

    >>> server_of("localhost:8000/join/abc"), server_of("https://lab.example.org/room/x?participant_label=7")
    ('http://localhost:8000', 'https://lab.example.org')
    """
    parts = urlsplit(whole(link))
    return f"{parts.scheme}://{parts.netloc}"


def whole(link: str) -> str:
    """A link with its scheme.

    Raises:
        ConfigError: it is no address.
    """
    text = link.strip()
    text = text if "://" in text else f"http://{text}"
    parts = urlsplit(text)
    try:
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        good = False
    if not good or parts.username is not None or any(sign <= " " for sign in text):
        raise ConfigError(f"{link!r:.100} is no address of an oTree server, such as http://localhost:8000/join/abc.")
    return text


def kind_of(link: str) -> str:
    """``shared`` for the link of a session or a room, ``single`` for a participant's, ``server`` for a server's.

    A link of a session or a room that has a label is one participant's.

    Raises:
        ConfigError: it is none of oTree's.

    >>> kind_of("localhost:8000"), kind_of("localhost/join/abc"), kind_of("http://localhost/InitializeParticipant/x")
    ('server', 'shared', 'single')
    """
    path = [part for part in urlsplit(whole(link)).path.split("/") if part]
    if not path:
        return "server"
    if path[0] in SHARED and len(path) == 2:
        return "single" if _label_of(link) else "shared"
    if path[0] in SINGLE and len(path) >= 2:
        return "single"
    raise ConfigError(
        f"{link!r:.100} is no link into a study. Give a session-wide link (…/join/…), a room's (…/room/…), or "
        "participants' own (…/InitializeParticipant/…)."
    )


def entries(links: Sequence[str], number: int | None, labels: Sequence[str], prefix: str = "ego") -> list[Entry]:
    """Where each player enters.

    Arguments:
        links: one link of a session or a room, or any number of participants' own.
        number: how many players; by default one for each link or label.
        labels: of the players; by default `prefix` and a number.

    Raises:
        ConfigError: the numbers do not fit, or links of several kinds are mixed.

    >>> entries(["http://localhost/room/lab"], 2, [])[1].link
    'http://localhost/room/lab?participant_label=ego2&welcome_page_ok=1'
    """
    kinds = {kind_of(link) for link in links}
    if kinds == {"single"}:
        if number not in (None, len(links)) or (labels and len(labels) != len(links)):
            raise ConfigError(
                f"{len(links)} participants' links are for {len(links)} players: leave -n and labels out."
            )
        if labels and any(map(_label_of, links)):
            raise ConfigError("These links have the participants' labels already: leave --labels out.")
        found = []
        for place, link in enumerate(links):
            own = _label_of(link)
            name = labels[place] if labels else own or f"{prefix}{place + 1}"
            found.append(Entry(name, _labelled(whole(link), own) if own else whole(link)))
        if len({entry.label for entry in found}) < len(found):
            raise ConfigError("A label stands twice: two players would be the same participant.")
        return found
    if kinds != {"shared"} or len(links) != 1:
        raise ConfigError("Give one link of a session or a room, or only links of single participants.")
    if labels and number not in (None, len(labels)):
        raise ConfigError(f"There are {len(labels)} labels for {number} players.")
    if len(set(labels)) < len(labels):
        raise ConfigError("A label stands twice: two players would be the same participant.")
    names = list(labels) or [f"{prefix}{n}" for n in range(1, (number or 1) + 1)]
    return [Entry(name, _labelled(whole(links[0]), name)) for name in names]


def _label_of(link: str) -> str:
    """The label in a link of a session or a room; empty if it has none."""
    return dict(parse_qsl(urlsplit(whole(link)).query)).get(LABEL, "").strip()


def _labelled(link: str, label: str) -> str:
    """The link of a session or a room for one label: who comes with the same label again is the same participant."""
    parts = urlsplit(link)
    query = [(name, value) for name, value in parse_qsl(parts.query) if name != LABEL]
    query.append((LABEL, label))
    if parts.path.startswith("/room/"):
        query = [pair for pair in query if pair[0] != "welcome_page_ok"] + [("welcome_page_ok", "1")]
    return parts._replace(query=urlencode(query)).geturl()


def is_this_machine(link: str) -> bool:
    """Whether an address is this machine's own.

    >>> is_this_machine("http://127.0.0.1:8000/"), is_this_machine("http://127.0.0.1.example.org/")
    (True, False)
    """
    host = (urlsplit(whole(link)).hostname or "").rstrip(".").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def check_access(link: str, key: str, mine: bool = False) -> None:
    """See that a study on another machine is one's own.

    Arguments:
        link: into it. key: the server's REST key. mine: whether somebody says so, where the server checks no key.

    Raises:
        ConfigError: it cannot be seen; the error says what to do.
        PlayerStopped: the server cannot be reached.
    """
    if is_this_machine(link):
        return
    server = server_of(link)
    if not key:
        raise ConfigError(
            f"{server} is not this machine. Players are for your own studies: set OTREE_REST_KEY to the REST key of "
            "that server."
        )
    status = await _status(server, key)
    if status in (401, 403):
        raise ConfigError(f"{server} does not accept the REST key in OTREE_REST_KEY. Nobody has entered the study.")
    if status != 200:
        raise ConfigError(f"{server} does not answer as an oTree server does (HTTP {status} for its version).")
    if not mine and await _status(server, f"wrong-{secrets.token_hex(8)}") == 200:
        raise ConfigError(
            f"{server} accepts any REST key (OTREE_AUTH_LEVEL is not set there), so nothing shows that the study is "
            "yours. Set it, or say that it is: --mine."
        )


async def make_session(server: str, key: str, config: str, number: int, fields: Mapping[str, Any]) -> tuple[str, str]:
    """Make a session over REST; its code and its session-wide link.

    Arguments:
        server: its address. key: its REST key; empty if it wants none. config: the session config's name.
        number: of participants. fields: of the session config, changed for this session.

    Raises:
        ConfigError: the server refuses. PlayerStopped: it cannot be reached.
    """
    body: dict[str, Any] = {"session_config_name": config, "num_participants": number}
    if fields:
        body["modified_session_config_fields"] = dict(fields)
    base = server_of(server)
    client = new_client(**({KEY_HEADER: key} if key else {}))
    try:
        answer = await patiently(lambda: client.post(f"{base}/api/sessions", json=body), FIRST, base)
    finally:
        await client.aclose()
    if answer.status_code in (401, 403):
        raise ConfigError(f"the server {base} wants its REST key to make a session: set OTREE_REST_KEY.")
    if answer.status_code != 200:
        why = f"(HTTP {answer.status_code}): {answer.text[:300]}"
        raise ConfigError(f"no session of {config!r} was made at {base} {why}")
    found = answer.json()
    path = urlsplit(str(found["session_wide_url"])).path  # behind a proxy the server may not know its own name
    return str(found["code"]), f"{base}{path}"


async def _status(server: str, key: str) -> int:
    client = new_client(**{KEY_HEADER: key})
    try:
        answer = await patiently(lambda: client.get(f"{server}/api/otree_version"), FIRST, server)
    finally:
        await client.aclose()
    return int(answer.status_code)
