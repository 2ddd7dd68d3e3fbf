"""Let models take part in a study that runs on an oTree server, through its pages, as participants do.

URL is a session-wide link (…/join/…), a room's (…/room/…), or participants' own links (…/InitializeParticipant/…, or
…/room/… with a participant_label). With --config it is the server's address, and a session is made first. The same
command goes on where the players stood; after --config it is the one that is printed.

On a server that is not this machine, OTREE_REST_KEY must hold its REST key. An example:

    ego play http://localhost:8000/join/abcdefgh -n 5 --model gpt-6-luna
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..display import say
from .shared.output import Failure
from .shared.playing import AGAIN, add_who_plays, check_player, hooks_of, played
from .shared.run_options import whole
from .shared.run_store import add_store, named

if TYPE_CHECKING:
    from ..experiment.player_runs import Before
    from ..experiment.recordings import recording
    from ..players.player import Player
    from ..players.player_personas import PlayerPersona
    from ..players.rest_marks import RestMarks
    from ..players.study_links import Entry

HELP = "let models take part in a study, through its pages"
KEY = "OTREE_REST_KEY"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """URL, -n, --model, who the players are, and where."""
    parser.add_argument("links", metavar="URL", nargs="+", help="the link into the study, or the server's address")
    parser.add_argument(
        "-n", "--players", type=whole, metavar="N", help="how many players (default: one a link or label)"
    )
    parser.add_argument("--config", metavar="NAME", help="make a session of this session config first; needs -n")
    parser.add_argument("--labels", metavar="FILE|A,B,…", help="the players' labels (default: ego1, ego2, …)")
    add_who_plays(parser, "how long players wait for others once one of them has stopped", 600.0)
    parser.add_argument(
        "--mine", action="store_true", help="the study is your own, though its server accepts any REST key"
    )
    add_store(parser)


def run(options: argparse.Namespace) -> int:
    """Do it."""
    from ..errors import ConfigError
    from ..experiment.recordings import recording
    from ..players.player_personas import personas_for
    from ..players.rest_marks import RestMarks
    from ..stores.runs import STORE
    from .shared.project import load_project

    load_project()  # services of its own that a project declares are known then
    hooks = hooks_of(options.hooks)
    if not options.model and "ai_page" not in hooks:
        raise Failure("--model says who plays, e.g. --model gpt-6-luna.", 2)
    store = named(options) or STORE
    try:
        personas_for(options.personas, [], "")  # before a session is made
        check_player(options.model)
        where, entries, again = asyncio.run(_entries(options))
        name = f"play {where}"
        before = _before(entries, name, store)
        personas = _who(options, entries, name, before)
    except ConfigError as error:
        raise Failure(str(error), 2) from error
    with recording(name, store=store) as record:
        marks = RestMarks(os.environ.get(KEY, "").strip(), options.model or "")
        players = _players(options, entries, hooks, marks, personas)
        code = asyncio.run(_play(players, before, store, record, options.wait, again))
    _tell_unmarked(marks)
    uid = record.id[:8]
    say(f"ego data {uid} --visits has a row for each page, ego show {uid} what was said.", sys.stderr)
    if earlier := list(dict.fromkeys(run[:8] for each in before.values() for run in each.runs)):
        say(f"Pages that players went through before are in the data of: {', '.join(earlier)}.", sys.stderr)
    return code


async def _entries(options: argparse.Namespace) -> tuple[str, list[Entry], str]:
    """What the study is called, where each player enters, and how to go on after a stop."""
    from ..players.study_links import check_access, entries, kind_of, make_session, server_of

    links, key = list(options.links), os.environ.get(KEY, "").strip()
    labels, again = _labels(options.labels), AGAIN
    for server in dict.fromkeys(map(server_of, links)):
        await check_access(server, key, options.mine)
    if options.config:
        number = options.players or len(labels)
        if len(links) != 1 or not number:
            raise Failure("--config makes a session: give the server's address, and with -n how many take part.", 2)
        code, link = await make_session(links[0], key, options.config, number, {})
        again = f"To go on with it later: {_again(options, link, number)}"
        say(f"Session {code}. {again}", sys.stderr)
        links = [link]
    elif kind_of(links[0]) == "server":
        raise Failure("Give a link into a study, or name a session config with --config.", 2)
    parts = urlsplit(links[0])
    return f"{parts.netloc}{parts.path}", entries(links, options.players, labels), again


def _again(options: argparse.Namespace, link: str, number: int) -> str:
    """The command that goes on in a session that was made."""
    words = ["ego", "play", link, "-n", str(number)]
    for name in ("model", "labels", "personas", "hooks", "ask", "temperature", "seed", "store"):
        if (value := getattr(options, name)) not in (None, ""):
            words += [f"--{name}", str(value)]
    words += [f"--{name}" for name in ("reasons", "mine") if getattr(options, name)]
    return shlex.join(words)


def _players(
    options: argparse.Namespace, entries: Sequence[Entry], hooks: dict[str, Any], marks: RestMarks,
    personas: Sequence[PlayerPersona],
) -> list[Player]:  # fmt: skip
    from ..players.http_transport import HttpTransport
    from ..players.player import Player
    from ..players.player_memory import new_memory

    settings = {name: getattr(options, name) for name in ("temperature", "seed") if getattr(options, name) is not None}
    made = []
    for entry, persona in zip(entries, personas, strict=True):
        memory = new_memory(options.model, persona, entry.label, **settings) if options.model else None
        made.append(
            Player(
                entry.label, HttpTransport(entry.link, entered=marks.put), memory, script=hooks.get("ai_page"),
                live=hooks.get("ai_live"), reasons=options.reasons, afterwards=options.ask,
            )
        )  # fmt: skip
    return made


async def _play(
    players: Sequence[Player], before: Mapping[str, Before], store: str, record: recording, wait: float, again: str
) -> int:
    from ..stores import RunStore

    opened = RunStore(store)
    try:
        await _recall(players, before)
        return await played(players, opened, record, wait, again=again)
    finally:
        opened.close()


def _tell_unmarked(marks: RestMarks) -> None:
    """Say who could not be marked as an AI in oTree's data."""
    if not marks.refused:
        return
    number, why = len(marks.refused), next(iter(marks.refused.values()))
    say(
        f"ego: {number} participant{'s' if number > 1 else ''} could not be marked as AI in participant.vars: {why}. "
        "Exports tell them by their labels, if these are among ego_ai_labels.", sys.stderr,
    )  # fmt: skip


