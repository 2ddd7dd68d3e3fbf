"""What a platform puts into the link by which a participant comes: who it is, and all that it sends besides."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote, unquote_to_bytes

LABEL = "participant_label"
OTREES = (LABEL, "welcome_page_ok", "hash")
"""Parameters that are oTree's own; `hash` is a secret of one participant."""
LONGEST_LABEL = 100
"""Characters that oTree's participant label may have."""
_KEPT_WHOLE = LONGEST_LABEL - 21
_PLACEHOLDERS = re.compile(
    r"\{\{.*\}\}|\$\{.*\}|\{[A-Za-z_% .]*\}|\[[A-Za-z_% ]*\]|<[A-Za-z_% ]*>|%[A-Za-z_ ]*%|X{4,}", re.DOTALL
)
_NO_VALUES = ("", "undefined", "null", "None", "NaN")


@dataclass(frozen=True)
class Platform:
    """A platform that sends participants.

    Fields:
        name: as in `ego_completion_provider`. person: the parameters that say who somebody is, the best one first.
        others: what it sends besides.
    """

    name: str
    person: Sequence[str]
    others: Sequence[str] = ()


PLATFORMS = (
    Platform("prolific", ("PROLIFIC_PID",), ("STUDY_ID", "SESSION_ID")),
    Platform("connect", ("participantId",), ("assignmentId", "projectId")),
    Platform("mturk", ("workerId",), ("assignmentId", "hitId")),
    Platform("sona", ("survey_code", "id"), ("experiment_id", "credit_token")),
)
"""Platforms by what they send. A lab's system (ORSEE) sends oTree's own `participant_label`."""
_KNOWN = {name.lower(): name for each in PLATFORMS for name in (*each.person, *each.others)}
KNOWN = tuple(dict.fromkeys(_KNOWN.values()))
"""The parameters that platforms send; each is an entry of `participant.vars`, too."""


@dataclass(frozen=True)
class EntryLink:
    """What an entry link says.

    Fields:
        label: what becomes the participant label; empty if the link does not say who it is.
        person: who it is, whole (a label has at most 100 characters); empty if unknown.
        platform: whose parameters these are; empty if nobody's.
        parameters: all parameters as they were sent, in order: a text, or a list of them if a name came several times.
        known: the values of parameters that platforms send, under the names that they have in `KNOWN`.
    """

    label: str = ""
    person: str = ""
    platform: str = ""
    parameters: Mapping[str, str | list[str]] = field(default_factory=dict)
    known: Mapping[str, str] = field(default_factory=dict)


def read_entry_link(query: bytes, parameter: str = "") -> EntryLink:
    """What the query of an entry link says.

    Nothing in it is an error: what stands for nothing (an empty value, a placeholder that the platform has not
    replaced) is kept, and gives no label.

    Arguments:
        query: what stands after ``?``, as it came.
        parameter: the parameter that says who it is, if it is neither oTree's nor one of a platform in `PLATFORMS`.

    >>> link = read_entry_link(b"PROLIFIC_PID=5b96&STUDY_ID=s1&SESSION_ID=%7B%7B%25SESSION_ID%25%7D%7D")
    >>> link.label, link.platform, link.known
    ('5b96', 'prolific', {'PROLIFIC_PID': '5b96', 'STUDY_ID': 's1'})
    """
    sent: dict[str, list[str]] = {}
    for name, value in _pairs(query):
        values = sent.setdefault(name, [])
        if value not in values:
            values.append(value)
    usable: dict[str, str] = {}
    for name, values in sent.items():
        value = next((value.strip() for value in values if not is_placeholder(value)), "")
        canonical = name if name in OTREES else _KNOWN.get(name.lower(), name)
        if value:
            usable.setdefault(canonical, value)
    names = {_KNOWN.get(name.lower(), name) for name in sent}
    platform = _platform(names)
    candidates = [LABEL, *([parameter] if parameter else []), *(platform.person if platform else ())]
    person = next((usable[name] for name in candidates if name in usable), "")
    return EntryLink(
        label=label_for(person),
        person=person,
        platform=platform.name if platform else "",
        parameters={
            name: values[0] if len(values) == 1 else values
            for name, values in sent.items()
            if name not in OTREES or (name == LABEL and values != [label_for(person)])
        },
        known={name: value for name, value in usable.items() if name in KNOWN},
    )


def is_placeholder(value: str) -> bool:
    """Whether a value says nothing: it is empty, or a placeholder that nobody has replaced.

    >>> [is_placeholder(value) for value in ("{{%PROLIFIC_PID%}}", "%SURVEY_CODE%", "undefined", " ", "5b96ab")]
    [True, True, True, True, False]
    """
    forms = {value.strip(), unquote(value).strip()}
    return any(form in _NO_VALUES or form in KNOWN or _PLACEHOLDERS.fullmatch(form) for form in forms)


def label_for(person: str) -> str:
    """The participant label for an id: what oTree can store and show, and always the same one for the same id.

    Arguments:
        person: the id, of any length. One that is too long is cut, and gets an ending that tells it from others.

    >>> label_for("5b96ab"), label_for("<b>Ann</b>")
    ('5b96ab', '%3Cb%3EAnn%3C/b%3E')
    >>> len(label_for("x" * 300)), label_for("x" * 300) == label_for("x" * 301)
    (100, False)
    """
    # oTree's admin pages show a label as it is: a tag in it would run there
    whole = "".join(_plain(letter, "<>\"'`\\") for letter in unicodedata.normalize("NFC", person.strip()))
    if len(whole) <= LONGEST_LABEL:
        return whole
    return f"{whole[:_KEPT_WHOLE]}~{hashlib.sha256(person.strip().encode()).hexdigest()[:20]}"


def _platform(names: set[str]) -> Platform | None:
    """Whose parameters these are: the platform's that says who it is, and of which there are the most."""

    def score(each: Platform) -> tuple[bool, int]:
        return bool(names & set(each.person)), len(names & {*each.person, *each.others})

    best = max(PLATFORMS, key=score)
    return best if score(best)[1] else None


def _pairs(query: bytes) -> Iterator[tuple[str, str]]:
    for part in query.split(b"&"):
        name, _, value = part.partition(b"=")
        if name or value:
            yield _text(name), _text(value)


def _text(raw: bytes) -> str:
    """A part of a query as text. Bytes that are no text, and signs that no database takes, stay percent-encoded."""
    text = unquote_to_bytes(raw.replace(b"+", b" ")).decode("utf-8", "surrogateescape")
    return "".join(_plain(letter) for letter in text)


def _plain(letter: str, besides: str = "") -> str:
    if "\udc80" <= letter <= "\udcff":
        return f"%{ord(letter) - 0xDC00:02X}"
    if letter in besides or unicodedata.category(letter) in ("Cc", "Cs"):
        return "".join(f"%{byte:02X}" for byte in letter.encode("utf-8", "surrogatepass"))
    return letter
