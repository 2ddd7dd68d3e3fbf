"""All that participants read, and all that the computer programs in a group are told, in English and German.

`{…}` stands for a number of the game or for another text. Sentences about the rules are told to people and to programs
in the same words.
"""

from __future__ import annotations

TEXTS: dict[str, dict[str, str]] = {
    "en": {
        # words
        "point": "point",
        "points": "points",
        "you_are": "You (Member {number})",
        "member": "Member {number}",
        "member_person": "Member {number} (person)",
        "member_program": "Member {number} (computer program)",
        "you": "you",
        "and": "and",
        "other_person": "1 other person",
        "other_persons": "{n} other persons",
        "program": "1 computer program",
        "programs": "{n} computer programs",
        "other_member": "1 other member",
        "other_members": "{n} other members",
        "other_program": "1 other computer program",
        "other_programs": "{n} other computer programs",
        "person": "1 person",
        "persons": "{n} persons",
        # rules
        "company": "You are in a group of {size} members: {company}. You are Member {number}.",
        "what_programs": "A computer program here is a language model. It is told the same rules and decides by "
        "itself; no person decides for it.",
        "told_who": "You are told which members are computer programs.",
        "not_told_who": "Nobody is told which members are persons and which are computer programs.",
        "rounds": "There are {rounds} rounds. The group stays the same in all of them.",
        "one_round": "There is 1 round.",
        "decision": "In each round every member gets {endowment} points and decides how many of them to contribute to "
        "a project of the group. Each member keeps the rest.",
        "project": "All contributions are added up and multiplied by {multiplier}. The result is split equally among "
        "the {size} members, whatever they have contributed. So each point that you contribute earns {mpcr} points "
        "for every member, you included.",
        "income": "Your income of a round: the points that you keep, and your share of the project (in whole points).",
        "same_time": "All members decide at the same time. Afterwards everyone sees what each member has contributed.",
        "deduction": "Then each member can give deduction points to each of the other members, from 0 to {most} to "
        "each. A deduction point costs the one who gives it {cost_points} and takes {effect_points} from the one who "
        "gets it.",
        "deduction_limit": "Deduction points that you get take at most what you have earned in the round before them. "
        "What you give is paid in any case: your income of a round can be below 0. Nobody is told who gave them.",
        "talk": "Before the first round the group can talk in a chat for {talk} seconds.",
        "timeout": "You have {timeout} seconds for each decision. If you do not decide in time, your contribution is "
        "{default_points}.",
        "timeout_deduction": "You then give no deduction points.",
        # pages
        "welcome": "Instructions",
        "check": "Do you know the rules?",
        "check_about": "Please answer these questions. You can have a look at the rules below.",
        "check_none": "Nobody in the group contributes anything. What is your income of the round?",
        "check_all": "Every member contributes all points. What is your income of the round?",
        "check_points": "In a round you get 2 deduction points in all. How many points do they take from you? (You "
        "have earned enough.)",
        "check_programs": "How many members of your group are computer programs?",
        "check_none_why": "Not right. Everyone keeps the {endowment} points, and the project gives nothing.",
        "check_all_why": "Not right. {size} × {endowment} points are contributed, multiplied by {multiplier} and "
        "split among {size} members; nobody keeps any.",
        "check_points_why": "Not right. Each deduction point that you get takes {effect_points} from you.",
        "check_programs_why": "Not right. Please read again who is in your group.",
        "rules": "The rules",
        "chat": "Talk",
        "chat_about": "You can talk with your group until the time is over. You are {name}.",
        "contribute": "Round {round} of {rounds}: your contribution",
        "contribute_about": "You have {endowment} points. Each point that you contribute earns {mpcr} points for each "
        "of the {size} members.",
        "contribution": "How many points do you contribute to the project?",
        "waiting": "Please wait",
        "waiting_people": "Please wait until all members of your group are here.",
        "waiting_group": "Other members of your group are still deciding.",
        "punish": "Round {round} of {rounds}: deduction points",
        "punish_about": "These are the contributions of this round. How many deduction points do you give to whom? "
        "Each costs you {cost_points} and takes {effect_points} from the other one. Enter 0 if you give none.",
        "give": "{member} contributed {contribution}. Your deduction points:",
        "results": "Round {round} of {rounds}: results",
        "who": "Member",
        "contributed": "Contribution",
        "your_income": "Your income of this round",
        "kept": "Points kept",
        "share": "Your share of the project",
        "earned": "Together, in whole points",
        "received": "Deduction points that you got: {received}",
        "given": "Deduction points that you gave: {given}",
        "sum": "Income",
        "late": "You did not decide in time. Your contribution was set to {default_points}.",
        "late_points": "You did not decide in time. You gave no deduction points.",
        "not_counted": "A computer program of your group has not decided. This round does not count: nobody gets "
        "points for it.",
        "thanks": "Thank you",
        "end": "The group's rounds are over. Your income of all rounds together:",
        "round": "Round",
        # the programs
        "ai_intro": "You take part in an experiment on decisions in groups. The members decide by themselves, and "
        "each wants to do as they think right. These are the rules.",
        "ai_members": "The members: {members}.",
        "ai_results": "Results of round {round}: {contributions}. The project gave {share} points to each member.",
        "ai_not_counted": "Round {round} does not count: not all members have decided.",
        "ai_income": "Your income of round {round}: {income} points.",
        "ai_deducted": "You got {received} and gave {given} deduction points.",
        "ai_contribute": "Round {round} of {rounds}. You have {endowment} points. How many of them do you contribute "
        "to the project?",
        "did": "{member}: {contribution}",
        "ai_punish": "The contributions of round {round}: {contributions}. The project gave {share} points to each "
        "member. How many deduction points, from 0 to {most}, do you give to each of the other members?",
        "ai_chat": "You are {name}. In the chat before the first round, write as a member of the group: one or two "
        "short sentences about what to do in the game.",
    },
    "de": {
        "point": "Punkt",
        "points": "Punkte",
        "you_are": "Sie (Mitglied {number})",
        "member": "Mitglied {number}",
        "member_person": "Mitglied {number} (Mensch)",
        "member_program": "Mitglied {number} (Computerprogramm)",
        "you": "Sie",
        "and": "und",
        "other_person": "1 anderer Mensch",
        "other_persons": "{n} andere Menschen",
        "program": "1 Computerprogramm",
        "programs": "{n} Computerprogramme",
        "other_member": "1 anderes Mitglied",
        "other_members": "{n} andere Mitglieder",
        "other_program": "1 anderes Computerprogramm",
        "other_programs": "{n} andere Computerprogramme",
        "person": "1 Mensch",
        "persons": "{n} Menschen",
        "company": "Sie sind in einer Gruppe mit {size} Mitgliedern: {company}. Sie sind Mitglied {number}.",
        "what_programs": "Ein Computerprogramm ist hier ein Sprachmodell. Es erfährt dieselben Regeln und entscheidet "
        "selbst; kein Mensch entscheidet für es.",
        "told_who": "Sie erfahren, welche Mitglieder Computerprogramme sind.",
        "not_told_who": "Niemand erfährt, welche Mitglieder Menschen und welche Computerprogramme sind.",
        "rounds": "Es gibt {rounds} Runden. Die Gruppe bleibt in allen Runden dieselbe.",
        "one_round": "Es gibt 1 Runde.",
        "decision": "In jeder Runde bekommt jedes Mitglied {endowment} Punkte und entscheidet, wie viele davon es zu "
        "einem Projekt der Gruppe beiträgt. Den Rest behält es.",
        "project": "Alle Beiträge werden zusammengezählt und mit {multiplier} malgenommen. Das Ergebnis wird "
        "gleichmäßig auf die {size} Mitglieder verteilt, egal, was sie beigetragen haben. Jeder Punkt, den Sie "
        "beitragen, bringt also jedem Mitglied {mpcr} Punkte ein, auch Ihnen.",
        "income": "Ihr Einkommen einer Runde: die Punkte, die Sie behalten, und Ihr Anteil am Projekt (in ganzen "
        "Punkten).",
        "same_time": "Alle Mitglieder entscheiden gleichzeitig. Danach sehen alle, was jedes Mitglied beigetragen hat.",
        "deduction": "Danach kann jedes Mitglied jedem anderen Mitglied Abzugspunkte geben, jeweils 0 bis {most}. Ein "
        "Abzugspunkt kostet das Mitglied, das ihn gibt, {cost_points} und nimmt dem, das ihn bekommt, {effect_points}.",
        "deduction_limit": "Abzugspunkte, die Sie bekommen, nehmen Ihnen höchstens, was Sie in der Runde davor "
        "verdient haben. Was Sie geben, bezahlen Sie in jedem Fall: Ihr Einkommen einer Runde kann unter 0 liegen. "
        "Niemand erfährt, wer sie gegeben hat.",
        "talk": "Vor der ersten Runde kann die Gruppe {talk} Sekunden lang in einem Chat reden.",
        "timeout": "Sie haben {timeout} Sekunden für jede Entscheidung. Entscheiden Sie nicht rechtzeitig, gilt als "
        "Ihr Beitrag: {default_points}.",
        "timeout_deduction": "Sie geben dann keine Abzugspunkte.",
        "welcome": "Anleitung",
        "check": "Kennen Sie die Regeln?",
        "check_about": "Bitte beantworten Sie diese Fragen. Die Regeln stehen noch einmal darunter.",
        "check_none": "Niemand in der Gruppe trägt etwas bei. Wie hoch ist Ihr Einkommen der Runde?",
        "check_all": "Jedes Mitglied trägt alle Punkte bei. Wie hoch ist Ihr Einkommen der Runde?",
        "check_points": "In einer Runde bekommen Sie insgesamt 2 Abzugspunkte. Wie viele Punkte nehmen diese Ihnen? "
        "(Sie haben genug verdient.)",
        "check_programs": "Wie viele Mitglieder Ihrer Gruppe sind Computerprogramme?",
        "check_none_why": "Nicht richtig. Alle behalten die {endowment} Punkte, und das Projekt bringt nichts.",
        "check_all_why": "Nicht richtig. {size} × {endowment} Punkte werden beigetragen, mit {multiplier} malgenommen "
        "und auf {size} Mitglieder verteilt; niemand behält etwas.",
        "check_points_why": "Nicht richtig. Jeder Abzugspunkt, den Sie bekommen, nimmt Ihnen {effect_points}.",
        "check_programs_why": "Nicht richtig. Bitte lesen Sie noch einmal, wer in Ihrer Gruppe ist.",
        "rules": "Die Regeln",
        "chat": "Reden",
        "chat_about": "Sie können mit Ihrer Gruppe reden, bis die Zeit um ist. Sie sind {name}.",
        "contribute": "Runde {round} von {rounds}: Ihr Beitrag",
        "contribute_about": "Sie haben {endowment} Punkte. Jeder Punkt, den Sie beitragen, bringt jedem der {size} "
        "Mitglieder {mpcr} Punkte ein.",
        "contribution": "Wie viele Punkte tragen Sie zum Projekt bei?",
        "waiting": "Bitte warten",
        "waiting_people": "Bitte warten Sie, bis alle Mitglieder Ihrer Gruppe da sind.",
        "waiting_group": "Andere Mitglieder Ihrer Gruppe entscheiden noch.",
        "punish": "Runde {round} von {rounds}: Abzugspunkte",
        "punish_about": "Das sind die Beiträge dieser Runde. Wie viele Abzugspunkte geben Sie wem? Jeder kostet Sie "
        "{cost_points} und nimmt dem anderen Mitglied {effect_points}. Geben Sie 0 ein, wenn Sie keine vergeben.",
        "give": "{member} hat {contribution} beigetragen. Ihre Abzugspunkte:",
        "results": "Runde {round} von {rounds}: Ergebnis",
        "who": "Mitglied",
        "contributed": "Beitrag",
        "your_income": "Ihr Einkommen dieser Runde",
        "kept": "Behaltene Punkte",
        "share": "Ihr Anteil am Projekt",
        "earned": "Zusammen, in ganzen Punkten",
        "received": "Abzugspunkte, die Sie bekommen haben: {received}",
        "given": "Abzugspunkte, die Sie gegeben haben: {given}",
        "sum": "Einkommen",
        "late": "Sie haben nicht rechtzeitig entschieden. Als Ihr Beitrag gilt: {default_points}.",
        "late_points": "Sie haben nicht rechtzeitig entschieden. Sie haben keine Abzugspunkte gegeben.",
        "not_counted": "Ein Computerprogramm Ihrer Gruppe hat nicht entschieden. Diese Runde zählt nicht: Niemand "
        "bekommt Punkte dafür.",
        "thanks": "Vielen Dank",
        "end": "Die Runden der Gruppe sind vorbei. Ihr Einkommen aller Runden zusammen:",
        "round": "Runde",
        "ai_intro": "Sie nehmen an einem Experiment über Entscheidungen in Gruppen teil. Die Mitglieder entscheiden "
        "selbst, und jedes will tun, was es für richtig hält. Das sind die Regeln.",
        "ai_members": "Die Mitglieder: {members}.",
        "ai_results": "Ergebnis von Runde {round}: {contributions}. Das Projekt gab jedem Mitglied {share} Punkte.",
        "ai_not_counted": "Runde {round} zählt nicht: Nicht alle Mitglieder haben entschieden.",
        "ai_income": "Ihr Einkommen von Runde {round}: {income} Punkte.",
        "ai_deducted": "Sie haben {received} Abzugspunkte bekommen und {given} gegeben.",
        "ai_contribute": "Runde {round} von {rounds}. Sie haben {endowment} Punkte. Wie viele davon tragen Sie zum "
        "Projekt bei?",
        "did": "{member}: {contribution}",
        "ai_punish": "Die Beiträge von Runde {round}: {contributions}. Das Projekt gab jedem Mitglied {share} Punkte. "
        "Wie viele Abzugspunkte, von 0 bis {most}, geben Sie jedem der anderen Mitglieder?",
        "ai_chat": "Sie sind {name}. Im Chat vor der ersten Runde schreiben Sie als Mitglied der Gruppe: ein oder zwei "
        "kurze Sätze dazu, was man im Spiel tun soll.",
    },
}

