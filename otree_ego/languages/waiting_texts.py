"""What participants read on pages that are not a chat's, in English and German."""

from __future__ import annotations

WAITING: dict[str, dict[str, str]] = {
    "en": {
        "title": "Please wait",
        "body": "Your partner is deciding…",
        "offline": "The connection is lost. We are trying to restore it; you can keep waiting here.",
        "failed": "No decision came. Please try again; nothing that you did is lost.",
        "again": "Try again",
        "over": "No decision came. Please tell the experimenter.",
    },
    "de": {
        "title": "Bitte warten",
        "body": "Die andere Seite entscheidet …",
        "offline": "Die Verbindung ist unterbrochen und wird wieder hergestellt; Sie können hier weiter warten.",
        "failed": "Es kam keine Entscheidung. Bitte versuchen Sie es noch einmal; nichts ist verloren.",
        "again": "Noch einmal versuchen",
        "over": "Es kam keine Entscheidung. Bitte melden Sie sich bei der Versuchsleitung.",
    },
}
"""On an AIWaitPage."""
SERVER: dict[str, dict[str, str]] = {
    "en": {
        "title": "One moment, please",
        "text": "The study is not available right now. This page goes on by itself as soon as it is, usually within a "
        "few seconds. You do not have to do anything, and nothing is lost.",
        "button": "Go on",
    },
    "de": {
        "title": "Einen Moment, bitte",
        "text": "Die Studie ist gerade nicht erreichbar. Sobald sie es wieder ist, geht es auf dieser Seite von selbst "
        "weiter, meist nach wenigen Sekunden. Sie müssen nichts tun, und es geht nichts verloren.",
        "button": "Weiter",
    },
}
"""While a server does not serve."""
ANSWERS: dict[str, dict[str, str]] = {"en": {"yes": "Yes", "no": "No"}, "de": {"yes": "Ja", "no": "Nein"}}
"""What a field for True or False is asked with."""
