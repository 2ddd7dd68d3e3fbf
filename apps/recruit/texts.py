"""What participants read, in English and German. A copy of this app is yours: change what does not fit your study."""

TEXTS = dict(
    en=dict(
        welcome="Welcome",
        consent=[
            "You are invited to take part in a scientific study. Please read this page before you decide.",
            "You will answer questions and make decisions. You may also exchange messages with others; these can be "
            "people or computer programs.",
            "Your answers, decisions and messages are stored without your name and analysed for research. Messages may "
            "be sent to a service that runs a language model. Please do not write anything that could identify you or "
            "others.",
            "Taking part is voluntary. You can stop at any time by closing the page.",
        ],
        consent_ask="Do you want to take part?",
        agree="Yes, I want to take part",
        decline="No, I do not want to take part",
        screening="About you",
        screening_about="Please answer two questions first.",
        age="How old are you?",
        fluent="Do you speak English fluently?",
        yes="Yes",
        no="No",
        check="Before you begin",
        check_about="Please answer these questions about the information that you have just read.",
        check_again="Some answers are not right yet. Please read the hints and try again.",
        tries_left="You have {n} tries.",
        last_try="You have one try left.",
        reread="Read the information again",
    ),
    de=dict(
        welcome="Willkommen",
        consent=[
            "Wir laden Sie ein, an einer wissenschaftlichen Studie teilzunehmen. Bitte lesen Sie diese Seite, bevor "
            "Sie sich entscheiden.",
            "Sie beantworten Fragen und treffen Entscheidungen. Vielleicht tauschen Sie auch Nachrichten mit anderen "
            "aus; das können Menschen oder Computerprogramme sein.",
            "Ihre Antworten, Entscheidungen und Nachrichten werden ohne Ihren Namen gespeichert und für die Forschung "
            "ausgewertet. Nachrichten werden möglicherweise an einen Dienst gesendet, der ein Sprachmodell betreibt. "
            "Bitte schreiben Sie nichts, woran man Sie oder andere erkennen könnte.",
            "Die Teilnahme ist freiwillig. Sie können jederzeit aufhören, indem Sie die Seite schließen.",
        ],
        consent_ask="Möchten Sie teilnehmen?",
        agree="Ja, ich möchte teilnehmen",
        decline="Nein, ich möchte nicht teilnehmen",
        screening="Zu Ihrer Person",
        screening_about="Bitte beantworten Sie zuerst zwei Fragen.",
        age="Wie alt sind Sie?",
        fluent="Sprechen Sie fließend Deutsch?",
        yes="Ja",
        no="Nein",
        check="Bevor Sie beginnen",
        check_about="Bitte beantworten Sie diese Fragen zu den Informationen, die Sie gerade gelesen haben.",
        check_again="Einige Antworten stimmen noch nicht. Bitte lesen Sie die Hinweise und versuchen Sie es noch "
        "einmal.",
        tries_left="Sie haben {n} Versuche.",
        last_try="Sie haben noch einen Versuch.",
        reread="Die Informationen noch einmal lesen",
    ),
)

CHECK = dict(
    en=[
        dict(
            text="May you stop before the end of the study?",
            options=dict(any_time="Yes, at any time", never="No", asked="Only if the researchers agree"),
            right="any_time",
            why="Not quite: taking part is voluntary, and you can stop at any time.",
        ),
        dict(
            text="What happens to your answers and messages?",
            options=dict(
                published="They are published with my name.",
                research="They are stored without my name and analysed for research.",
                deleted="They are deleted as soon as I have finished.",
            ),
            right="research",
            why="Not quite: they are stored without your name and analysed for research.",
        ),
    ],
    de=[
        dict(
            text="Dürfen Sie vor dem Ende der Studie aufhören?",
            options=dict(any_time="Ja, jederzeit", never="Nein", asked="Nur wenn die Forschenden zustimmen"),
            right="any_time",
            why="Nicht ganz: Die Teilnahme ist freiwillig, und Sie können jederzeit aufhören.",
        ),
        dict(
            text="Was geschieht mit Ihren Antworten und Nachrichten?",
            options=dict(
                published="Sie werden mit meinem Namen veröffentlicht.",
                research="Sie werden ohne meinen Namen gespeichert und für die Forschung ausgewertet.",
                deleted="Sie werden gelöscht, sobald ich fertig bin.",
            ),
            right="research",
            why="Nicht ganz: Sie werden ohne Ihren Namen gespeichert und für die Forschung ausgewertet.",
        ),
    ],
)
