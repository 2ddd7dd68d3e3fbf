"""The words that participants read in the chat, in English and German, each of them replaceable."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from otree_ego.errors import ConfigError
from otree_ego.languages.packs import direction_of, pack_of, texts_in

# What each text is for; the documentation's table is made from it, and WORDS has exactly these keys in every language.
MEANINGS: dict[str, str] = {
    # the page
    "lang": "code of the language that these words are in (for screen readers)",
    "noscript": "shown instead of the chat where JavaScript is off",
    "connecting": "in the empty list until the server has answered",
    "start": "in the empty list before the first message",
    "log": "name of the list of messages (for screen readers)",
    "model_label": "line above the list when the model is shown; {model} is its name",
    # writing
    "label": "name of the text box (for screen readers)",
    "placeholder": "inside the empty text box",
    "keys_hint": "below the text box, how the keyboard works; not on touch screens",
    "send": "button",
    "stop": "button: end the reply that is under way",
    "retry": "button: ask for a failed reply again",
    "new_messages": "button: go to messages that came below what is in view",
    "count": "near the limit of one message's length; {n} characters may still be written",
    "count_one": "the same when {n} is 1",
    "over": "the message is too long by {n} characters",
    "over_one": "the same when {n} is 1",
    "left": "{n} messages may still be written; shown from 10 on",
    "left_one": "the same when {n} is 1",
    "next": "in ready-made apps: the button that leads to the next page",
    "next_hint": "by the Next button: {n} more messages are needed",
    "next_hint_one": "the same when {n} is 1",
    "next_hint_some": "the same when the number is not told",
    "next_hint_time": "by the Next button: the page must stay open for a while; {time} is how long, as 4:59",
    "next_hint_wait": "the same where no time is shown",
    "time_left": "how long the chat goes on, where that is shown; {time} as 4:59",
    "next_replies": "by the Next button: {n} more replies must have been shown",
    "next_replies_one": "the same when {n} is 1",
    "next_coming": "by the Next button: the last reply has not been shown yet",
    "next_reading": "by the Next button: there has not been time yet to read the last reply",
    "next_failed": "by the Next button: the last reply failed and must be tried again",
    "next_stopped": "by the Next button: the last reply was stopped, and another one is needed",
    # messages
    "you": "author of the participant's own messages (for screen readers)",
    "other": "author of another person's messages who has no name",
    "reply": "author of a reply that has no name (for screen readers)",
    "sending": "the message has not reached the server yet (for screen readers)",
    "thinking": "a reply is on its way (for screen readers)",
    "people": "in a group chat, above the list: who is there; {names}, the participant first",
    "me": "the participant in that line; {name} is what the others read",
    "writing": "in a group chat, below the list; {name} is who writes",
    "partial": "below a reply that was cut short",
    "stopped": "below a reply that the participant stopped",
    "failed": "instead of a reply that could not be had",
    "interrupted": "instead of a reply that was under way when the server stopped",
    "context": "instead of a reply that could not be had, since the conversation is too long for the model",
    # the line is down
    "offline": "the connection is lost and being restored",
    "delayed": "below a message of the participant's that the server has not confirmed for some seconds",
    "retrying": "the server could not handle what the page sent, and is asked again",
    "trouble": "the server could not handle what the page sent, again and again",
    "page_over": "the participant has gone on to another page, in another tab perhaps",
    "page_go": "button: go to the page where the participant is now",
    "payload_refused": "what a page's own script sends has {size} MB, and cannot be sent; {most} MB are the most",
    "not_sent": "below a message that was not sent before the page was over",
    # a message is not taken, or no more may be written
    "too_long": "the message has more than {n} characters",
    "too_long_left": "the message has more than the {n} characters that may still be written in all",
    "too_long_left_one": "the same when {n} is 1",
    "empty": "the message has no text",
    "bad_message": "what came is not a message",
    "bad_reaction": "a reaction cannot be taken: there is no such message, or no such reaction",
    "react": "button beside a message: choose a reaction (for screen readers)",
    "turn": "in a group chat with a fixed order: whose turn it is; {name} is theirs",
    "turn_mine": "the same: it is the participant's",
    "wait_mine": "in a group chat whose AIs wait for everybody: a message of the participant is awaited",
    "wait_others": "the same: messages of others are; {names} are theirs",
    "too_fast": "too many messages in a short time",
    "closed": "the chat has ended",
    "time_over": "the chat's time is up",
    "ended": "a rule of the study's, or the model, has ended the chat",
    "limit_messages": "the participant's messages are used up",
    "limit_messages_session": "the messages of the whole session are used up",
    "limit_characters": "the participant's characters are used up",
    "limit_characters_session": "the characters of the whole session are used up",
    "limit_cost": "the participant's money is used up",
    "limit_cost_session": "the money of the whole session is used up",
    "limit_try_again": "a failed reply cannot be tried again any more",
    "dir": "direction in which these words are written: ltr, or rtl for right to left",
}

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "lang": "en",
        "noscript": "This chat needs JavaScript. Please switch it on in your browser and load the page again.",
        "connecting": "Connecting…",
        "start": "Write a message to begin.",
        "log": "Messages",
        "model_label": "Replies come from {model}",
        "label": "Your message",
        "placeholder": "Write a message…",
        "keys_hint": "Enter sends, Shift+Enter starts a new line.",
        "send": "Send",
        "stop": "Stop",
        "retry": "Try again",
        "new_messages": "New messages",
        "count": "{n} characters left",
        "count_one": "{n} character left",
        "over": "{n} characters too many",
        "over_one": "{n} character too many",
        "left": "{n} messages left",
        "left_one": "{n} message left",
        "next": "Next",
        "next_hint": "Please write at least {n} more messages before you go on.",
        "next_hint_one": "Please write at least {n} more message before you go on.",
        "next_hint_some": "Please write a little more before you go on.",
        "next_hint_time": "You can go on in {time}.",
        "next_hint_wait": "You can go on in a little while.",
        "time_left": "Time left: {time}",
        "next_replies": "Please read {n} more replies before you go on.",
        "next_replies_one": "Please read {n} more reply before you go on.",
        "next_coming": "Please wait for the reply before you go on.",
        "next_reading": "Please read the last reply before you go on.",
        "next_failed": "The last reply did not arrive. Please try again before you go on.",
        "next_stopped": "You stopped the last reply. Please write another message and read the reply before you go on.",
        "you": "You",
        "other": "Participant",
        "reply": "Reply",
        "sending": "Being sent",
        "thinking": "A reply is being written",
        "people": "Here: {names}",
        "me": "{name} (you)",
        "writing": "{name} is writing…",
        "partial": "This reply is incomplete.",
        "stopped": "You stopped this reply.",
        "failed": "Sorry, no reply came.",
        "interrupted": "Sorry, this reply was interrupted.",
        "context": "This conversation has become too long for another reply. You can go on without one.",
        "offline": "The connection is lost. We are trying to restore it; nothing that you wrote gets lost.",
        "delayed": "Not delivered yet. We keep trying.",
        "retrying": "Something went wrong on our side. We are trying again; nothing that you wrote gets lost.",
        "trouble": "Something is still wrong on our side. Please wait: we keep trying, and nothing gets lost.",
        "page_over": "This page is over. You have already gone on, perhaps in another window or tab.",
        "page_go": "Go to the current page",
        "payload_refused": "This could not be sent. It has {size} MB; at most {most} MB can be sent at once.",
        "not_sent": "Not sent",
        "too_long": "Your message is too long. It can have up to {n} characters.",
        "too_long_left": "You may write {n} more characters. Please shorten your message.",
        "too_long_left_one": "You may write only one more character. Please shorten your message.",
        "empty": "Please write something first.",
        "bad_message": "Your message could not be read. Please try once more.",
        "bad_reaction": "This reaction could not be taken.",
        "react": "React to this message",
        "turn": "It is {name}’s turn.",
        "turn_mine": "It is your turn.",
        "wait_mine": "Please write a message. The conversation goes on when everyone has written.",
        "wait_others": "Waiting for a message from {names}.",
        "too_fast": "That was very quick. Please wait a moment and send it again.",
        "closed": "This chat has ended. Thank you!",
        "time_over": "The time for this chat is up. Thank you!",
        "ended": "This chat is complete. Thank you!",
        "limit_messages": "You have used all your messages. Thank you!",
        "limit_messages_session": "This chat takes no more messages. Thank you!",
        "limit_characters": "You have used all the text that you may write here. Thank you!",
        "limit_characters_session": "This chat takes no more text. Thank you!",
        "limit_cost": "Your part of this chat has reached its end. Thank you!",
        "limit_cost_session": "This chat has reached its end for everyone. Thank you!",
        "limit_try_again": "This cannot be tried again. Please go on without a reply.",
        "dir": "ltr",
    },
    "de": {
        "lang": "de",
        "noscript": "Dieser Chat braucht JavaScript. Bitte schalten Sie es im Browser ein und laden Sie die Seite neu.",
        "connecting": "Verbindung wird aufgebaut …",
        "start": "Schreiben Sie eine Nachricht, um zu beginnen.",
        "log": "Nachrichten",
        "model_label": "Die Antworten kommen von {model}",
        "label": "Ihre Nachricht",
        "placeholder": "Nachricht schreiben …",
        "keys_hint": "Enter sendet, Umschalt+Enter beginnt eine neue Zeile.",
        "send": "Senden",
        "stop": "Anhalten",
        "retry": "Noch einmal versuchen",
        "new_messages": "Neue Nachrichten",
        "count": "noch {n} Zeichen",
        "count_one": "noch {n} Zeichen",
        "over": "{n} Zeichen zu viel",
        "over_one": "{n} Zeichen zu viel",
        "left": "noch {n} Nachrichten",
        "left_one": "noch {n} Nachricht",
        "next": "Weiter",
        "next_hint": "Bitte schreiben Sie noch mindestens {n} Nachrichten, bevor Sie weitergehen.",
        "next_hint_one": "Bitte schreiben Sie noch mindestens {n} Nachricht, bevor Sie weitergehen.",
        "next_hint_some": "Bitte schreiben Sie noch etwas mehr, bevor Sie weitergehen.",
        "next_hint_time": "In {time} können Sie weitergehen.",
        "next_hint_wait": "In Kürze können Sie weitergehen.",
        "time_left": "Verbleibende Zeit: {time}",
        "next_replies": "Bitte lesen Sie noch {n} Antworten, bevor Sie weitergehen.",
        "next_replies_one": "Bitte lesen Sie noch {n} Antwort, bevor Sie weitergehen.",
        "next_coming": "Bitte warten Sie auf die Antwort, bevor Sie weitergehen.",
        "next_reading": "Bitte lesen Sie die letzte Antwort, bevor Sie weitergehen.",
        "next_failed": "Die letzte Antwort ist nicht angekommen. Bitte versuchen Sie es noch einmal.",
        "next_stopped": "Sie haben die letzte Antwort angehalten. Bitte schreiben Sie noch eine Nachricht und lesen "
        "Sie die Antwort, bevor Sie weitergehen.",
        "you": "Sie",
        "other": "Teilnehmende Person",
        "reply": "Antwort",
        "sending": "Wird gesendet",
        "thinking": "Eine Antwort wird geschrieben",
        "people": "Hier sind: {names}",
        "me": "{name} (Sie)",
        "writing": "{name} schreibt …",
        "partial": "Diese Antwort ist unvollständig.",
        "stopped": "Sie haben diese Antwort angehalten.",
        "failed": "Leider kam keine Antwort.",
        "interrupted": "Diese Antwort wurde leider unterbrochen.",
        "context": "Für eine weitere Antwort ist dieses Gespräch zu lang geworden. Sie können ohne sie weitermachen.",
        "offline": "Die Verbindung ist unterbrochen und wird wieder hergestellt; Ihr Text bleibt erhalten.",
        "delayed": "Noch nicht zugestellt. Wir versuchen es weiter.",
        "retrying": "Bei uns ist etwas schiefgegangen. Wir versuchen es noch einmal; Ihr Text bleibt erhalten.",
        "trouble": "Bei uns stimmt noch etwas nicht. Bitte warten Sie, wir versuchen es weiter; nichts geht verloren.",
        "page_over": "Diese Seite ist beendet. Sie sind schon weiter, vielleicht in einem anderen Fenster oder Tab.",
        "page_go": "Zur aktuellen Seite",
        "payload_refused": "Das konnte nicht gesendet werden. Es hat {size} MB; auf einmal gehen höchstens {most} MB.",
        "not_sent": "Nicht gesendet",
        "too_long": "Ihre Nachricht ist zu lang. Sie darf bis zu {n} Zeichen haben.",
        "too_long_left": "Sie können noch {n} Zeichen schreiben. Bitte kürzen Sie Ihre Nachricht.",
        "too_long_left_one": "Sie können nur noch ein Zeichen schreiben. Bitte kürzen Sie Ihre Nachricht.",
        "empty": "Bitte schreiben Sie zuerst etwas.",
        "bad_message": "Ihre Nachricht war nicht lesbar. Bitte versuchen Sie es noch einmal.",
        "bad_reaction": "Diese Reaktion war nicht möglich.",
        "react": "Auf diese Nachricht reagieren",
        "turn": "{name} ist an der Reihe.",
        "turn_mine": "Sie sind an der Reihe.",
        "wait_mine": "Bitte schreiben Sie eine Nachricht. Es geht weiter, wenn alle geschrieben haben.",
        "wait_others": "Noch keine Nachricht von {names}.",
        "too_fast": "Das ging sehr schnell. Bitte warten Sie kurz und senden Sie noch einmal.",
        "closed": "Dieser Chat ist beendet. Vielen Dank!",
        "time_over": "Die Zeit für diesen Chat ist um. Vielen Dank!",
        "ended": "Dieser Chat ist abgeschlossen. Vielen Dank!",
        "limit_messages": "Sie haben alle Ihre Nachrichten verwendet. Vielen Dank!",
        "limit_messages_session": "Dieser Chat nimmt keine Nachrichten mehr an. Vielen Dank!",
        "limit_characters": "Sie haben so viel geschrieben, wie hier möglich ist. Vielen Dank!",
        "limit_characters_session": "Dieser Chat nimmt keinen Text mehr an. Vielen Dank!",
        "limit_cost": "Ihr Teil dieses Chats ist zu Ende. Vielen Dank!",
        "limit_cost_session": "Dieser Chat ist für alle zu Ende. Vielen Dank!",
        "limit_try_again": "Ein weiterer Versuch ist nicht möglich. Bitte machen Sie ohne die Antwort weiter.",
        "dir": "ltr",
    },
}


def words(language: str, overrides: Mapping[str, str] | None = None) -> dict[str, str]:
    """All words of one chat: those of the language, with the experimenter's own in their place.

    A text replaced for many is also used for one (`left` for `left_one`) unless that is given too.
    An empty text hides what it would have said.

    Arguments:
        language: oTree's `LANGUAGE_CODE`, e.g. ``"de"`` or ``"de-AT"``; English where there are no words for it.
        overrides: texts by key; `MEANINGS` lists the keys.

    Errors:
        ConfigError: a key that does not exist, or a text that is not a string.

    >>> words("de-AT", {"send": "Abschicken"})["send"]
    'Abschicken'
    """
    texts = texts_in("chat", WORDS, language)
    pack = pack_of(language)
    if pack is not None and (own := pack.sections.get("chat")):
        texts.update(lang=own.get("lang") or pack.code, dir=own.get("dir") or direction_of(pack.code))
    given = dict(overrides or {})
    for key, text in given.items():
        if key not in MEANINGS:
            raise ConfigError(f"There is no chat word {key!r}; {_nearest(str(key))}")
        if not isinstance(text, str):
            raise ConfigError(f"The chat word {key!r} must be a text, not {type(text).__name__}: {text!r}")
        texts[key] = text
        if f"{key}_one" in MEANINGS and f"{key}_one" not in given:
            texts[f"{key}_one"] = text
    return texts


def sentence(texts: Mapping[str, str], key: str, *, n: int | None = None) -> str:
    """One of the words, with its number put in.

    Arguments:
        texts: what `words` returned.
        key: a key of `MEANINGS`; its `_one` twin is taken where there is one and n is 1.
        n: the number that stands for ``{n}``.

    >>> sentence(words("en"), "left", n=1)
    '1 message left'
    """
    if n == 1:
        key = f"{key}_one" if f"{key}_one" in texts else key
    return texts[key] if n is None else texts[key].replace("{n}", str(n))


def _nearest(key: str) -> str:
    close = difflib.get_close_matches(key, MEANINGS, n=1, cutoff=0.5)
    return f"did you mean {close[0]!r}?" if close else f"the keys are: {', '.join(MEANINGS)}."
