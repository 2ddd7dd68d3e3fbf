"""The ends of a study: for each, the code and the link back that the session config names; and what does not fit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from ..chat_rules.setting_rows import PREFIX, Setting
from ..errors import ConfigError

OUTCOMES = {
    "completed": "participants who have completed the study",
    "no_consent": "participants who have declined to take part",
    "screened_out": "participants who were screened out",
    "failed_check": "participants who have failed the comprehension check",
    "full": "people who come when the session is full",
    "left": "participants who were away, and whose place an AI took to the end (ego_takeover_after)",
    "no_group": "participants who have waited for a group in vain (ego_fill_how)",
}
"""How the study can end for somebody, in words."""
PLATFORMS = ("prolific", "sona", "connect", "lab")
PROLIFIC = "https://app.prolific.com/submissions/complete?cc={code}"
LONGEST_CODE = 100
LONGEST_LINK = 2000
_BLANK = re.compile(r"(?<=[?&]survey_code=)(?:X{4,}|%\w+%|(?=[&#]|$))")
"""How SONA writes the place of the survey code in the link that it shows to researchers, or nothing."""
_FIELD = re.compile(r"\{(\w+)\}")


def _rows() -> dict[str, Setting]:
    rows = [
        Setting(
            "completion_platform", str, "",
            "Where participants come from, which decides what the last page says and how codes go back.",
            options=PLATFORMS,
        ),
        Setting(
            "entry_parameter", str, "",
            "The parameter of entry links that becomes the participant label, if it is neither participant_label nor "
            "one that Prolific, SONA or Connect send.",
        ),
    ]  # fmt: skip
    for outcome, who in OUTCOMES.items():
        rows.append(Setting(f"completion_code_{outcome}", str, "", f"The code for {who}, shown on the last page."))
    for outcome, who in OUTCOMES.items():
        meaning = f"The link back for {who}; {{NAME}} stands for a parameter of the entry link."
        rows.append(Setting(f"completion_link_{outcome}", str, "", meaning))
    return {row.name: row for row in rows}


COMPLETION: Mapping[str, Setting] = _rows()
"""The rows of the settings, by name."""


@dataclass(frozen=True)
class Completion:
    """What somebody gets at the end.

    Fields:
        outcome: one of `OUTCOMES`. platform: `ego_completion_platform`. code, link: empty for none.
        unknown: whether there would be a link, but the entry link did not say what belongs into it.
    """

    outcome: str
    platform: str = ""
    code: str = ""
    link: str = ""
    unknown: bool = False


def completion_for(values: Mapping[str, Any], outcome: str, known: Mapping[str, str], person: str = "") -> Completion:
    """What somebody gets at the end.

    Arguments:
        values: the session's settings. outcome: one of `OUTCOMES`.
        known: parameters of the entry link, which may stand in the link back. person: who it is.

    >>> values = {"completion_platform": "prolific", "completion_code_completed": "C1AB"}
    >>> completion_for(values, "completed", {}).link
    'https://app.prolific.com/submissions/complete?cc=C1AB'
    >>> link = "https://school.sona-systems.com/webstudy_credit.aspx?experiment_id=1&credit_token=2&survey_code=XXXX"
    >>> completion_for({"completion_link_completed": link}, "completed", {"survey_code": "77"}).link[-15:]
    '&survey_code=77'
    """
    platform = str(values.get("completion_platform") or "")
    code = str(values.get(f"completion_code_{outcome}") or "")
    link = str(values.get(f"completion_link_{outcome}") or "")
    if platform == "prolific" and code and not link:
        link = PROLIFIC.format(code=quote(code, safe=""))
    filled = {**({"survey_code": person} if person else {}), **known, "code": code}
    link = _BLANK.sub("{survey_code}", link)
    unknown = any(not filled.get(name) for name in _FIELD.findall(link))
    link = "" if unknown else _FIELD.sub(lambda found: quote(filled[found[1]], safe=""), link)
    return Completion(outcome, platform, code, link, unknown)


def check_completion(values: Mapping[str, Any]) -> None:
    """Refuse settings of the ends that do not go together.

    Raises:
        ConfigError: a link is none, or the platform needs something else; the message names the setting.
    """
    platform = values["completion_platform"]
    for outcome in OUTCOMES:
        code, link = (values[f"completion_{kind}_{outcome}"] for kind in ("code", "link"))
        if code:
            _check_code(f"{PREFIX}completion_code_{outcome}", code, platform)
        if link:
            _check_link(f"{PREFIX}completion_link_{outcome}", link, code)
        if platform == "lab" and (code or link):
            kind = "code" if code else "link"
            raise ConfigError(
                f"{PREFIX}completion_{kind}_{outcome} is set, and {PREFIX}completion_platform = 'lab': in a laboratory "
                "people wait for their payment, and see neither a code nor a link. Leave one of the two empty."
            )
        if platform == "connect" and link and outcome != "completed" and link == values["completion_link_completed"]:
            raise ConfigError(
                f"{PREFIX}completion_link_{outcome} is the link for completed studies: Connect wants nobody else to "
                "come back by it. Leave it empty, or copy the link of its partial completes."
            )
        if platform == "sona" and link and not {"survey_code"} & set(_FIELD.findall(_BLANK.sub("{survey_code}", link))):
            raise ConfigError(
                f"{PREFIX}completion_link_{outcome} = {link!r:.80}: SONA gives credit to whom the link names. Copy the "
                "client-side completion URL from SONA, which ends with survey_code=XXXX, or write {survey_code} there."
            )
    _check_needed(values, platform)


def _check_needed(values: Mapping[str, Any], platform: str) -> None:
    code, link = values["completion_code_completed"], values["completion_link_completed"]
    sets = f"{PREFIX}completion_platform = {platform!r}"
    if platform == "prolific" and not (code or link):
        raise ConfigError(
            f"{sets}, and {PREFIX}completion_code_completed is empty: nobody could be paid. Copy the completion code "
            "from the study's page at Prolific."
        )
    if platform == "connect" and not (code or link):
        raise ConfigError(
            f"{sets}, and {PREFIX}completion_code_completed is empty: nobody could be paid. Copy the completion code "
            "from the project's page at Connect."
        )
    if platform == "sona" and not link:
        raise ConfigError(
            f"{sets}, and {PREFIX}completion_link_completed is empty: nobody would get credit. Copy the client-side "
            "completion URL from SONA, which ends with survey_code=XXXX."
        )


def _check_code(name: str, code: str, platform: str) -> None:
    if len(code) > LONGEST_CODE or not code.isprintable():
        raise ConfigError(f"{name} = {code!r:.60}: a code has at most {LONGEST_CODE} characters, and one line.")
    if _scheme(code) in ("http", "https", "javascript", "data"):
        raise ConfigError(f"{name} = {code!r:.80}: this is a link. Set {name.replace('_code_', '_link_')} instead.")
    if platform == "prolific" and not re.fullmatch(r"[A-Za-z0-9_-]+", code):
        raise ConfigError(f"{name} = {code!r:.60}: Prolific's codes have letters and digits only. Copy it from there.")


def _check_link(name: str, link: str, code: str) -> None:
    wrong = ConfigError(
        f"{name} = {link!r:.80}: a link back begins with https:// (or http://) and the name of a host, has no blanks "
        f"and at most {LONGEST_LINK} characters."
    )
    try:
        parts = urlsplit(link)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise wrong from None
    blank = any(sign.isspace() or not sign.isprintable() or sign in "<>\"'`\\" for sign in link)
    if parts.scheme not in ("http", "https") or not host or "{" in parts.netloc or blank or len(link) > LONGEST_LINK:
        raise wrong
    in_link = re.search(r"[?&]cc=([^&#{]*)", link)
    if code and in_link and in_link[1] != code:
        raise ConfigError(
            f"{name} has the code {in_link[1]!r:.60}, and {name.replace('_link_', '_code_')} is {code!r:.60}: which "
            "one is right? Leave one of the two empty."
        )


def _scheme(text: str) -> str:
    """The scheme of a link, in small letters; empty if it has none."""
    found = re.match(r"\s*([A-Za-z][A-Za-z0-9+.-]*):", text)
    return found[1].lower() if found else ""
