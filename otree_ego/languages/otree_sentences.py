"""oTree's own sentences on participants' pages, and what wtforms says of a field: a project's language can have them.

The keys are the sentences themselves, as gettext has them. A test holds them against the oTree that is installed.
"""

from __future__ import annotations

_OTREE = (
    "Next", "Back", "Time left to complete this page:", "Please wait", "Waiting for the other participants.",
    "Waiting for the other participant.", "Waiting to form a group with other participants.", "Please fix the errors.",
    "This field is required.", "Yes", "No", "{} point", "{} points", "points", "Powered by {product_name}",
    "An error occurred.", "Are you still there?", "I'm still active", "Please confirm",
    "Click the below button within ${secondsLeftSpan} seconds.", "Paused",
    "The button was not clicked within the requested time.", "To return to the wait page, click the button below.",
    "Return to wait page", "Send", "Participant {id_in_group}", "{nickname} (Me)",
    "'%(value)s' is not a valid choice for this field",
)  # fmt: skip
_OF_ROOMS = (
    "Welcome", "This participant label was not found", "Participant label:", "Click the button to start.", "Start",
    "Session is full.", "Waiting for your session to begin",
)  # fmt: skip
"""Pages before a session, which are in the project's language."""
_OF_FORMS = (
    "Not a valid integer value", "Not a valid float value", "Not a valid decimal value", "Not a valid choice",
    "Number must be at least %(min)s.", "Number must be at most %(max)s.",
    "Number must be between %(min)s and %(max)s.",
    "Field cannot be longer than %(max)d character.", "Field cannot be longer than %(max)d characters.",
)  # fmt: skip
"""What wtforms says."""
OTREE: dict[str, dict[str, str]] = {"en": {text: text for text in (*_OTREE, *_OF_ROOMS, *_OF_FORMS)}}
KNOWN_TO_OTREE = frozenset((
    "ar", "cs", "de", "en", "es", "fi", "fr", "he", "hi", "hu", "id", "it", "ja", "ko", "nb", "nl", "pl", "pt", "ru",
    "tr", "zh",
))  # fmt: skip
"""Languages that oTree has itself: their files need none of these sentences."""