def _before(entries: Sequence[Entry], name: str, store: str) -> dict[str, Before]:
    """What players bring along from runs before."""
    from ..experiment.player_runs import before
    from ..stores import RunStore

    opened = RunStore(store)
    try:
        return before(opened, name, [entry.label for entry in entries])
    finally:
        opened.close()


def _who(
    options: argparse.Namespace, entries: Sequence[Entry], name: str, before: Mapping[str, Before]
) -> list[PlayerPersona]:
    """Who each player is: the persona that it has had from the start.

    Raises:
        ConfigError: the personas cannot be read, or a player would be somebody else than before.
    """
    from ..errors import ConfigError
    from ..players.player_personas import personas_for

    found = personas_for(options.personas, [entry.label for entry in entries], name, options.seed)
    for place, entry in enumerate(entries):
        was = before[entry.label].persona
        if was is None:
            continue
        if options.personas and was.text != found[place].text:
            raise ConfigError(
                f"--personas {options.personas}: {entry.label} began as {was.text!r:.80}, not as "
                f"{found[place].text!r:.80}. A player stays who it is: give the same personas and --seed, or none."
            )
        found[place] = was
    return found


async def _recall(players: Sequence[Player], before: Mapping[str, Before]) -> None:
    """Let players that were there before remember it."""
    from ..experiment.player_runs import recall

    for player in players:
        if player.memory is not None:
            await recall(player.memory, before[player.name].said)


def _labels(given: str | None) -> list[str]:
    """Labels from a file, one a line, or from the command line.

    Raises:
        Failure: there is no such file, or it cannot be read.
    """
    if not given:
        return []
    texts = given.split(",")
    try:
        if len(texts) == 1 and Path(given).is_file():
            texts = Path(given).read_text("utf-8-sig").splitlines()
        elif len(texts) == 1 and (Path(given).suffix or len(Path(given).parts) > 1):
            raise Failure(f"--labels {given}: there is no such file. Labels on the command line stand as A,B,C.", 2)
    except UnicodeDecodeError as error:
        raise Failure(
            f"--labels {given}: it is not UTF-8 text (byte {error.start + 1}); save it as UTF-8.", 2
        ) from None
    except OSError as error:
        raise Failure(f"--labels {given:.100}: {error.strerror or error}.", 2) from None
    return [text.strip() for text in texts if text.strip()]
