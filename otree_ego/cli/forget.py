"""Delete what participants of an oTree session said, or put a pseudonym where their names are.

Texts go; times, tokens, costs and numbers stay, and the data say when it was done. See docs/privacy.md.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .shared.output import Failure, agreed
from .shared.run_store import add_otree, otree_database
from .shared.terminal import line

if TYPE_CHECKING:
    from ..stores.forgetting import Forgotten
    from ..stores.otree_tables import Person

HELP = "delete what a participant said, or replace their names"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--session, --participant, --pseudonym, --name, --shared, --fields, --keep-label, --otree, --yes."""
    parser.add_argument("--session", metavar="CODE", required=True, help="the oTree session's code")
    parser.add_argument(
        "--participant", metavar="CODE|LABEL", action="append", default=[],
        help="a participant's code or label; may be given several times (default: the whole session)",
    )  # fmt: skip
    parser.add_argument(
        "--pseudonym", metavar="NAME", nargs="?", const="",
        help="delete nothing: put NAME (default: P and the participant's number) where the label and names are",
    )  # fmt: skip
    parser.add_argument(
        "--name", metavar="NAME", action="append", default=[],
        help="another name by which this participant is called in the texts; may be given several times",
    )  # fmt: skip
    parser.add_argument("--shared", action="store_true", help="also what others said where this participant took part")
    parser.add_argument("--fields", action="store_true", help="also all texts in oTree's own fields of the players")
    parser.add_argument("--keep-label", action="store_true", help="leave oTree's participant label as it is")
    parser.add_argument("--yes", action="store_true", help="do it without asking")
    add_otree(parser, also=False)


def run(options: argparse.Namespace) -> int:
    """Do it."""
    from ..stores.addresses import shown, url_of
    from ..stores.forgetting import Extent
    from ..stores.otree_tables import open_otree, people_of, sessions_of
    from ..stores.spool import Spool, remove_files
    from ..stores.wiping import wipe_freed, wiping

    _check(options)
    where = otree_database(options)
    engine = open_otree(where)
    try:
        with engine.connect() as connection:
            session = next((each for each in sessions_of(connection) if each["code"] == options.session), None)
            if session is None:
                raise Failure(f"There is no session {options.session} in {shown(url_of(where))}.")
            people = people_of(connection, session["id"])
            chosen = [_find(people, each, options.session) for each in options.participant]
            if not (options.yes or agreed(_question(options, chosen, len(people)))):
                print("Nothing was changed. To do it without being asked, add --yes.")
                return 1
            extent = Extent(options.shared, options.fields, not options.keep_label, options.name)
            spool = Spool(where, Path.cwd())
            late = spool.absorb(engine.begin)  # what a server that has ended could not write is forgotten, too
            with wiping(connection), connection.begin():
                done = _do(connection, options, session["id"], people, chosen, extent)
            remove_files(late.files)
            wiped = wipe_freed(connection)
    finally:
        engine.dispose()
    for file, _ in late.refused:
        print(f"{file} holds what the database refuses: it was not looked at. Delete it if it is to be forgotten.")
    for whose, what in done:
        print(f"{whose}: {_told(what, options.pseudonym is not None)}")
    if not wiped:
        print("Another program uses the database: deleted texts may be in unused parts of it until it is vacuumed.")
    print("A running server has what it knows in memory until it is restarted. Backups and exports are as they were.")
    return 0


def _check(options: argparse.Namespace) -> None:
    if options.pseudonym is None:
        if options.name and len(options.participant) != 1:
            raise Failure("--name says what one participant is called: name one with --participant.", 2)
        return
    if options.shared or options.fields:
        raise Failure("--pseudonym deletes nothing: leave out --shared and --fields.", 2)
    if (options.pseudonym or options.name) and len(options.participant) != 1:
        raise Failure("A pseudonym or a name is for one participant: name one with --participant.", 2)


def _find(people: Sequence[Person], wanted: str, session: str) -> Person:
    found = [each for each in people if wanted == each.code] or [each for each in people if wanted == each.label]
    if len(found) != 1:
        what = "Several participants have" if found else "No participant has"
        raise Failure(f"{what} the code or label {wanted!r} in the session {session}: give the participant's code.")
    return found[0]


def _question(options: argparse.Namespace, chosen: Sequence[Person], number: int) -> str:
    who = ", ".join(each.code for each in chosen) or f"all {number} participants"
    if options.pseudonym is not None:
        return f"Replace the names of {who} of the session {options.session}? This cannot be undone."
    return f"Delete the texts of {who} of the session {options.session}? This cannot be undone."


def _do(
    c: Any, options: argparse.Namespace, session: int, people: Sequence[Person], chosen: Sequence[Person], extent: Any
) -> list[tuple[str, Forgotten]]:
    from ..stores.forgetting import forget_participant, forget_session, pseudonymise

    if options.pseudonym is not None:
        whom = chosen or people
        names = [options.pseudonym or f"P{each.number}" for each in whom]
        return [
            (f"{each.code} is {line(name)}", pseudonymise(c, session, each, name, extent))
            for each, name in zip(whom, names, strict=True)
        ]
    if not chosen:
        return [(f"Session {options.session}", forget_session(c, session, people, extent))]
    return [(each.code, forget_participant(c, session, each, extent)) for each in chosen]


def _told(done: Forgotten, renamed: bool) -> str:
    verb = "names replaced in" if renamed else "deleted the texts of"
    counts = [
        _count(done.messages, "message"), _count(done.decisions, "decision"), _count(done.fields, "field of oTree's",
        "fields of oTree's"),
    ]  # fmt: skip
    text = f"{verb} {', '.join(counts[:-1])} and {counts[-1]}."
    if done.shared:
        stay = "1 message of others stays" if done.shared == 1 else f"{done.shared} messages of others stay"
        text += f" {stay} in conversations that this participant shared: --shared deletes them, too."
    if done.entries:
        text += f" What {_count(done.entries, 'entry link')} said was deleted."
    if done.unread:
        text += (
            " participant.vars hold an object of an app's and stay as they are, with what an entry link said: delete "
            "it in the app, with ai(participant).forget()."
        )
    return text


def _count(number: int, one: str, several: str = "") -> str:
    return f"{number} {one if number == 1 else several or one + 's'}"
