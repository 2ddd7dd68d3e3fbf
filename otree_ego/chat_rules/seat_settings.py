"""Seats that models fill beside humans: their settings, how many there are, and which participants they are."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..blocks import permuted_blocks
from ..errors import ConfigError
from .pacing import pace
from .setting_rows import PREFIX, Setting

LAST, FIRST, RANDOM = "last", "first", "random"
ADVANCE, STAY, END = "advance", "stay", "end"
_FORMS = (
    'a number of participants (3), a share of them (0.5 or "50 %"), or how many of each group ("2 of 3"); empty or '
    "0 for none"
)
_OF = re.compile(r"(\d+)\s*(?:of|/)\s*(\d+)")
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*%")


class SeatNumberSetting(Setting):
    """A row that also accepts numbers: `3` and `0.5` as they stand in Python."""

    def _text(self, value: Any) -> str:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return repr(value)
        return super()._text(value)

    @property
    def takes(self) -> str:
        return _FORMS


SEATS: Mapping[str, Setting] = {
    row.name: row
    for row in (
        SeatNumberSetting(
            "ai_seats", str, "",
            "How many participants of a session models play, from its start to its end, beside the humans.",
        ),
        Setting(
            "seat_choice", str, LAST, "Which participants (of the session, or of each group) these are.",
            options=[LAST, FIRST, RANDOM],
        ),
        Setting("seat_model", str, "", "The model that plays a seat; empty: ego_model.", names_model=True),
        Setting(
            "seat_persona", str, "",
            "Who a seat is, told to its model: a description, or several with a vertical bar between them, dealt out.",
            verbatim=True,
        ),
        Setting(
            "seat_pace", str, "",
            "Seconds before a seat sends a page, or a message in a chat, as a person would need, such as 2-6 or "
            "1-3 + 0.02/character (of the page, or of the message).",
        ),
        Setting(
            "seat_gives_up", str, ADVANCE,
            "What happens when a seat's model gives no answer that a page accepts, or may cost no more: the page is "
            "submitted as if its time were up, and the seat goes on; it stays there until somebody moves it on; or the "
            "study ends for it.",
            options=[ADVANCE, STAY, END],
        ),
        Setting("seat_label", str, "", "The participant label of a seat; {n} counts the seats. Empty: none.",),
        Setting("seat_reasons", bool, False, "Whether a seat's model is asked why; only the data show what it says."),
        Setting("seat_max_cost", float, "", "What the model of one seat may cost.", 0, 1e6, "of US dollars"),
    )
}  # fmt: skip
"""The rows of the settings, by name."""


@dataclass(frozen=True)
class SeatNumber:
    """How many seats there are.

    Fields:
        number: of the session, or of each group. of: the size of a group, 0 for the session. share: instead.
    """

    number: int = 0
    of: int = 0
    share: float | None = None

    def in_all(self, participants: int) -> int:
        """How many seats a session of so many participants has.

        >>> seat_number("50 %").in_all(5), seat_number("2 of 3").in_all(6)
        (3, 4)
        """
        if self.of:
            return participants // self.of * self.number
        if self.share is not None:
            return int(self.share * participants + 0.5)
        return self.number


def seat_number(value: Any) -> SeatNumber:
    """Read `ego_ai_seats`.

    Raises:
        ConfigError: it is none of the forms; the message shows them.

    >>> seat_number(3), seat_number("0.5").share, seat_number("2 of 3")
    (SeatNumber(number=3, of=0, share=None), 0.5, SeatNumber(number=2, of=3, share=None))
    """
    text = str(value).strip().lower()
    wrong = ConfigError(f"{PREFIX}ai_seats = {value!r:.60}: this setting takes {_FORMS}.")
    if not text:
        return SeatNumber()
    if found := _OF.fullmatch(text):
        number, size = int(found[1]), int(found[2])
        if size < 1 or number > size:
            raise ConfigError(f"{PREFIX}ai_seats = {value!r:.60}: a group of {size} has no {number} seats.")
        return SeatNumber(number, size)
    if found := _PERCENT.fullmatch(text):
        return _share(float(found[1]) / 100, wrong)
    try:
        number_given = float(text)
    except ValueError:
        raise wrong from None
    if 0 < number_given < 1:
        return _share(number_given, wrong)
    if text == "1.0":
        raise ConfigError(f'{PREFIX}ai_seats = {value!r:.60}: one participant, or all of them? Write 1 or "100 %".')
    if not (0 <= number_given <= 1_000_000 and number_given == int(number_given)):
        raise wrong
    return SeatNumber(int(number_given))


def _share(share: float, wrong: ConfigError) -> SeatNumber:
    if not 0 <= share <= 1:
        raise wrong
    return SeatNumber(share=share)


def chosen_seats(seats: SeatNumber, participants: int, choice: str, seed: str) -> list[int]:
    """Which participants are seats, by their numbers in the session, from 1.

    Arguments:
        seats: how many. participants: of the session. choice: last, first or random. seed: of the random choice.

    Raises:
        ConfigError: there are more seats than participants, a share leaves no place for a person or rounds to no seat,
            or the groups do not come out even.

    >>> chosen_seats(seat_number("1 of 3"), 6, "last", "")
    [3, 6]
    >>> chosen_seats(seat_number(2), 5, "first", "")
    [1, 2]
    """
    size = seats.of or participants
    if seats.of and participants % seats.of:
        raise ConfigError(
            f"{PREFIX}ai_seats = '{seats.number} of {seats.of}': {participants} participants make no whole groups of "
            f"{seats.of}. Create the session for a multiple of {seats.of}."
        )
    number = seats.number if seats.of else seats.in_all(participants)
    if number > size:
        raise ConfigError(
            f"{PREFIX}ai_seats = {number}: the session has only {participants} "
            f"participant{'s' if participants != 1 else ''}. Create it for more, or lower the number."
        )
    _check_share(seats, number, participants)
    draw = random.Random(seed)
    found = []
    for start in range(1, participants + 1, size):
        places = list(range(start, start + size))
        if choice == RANDOM:
            found += draw.sample(places, number)
        else:
            found += places[:number] if choice == FIRST else places[size - number :]
    return sorted(found)


def _check_share(seats: SeatNumber, number: int, participants: int) -> None:
    """Refuse a share that comes out as everybody or as nobody and does not say so."""
    if seats.share is None or seats.share in (0, 1):
        return
    people = f"{participants} participant{'s' if participants != 1 else ''}"
    said = f"{PREFIX}ai_seats = {seats.share:g}: of {people} that is"
    if number == participants:
        raise ConfigError(
            f'{said} everybody, and no place is left for a person. Create the session for more, or write "100 %".'
        )
    if number == 0:
        raise ConfigError(
            f"{said} nobody, and no model would play. Create the session for more, raise the share, or write 0."
        )


def dealt_personas(text: str, number: int, seed: str) -> list[str]:
    """Who each of so many seats is: the descriptions, dealt out in permuted blocks.

    >>> sorted(dealt_personas("You are shy. | You are bold.", 4, "1"))
    ['You are bold.', 'You are bold.', 'You are shy.', 'You are shy.']
    """
    found = [part.strip() for part in text.split("|") if part.strip()]
    if len(found) < 2:
        return found * number or [""] * number
    blocks = permuted_blocks(found, random.Random(seed))
    return [next(blocks) for _ in range(number)]


def check_seats(values: Mapping[str, Any]) -> None:
    """Refuse settings of seats that cannot be used; ConfigError names the one.

    Arguments:
        values: the session's settings, by their names without the prefix.
    """
    seat_number(values["ai_seats"])
    try:
        pace(values["seat_pace"])
    except ConfigError as error:
        raise ConfigError(f"{PREFIX}seat_pace: {error}") from None
    label = values["seat_label"]
    if len(label) > 90:
        raise ConfigError(f"{PREFIX}seat_label = {label!r:.60}: a participant label has at most 100 characters.")
