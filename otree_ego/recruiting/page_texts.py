"""What participants read on the first and the last page that are ours, in their language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..languages import packs
from ..languages.packs import base_of, pack_of
from .completion import Completion

NAMES = {"prolific": "Prolific", "sona": "SONA", "connect": "Connect"}
TEXTS: Mapping[str, Mapping[str, str]] = {
    "en": dict(
        completed_title="Thank you",
        completed="You have completed the study. Thank you for taking part.",
        no_consent_title="Thank you for your time",
        no_consent="You have decided not to take part in this study.",
        screened_out_title="Thank you for your interest",
        screened_out="Unfortunately, this study is for other participants, so it ends here for you.",
        failed_check_title="The study ends here",
        failed_check="The questions about the instructions were not answered correctly, so you cannot go on. Thank you "
        "for your time.",
        full_title="All places are taken",
        full="Enough people have already joined this session, so you can no longer take part. Thank you for your "
        "interest.",
        left_title="The study is over for you",
        left="You were away for some time. So that the others did not have to wait, an AI (a computer program) took "
        "your place and plays to the end. You cannot take part any more.",
        no_group_title="Thank you for waiting",
        no_group="Unfortunately, not enough other participants have come, so the study ends here for you. Thank you "
        "for your time.",
        code="Your completion code",
        copy="Copy",
        copied="Copied",
        go="Continue",
        go_back="Back to {platform}",
        press="Please press the button, so that {platform} knows that you have finished here.",
        enter="Please copy this code and enter it at {platform}.",
        prolific_return="Please return your submission at Prolific (“Stop without completing”).",
        connect_return="Please return this project at Connect.",
        sona_return="You can go back to SONA and cancel your sign-up there.",
        lab_wait="Please stay in your seat and wait for your payment.",
        lab_tell="Please stay in your seat and raise your hand.",
        unknown="Your link did not tell us who you are at {platform}. Please send this number to the researchers, so "
        "that they can give you your credit:",
        close="You can close this page now.",
        label_title="This link does not work",
        label_unknown="The participant label in your link is not on the list for this study: {label}",
        label_missing="Your link has no participant label.",
        label_ask="Please use the link exactly as you received it. If this does not help, please contact the person "
        "who invited you.",
    ),
    "de": dict(
        completed_title="Vielen Dank",
        completed="Sie haben die Studie abgeschlossen. Vielen Dank für Ihre Teilnahme.",
        no_consent_title="Vielen Dank für Ihre Zeit",
        no_consent="Sie haben sich entschieden, nicht an dieser Studie teilzunehmen.",
        screened_out_title="Vielen Dank für Ihr Interesse",
        screened_out="Leider richtet sich diese Studie an andere Personen und endet deshalb hier für Sie.",
        failed_check_title="Die Studie endet hier",
        failed_check="Die Fragen zur Anleitung wurden nicht richtig beantwortet. Deshalb können Sie leider nicht "
        "weiter teilnehmen. Vielen Dank für Ihre Zeit.",
        full_title="Alle Plätze sind belegt",
        full="An dieser Sitzung nehmen bereits genügend Personen teil, deshalb können Sie nicht mehr mitmachen. Vielen "
        "Dank für Ihr Interesse.",
        left_title="Die Studie ist für Sie beendet",
        left="Sie waren längere Zeit weg. Damit die anderen nicht warten mussten, hat eine KI (ein Computerprogramm) "
        "Ihren Platz übernommen und spielt bis zum Ende. Sie können leider nicht mehr teilnehmen.",
        no_group_title="Danke, dass Sie gewartet haben",
        no_group="Leider sind nicht genügend andere Teilnehmende gekommen. Deshalb endet die Studie hier für Sie. "
        "Vielen Dank für Ihre Zeit.",
        code="Ihr Abschlusscode",
        copy="Kopieren",
        copied="Kopiert",
        go="Weiter",
        go_back="Zurück zu {platform}",
        press="Bitte klicken Sie auf die Schaltfläche, damit {platform} weiß, dass Sie hier fertig sind.",
        enter="Bitte kopieren Sie diesen Code und geben Sie ihn bei {platform} ein.",
        prolific_return="Bitte geben Sie Ihre Teilnahme bei Prolific zurück („Stop without completing“).",
        connect_return="Bitte geben Sie dieses Projekt bei Connect zurück.",
        sona_return="Sie können zu SONA zurückkehren und Ihre Anmeldung dort stornieren.",
        lab_wait="Bitte bleiben Sie sitzen und warten Sie auf Ihre Auszahlung.",
        lab_tell="Bitte bleiben Sie sitzen und heben Sie die Hand.",
        unknown="Aus Ihrem Link ging nicht hervor, wer Sie bei {platform} sind. Bitte teilen Sie den "
        "Forschenden diese Nummer mit, damit Sie Ihre Gutschrift bekommen:",
        close="Sie können diese Seite jetzt schließen.",
        label_title="Dieser Link funktioniert nicht",
        label_unknown="Die Teilnahmekennung in Ihrem Link steht nicht auf der Liste dieser Studie: {label}",
        label_missing="In Ihrem Link fehlt die Teilnahmekennung.",
        label_ask="Bitte verwenden Sie den Link genau so, wie Sie ihn bekommen haben. Wenn das nicht hilft, wenden Sie "
        "sich bitte an die Person, die Sie eingeladen hat.",
    ),
}


@dataclass(frozen=True)
class Notice:
    """A page of ours, as texts.

    Fields:
        language: of the texts. title, lines: what it says. number: to be told to the researchers. code, link: what
            somebody gets at the end. code_label, copy, copied, button: texts around them. close: the last line.
    """

    language: str
    title: str
    lines: tuple[str, ...]
    number: str = ""
    code: str = ""
    link: str = ""
    code_label: str = ""
    copy: str = ""
    copied: str = ""
    button: str = ""
    close: str = ""

    @property
    def direction(self) -> str:
        """Of the language: ``ltr``, or ``rtl`` for right to left."""
        return packs.direction_of(self.language)


def texts_in(language: str) -> tuple[str, Mapping[str, str]]:
    """The language in which there are texts, and these."""
    pack, base = pack_of(language), base_of(language)
    code = pack.code if pack is not None and "recruiting" in pack.sections else base if base in TEXTS else "en"
    return code, packs.texts_in("recruiting", TEXTS, language)


def end_notice(end: Completion, language: str, participant: str = "") -> Notice:
    """What the last page says.

    Arguments:
        end: what somebody gets. language: its code.
        participant: the participant's code, to be told to the researchers if the way back is not known.

    >>> notice = end_notice(Completion("completed", "connect", "AB12"), "en")
    >>> notice.lines[1], notice.code
    ('Please copy this code and enter it at Connect.', 'AB12')
    """
    language, said = texts_in(language)
    platform = NAMES.get(end.platform, end.platform)
    lines = [said[end.outcome]]
    close = said["close"]
    if end.platform == "lab":
        lines.append(said["lab_wait" if end.outcome == "completed" else "lab_tell"])
        close = ""
    elif end.unknown and participant:
        lines.append(said["unknown"].format(platform=platform or "SONA"))
    elif end.link:
        lines += [said["press"].format(platform=platform)] * bool(platform)
        close = ""
    elif end.code:
        lines += [said["enter"].format(platform=platform)] * bool(platform)
    elif end.outcome != "completed" and f"{end.platform}_return" in said:
        lines.append(said[f"{end.platform}_return"])
    return Notice(
        language=language,
        title=said[f"{end.outcome}_title"],
        lines=tuple(lines),
        number=participant if end.unknown else "",
        code=end.code,
        link=end.link,
        code_label=said["code"],
        copy=said["copy"],
        copied=said["copied"],
        button=said["go_back"].format(platform=platform) if platform else said["go"],
        close=close,
    )


def label_notice(label: str, language: str) -> Notice:
    """What a room says to somebody whose label is not on its list (or, if empty, who has none)."""
    language, said = texts_in(language)
    first = said["label_unknown"].format(label=label) if label else said["label_missing"]
    return Notice(language=language, title=said["label_title"], lines=(first, said["label_ask"]))