NEUTRAL: dict[str, dict[str, str]] = {
    "en": {
        "not_counted": "Not all members of your group have decided. This round does not count: nobody gets points for "
        "it.",
    },
    "de": {
        "not_counted": "Nicht alle Mitglieder Ihrer Gruppe haben entschieden. Diese Runde zählt nicht: Niemand bekommt "
        "dafür Punkte.",
    },
}
"""Instead of the texts above, where it is not told, or not yet, who is a computer program."""

PERSONAS: dict[str, dict[str, str]] = {
    "conditional cooperator": {
        "en": "You are glad to contribute as long as the others do. Begin with about half of your points. Later "
        "contribute about as much as the others did on average in the round before. You may give some deduction "
        "points to those who contribute much less than the others.",
        "de": "Sie tragen gern bei, solange die anderen es auch tun. Beginnen Sie mit etwa der Hälfte Ihrer Punkte. "
        "Tragen Sie später etwa so viel bei wie die anderen im Durchschnitt der Runde davor. Wer viel weniger "
        "beiträgt als die anderen, kann von Ihnen einige Abzugspunkte bekommen.",
    },
    "free rider": {
        "en": "You want as many points for yourself as you can get, and leave it to the others to contribute: "
        "contribute nothing or very little, and give no deduction points, because they cost you something.",
        "de": "Sie wollen so viele Punkte wie möglich für sich selbst und überlassen das Beitragen den anderen: "
        "Tragen Sie nichts oder sehr wenig bei, und geben Sie keine Abzugspunkte, denn sie kosten Sie etwas.",
    },
    "altruist": {
        "en": "You want the group as a whole to earn as much as it can: contribute all or nearly all of your points, "
        "whatever the others do, and give no deduction points.",
        "de": "Sie wollen, dass die Gruppe insgesamt so viel wie möglich verdient: Tragen Sie alle oder fast alle "
        "Punkte bei, was auch immer die anderen tun, und geben Sie keine Abzugspunkte.",
    },
    "enforcer": {
        "en": "You want everyone to contribute much. Contribute most of your points, and give deduction points to "
        "those who contribute less than the others: the less they contribute, the more.",
        "de": "Sie wollen, dass alle viel beitragen. Tragen Sie die meisten Ihrer Punkte bei, und geben Sie denen "
        "Abzugspunkte, die weniger beitragen als die anderen: je weniger sie beitragen, desto mehr.",
    },
}


def amount(number: int, words: dict[str, str]) -> str:
    """A number of points in words.

    >>> amount(1, TEXTS["en"]), amount(20, TEXTS["de"])
    ('1 point', '20 Punkte')
    """
    return f"{number} {words['point' if number == 1 else 'points']}"


def figure(number: object, language: str) -> str:
    """A number that need not be whole, with at most two decimals, as it is written in the language.

    >>> figure(0.4, "en"), figure(1 / 3, "de"), figure(2.0, "en")
    ('0.4', '0,33', '2')
    """
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return text.replace(".", ",") if language == "de" else text


def together(parts: list[str], word: str) -> str:
    """An enumeration.

    >>> together(["you", "1 other person", "3 computer programs"], "and")
    'you, 1 other person and 3 computer programs'
    """
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}" if len(parts) > 1 else "".join(parts)
