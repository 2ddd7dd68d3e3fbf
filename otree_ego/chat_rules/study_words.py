"""What participants read about a study: who is an AI, comprehension checks, pay. English and German, each replaceable.

These texts stand apart from the chat's own words, which are sent to every page of a chat: a page that does not tell who
is an AI must not hold the sentence that would.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..languages.packs import texts_in
from ..public import public

# What each text is for; the documentation's table is made from it, and STUDY_WORDS has exactly these keys.
MEANINGS: dict[str, str] = {
    # who is an AI
    "disclosure_chat": "`ego_disclose` is before: the notice of a chat whose AIs are not named",
    "disclosure_one": "the same of one AI; {names} is what it is called on the pages",
    "disclosure_some": "the same of several",
    "disclosure_other": "what the partner in a chat is called where it is not told that it is an AI",
    "debriefing_title": "title of the debriefing page (`ego_disclose` is after)",
    "debriefing_intro": "its first sentence",
    "debriefing_chat": "one AI that had no name, in a chat",
    "debriefing_one": "one AI; {names} is what it was called on the pages",
    "debriefing_some": "several AIs",
    "debriefing_model": "with `ego_disclose_models`: {model} is the name",
    "debriefing_taken_over": "a partner who left, and whose place an AI took",
    "debriefing_questions": "its last sentence",
    "names_and": "between the last two of several names",
    "partner_seat_one": "another participant of the same group whom an AI played from the start",
    "partner_seat_some": "the same of {n} of them",
    "partner_left_one": "another participant of the same group who left, and whose place an AI took",
    "partner_left_some": "the same of {n} of them",
    "partner_away_one": "the same of one who came back and played on",
    "partner_away_some": "the same of {n} of them",
    # somebody who was away while an AI played on
    "away_title": "title of the page for participants who come back (`ego_takeover_after`)",
    "away_text": "its text",
    "away_late": "the same page, where they have sent a page that was sent for them already",
    "away_go_on": "its button: they play on themselves",
    # comprehension checks
    "check_tries": "below the questions, with `ego_check_tries`: {n} tries are left",
    "check_tries_one": "the same when {n} is 1",
    "check_wrong": "at a question that was answered wrongly, if the app says nothing of its own",
    "check_again": "above the questions after wrong answers, if the app says nothing of its own",
    "screened_title": "title of the page for participants who were screened out",
    "screened_text": "its text",
    "screened_close": "the same page, where nothing follows",
    # pay
    "pay_points": "at the end: the points of this app",
    "pay_worth": "what these are worth in money",
    "pay_others": "what other apps of the session have brought, in money",
    "pay_fee": "the session config's participation fee",
    "pay_total": "all together",
    "pay_so_far": "the same, where another app follows",
}

STUDY_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "disclosure_chat": "An AI takes part in this chat: a computer program (a language model), not a person.",
        "disclosure_one": "{names} is an AI: a computer program (a language model), not a person.",
        "disclosure_some": "{names} are AIs: computer programs (language models), not people.",
        "disclosure_other": "The other side",
        "debriefing_title": "About this study",
        "debriefing_intro": "So far we have not told you who in this study was an AI. This is what you should know:",
        "debriefing_chat": "The messages that you got in the chat were written by an AI: a computer program (a "
        "language model), not a person.",
        "debriefing_one": "{names} was an AI: a computer program (a language model), not a person.",
        "debriefing_some": "{names} were AIs: computer programs (language models), not people.",
        "debriefing_model": "Language model: {model}.",
        "debriefing_taken_over": "{names} left early. From then on, an AI took over.",
        "debriefing_questions": "If you have any questions, please contact the researchers.",
        "names_and": " and ",
        "partner_seat_one": "One other participant in your group was an AI: a computer program (a language model), not "
        "a person.",
        "partner_seat_some": "{n} other participants in your group were AIs: computer programs (language models), not "
        "people.",
        "partner_left_one": "One other participant in your group left early. From then on, an AI took over.",
        "partner_left_some": "{n} other participants in your group left early. From then on, AIs took over.",
        "partner_away_one": "One other participant in your group was away for a while. In the meantime, an AI took "
        "over.",
        "partner_away_some": "{n} other participants in your group were away for a while. In the meantime, AIs took "
        "over.",
        "away_title": "Welcome back",
        "away_text": "While you were away, an AI (a computer program) has been playing in your place, so that the "
        "others did not have to wait. What it has decided counts. From here on, you can play yourself again.",
        "away_late": "Your answer came too late: this page had already been answered in your place.",
        "away_go_on": "Continue",
        "check_tries": "You have {n} tries left.",
        "check_tries_one": "You have one try left.",
        "check_wrong": "This answer is not right.",
        "check_again": "Not all answers are right yet. Please try again.",
        "screened_title": "Thank you",
        "screened_text": "Thank you for your time. Some of your answers to the questions about the instructions were "
        "not right, so you cannot take part in the rest of this study.",
        "screened_close": "You can close this page now.",
        "pay_points": "Your points",
        "pay_worth": "Their value in money",
        "pay_others": "From other parts of this study",
        "pay_fee": "For taking part",
        "pay_total": "Your payment in total",
        "pay_so_far": "Your payment so far",
    },
    "de": {
        "disclosure_chat": "An diesem Chat nimmt eine KI teil: ein Computerprogramm (ein Sprachmodell), kein Mensch.",
        "disclosure_one": "{names} ist eine KI: ein Computerprogramm (ein Sprachmodell), kein Mensch.",
        "disclosure_some": "{names} sind KIs: Computerprogramme (Sprachmodelle), keine Menschen.",
        "disclosure_other": "Die andere Seite",
        "debriefing_title": "Zu dieser Studie",
        "debriefing_intro": "Bisher haben wir Ihnen nicht gesagt, wer in dieser Studie eine KI war. Das holen wir "
        "jetzt nach:",
        "debriefing_chat": "Die Nachrichten, die Sie im Chat bekommen haben, hat eine KI geschrieben: ein "
        "Computerprogramm (ein Sprachmodell), kein Mensch.",
        "debriefing_one": "{names} war eine KI: ein Computerprogramm (ein Sprachmodell), kein Mensch.",
        "debriefing_some": "{names} waren KIs: Computerprogramme (Sprachmodelle), keine Menschen.",
        "debriefing_model": "Sprachmodell: {model}.",
        "debriefing_taken_over": "{names} ist vorzeitig gegangen. Von da an hat eine KI übernommen.",
        "debriefing_questions": "Wenn Sie Fragen haben, wenden Sie sich bitte an die Studienleitung.",
        "names_and": " und ",
        "partner_seat_one": "Ein anderes Mitglied Ihrer Gruppe war eine KI: ein Computerprogramm (ein Sprachmodell), "
        "kein Mensch.",
        "partner_seat_some": "{n} andere Mitglieder Ihrer Gruppe waren KIs: Computerprogramme (Sprachmodelle), keine "
        "Menschen.",
        "partner_left_one": "Ein anderes Mitglied Ihrer Gruppe ist vorzeitig gegangen. Von da an hat eine KI "
        "übernommen.",
        "partner_left_some": "{n} andere Mitglieder Ihrer Gruppe sind vorzeitig gegangen. Von da an haben KIs "
        "übernommen.",
        "partner_away_one": "Ein anderes Mitglied Ihrer Gruppe war eine Zeit lang weg. Solange hat eine KI übernommen.",
        "partner_away_some": "{n} andere Mitglieder Ihrer Gruppe waren eine Zeit lang weg. Solange haben KIs "
        "übernommen.",
        "away_title": "Willkommen zurück",
        "away_text": "Während Sie weg waren, hat eine KI (ein Computerprogramm) an Ihrer Stelle gespielt, damit die "
        "anderen nicht warten mussten. Was sie entschieden hat, gilt. Ab jetzt können Sie wieder selbst spielen.",
        "away_late": "Ihre Antwort kam zu spät: Diese Seite war bereits für Sie beantwortet worden.",
        "away_go_on": "Weiter",
        "check_tries": "Sie haben noch {n} Versuche.",
        "check_tries_one": "Sie haben noch einen Versuch.",
        "check_wrong": "Diese Antwort ist nicht richtig.",
        "check_again": "Noch sind nicht alle Antworten richtig. Bitte versuchen Sie es noch einmal.",
        "screened_title": "Vielen Dank",
        "screened_text": "Vielen Dank für Ihre Zeit. Einige Ihrer Antworten auf die Fragen zur Anleitung waren nicht "
        "richtig. Deshalb können Sie an der weiteren Studie leider nicht teilnehmen.",
        "screened_close": "Sie können diese Seite jetzt schließen.",
        "pay_points": "Ihre Punkte",
        "pay_worth": "Gegenwert in Geld",
        "pay_others": "Aus anderen Teilen dieser Studie",
        "pay_fee": "Für die Teilnahme",
        "pay_total": "Ihre Auszahlung insgesamt",
        "pay_so_far": "Ihre bisherige Auszahlung",
    },
}


def study_words(language: str, overrides: Mapping[str, str] | None = None) -> dict[str, str]:
    """All these texts in one language (English for one that is not there), with a session's own instead of some.

    Arguments:
        language: a code such as ``"de"``. overrides: texts by key; those that are not ours are passed over.

    >>> study_words("de")["disclosure_other"]
    'Die andere Seite'
    """
    usual = texts_in("study", STUDY_WORDS, language)
    return {**usual, **{key: text for key, text in (overrides or {}).items() if key in usual}}


def together(names: Sequence[str], last: str) -> str:
    """Several names as a part of a sentence; `last` stands between the last two.

    >>> together(["Ada", "Ben", "Cleo"], " and ")
    'Ada, Ben and Cleo'
    """
    *first, end = names
    return f"{', '.join(first)}{last}{end}" if first else end


@public
@dataclass(frozen=True)
class Partner:
    """An AI that somebody had to do with, for the debriefing.

    Fields:
        name: what it was called on the pages; empty in a chat with one partner, who had no name.
        model: which model it was, if that is to be said.
        taken_over: whether it took the place of a person who had left.
        said: a sentence of the app's own that is said instead.
    """

    name: str = ""
    model: str = ""
    taken_over: bool = False
    said: str = ""


def notice(words: Mapping[str, str], names: Sequence[str]) -> str:
    """That AIs take part, before they do.

    >>> notice(study_words("en"), ["Ada", "Ben"])
    'Ada and Ben are AIs: computer programs (language models), not people.'
    """
    if not names:
        return words["disclosure_chat"]
    key = "disclosure_some" if len(names) > 1 else "disclosure_one"
    return words[key].replace("{names}", together(names, words["names_and"]))


def debriefing(words: Mapping[str, str], partners: Sequence[Partner], models: bool) -> list[str]:
    """What somebody is told afterwards: which partners were AIs, and which models if wanted; empty without any.

    >>> debriefing(study_words("en"), [Partner("Ada", "gpt-6-luna"), Partner("Ben", "gpt-6-luna")], True)[1:2]
    ['Ada and Ben were AIs: computer programs (language models), not people. Language model: gpt-6-luna.']
    """
    alike: dict[tuple[str, bool, bool], list[str]] = {}
    own = [each.said for each in dict.fromkeys(partners) if each.said]
    for each in dict.fromkeys(partners):
        if each.said:
            continue
        names = alike.setdefault((each.model if models else "", each.taken_over, bool(each.name)), [])
        names += [each.name] if each.name not in names else []
    if not (alike or own):
        return []
    found = []
    for (model, taken_over, named), names in alike.items():
        key = "taken_over" if taken_over else "chat" if not named else "some" if len(names) > 1 else "one"
        text = words[f"debriefing_{key}"].replace("{names}", together(names, words["names_and"]))
        found.append(f"{text} {words['debriefing_model'].replace('{model}', model)}" if model else text)
    return [words["debriefing_intro"], *found, *own, words["debriefing_questions"]]
