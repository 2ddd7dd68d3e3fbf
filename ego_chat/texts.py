"""All that participants read beside the chat itself."""

TEXTS = dict(
    en=dict(
        welcome="Welcome",
        about="On the next page you can chat with a language model: a computer program that writes text. What it "
        "writes may be wrong. Please do not tell it anything that you would not want others to read.",
        nickname="What shall the model call you?",
        chat="Chat",
        thanks="Thank you",
        end="The conversation has ended.",
        end_close="You can close this page now.",
        replies="Replies of the model:",
    ),
    de=dict(
        welcome="Willkommen",
        about="Auf der nächsten Seite können Sie mit einem Sprachmodell chatten: einem Computerprogramm, das Texte "
        "schreibt. Was es schreibt, kann falsch sein. Bitte teilen Sie ihm nichts mit, was andere nicht lesen sollen.",
        nickname="Wie soll das Modell Sie nennen?",
        chat="Chat",
        thanks="Vielen Dank",
        end="Die Unterhaltung ist beendet.",
        end_close="Sie können diese Seite jetzt schließen.",
        replies="Antworten des Modells:",
    ),
)


# Where it is not told, or not yet, that a model answers (`ego_disclose` is after or never): instead of the texts above.
NEUTRAL = dict(
    en=dict(
        about="On the next page you can chat. Please do not write anything that you would not want others to read.",
        nickname="What shall the other side call you?",
        replies="Messages of the other side:",
    ),
    de=dict(
        about="Auf der nächsten Seite können Sie chatten. Bitte schreiben Sie nichts, was andere nicht lesen sollen.",
        nickname="Wie soll die andere Seite Sie nennen?",
        replies="Nachrichten der anderen Seite:",
    ),
)
