"""All that participants read and the model is told, in English and German: words in {braces} are put in by `texts`."""

# X is cooperation in every frame: letters without a meaning, so that only the story has one.
FRAMES = dict(
    en=dict(
        neutral=dict(title="A game of choices", story="", ai_story=""),
        cooperation=dict(
            title="The Community Game",
            story="You and {partner} look after a garden that belongs to both of you. X stands for working in the "
            "garden, Y for leaving the work to the other.",
            ai_story="It is called the Community Game: you and the human look after a garden that belongs to both of "
            "you. X stands for working in the garden, Y for leaving the work to the other.",
        ),
        competition=dict(
            title="The Wall Street Game",
            story="You and {partner} are traders who hold shares of the same company. X stands for keeping your "
            "shares, Y for selling them before the other does.",
            ai_story="It is called the Wall Street Game: you and the human are traders who hold shares of the same "
            "company. X stands for keeping your shares, Y for selling them before the other does.",
        ),
    ),
    de=dict(
        neutral=dict(title="Ein Entscheidungsspiel", story="", ai_story=""),
        cooperation=dict(
            title="Das Gemeinschaftsspiel",
            story="Sie und {partner} pflegen einen Garten, der Ihnen gemeinsam gehört. X steht dafür, im Garten zu "
            "arbeiten, Y dafür, die Arbeit dem anderen zu überlassen.",
            ai_story="Es heißt das Gemeinschaftsspiel: Du und der Mensch pflegen einen Garten, der euch gemeinsam "
            "gehört. X steht dafür, im Garten zu arbeiten, Y dafür, die Arbeit dem anderen zu überlassen.",
        ),
        competition=dict(
            title="Das Börsenspiel",
            story="Sie und {partner} handeln an der Börse und besitzen Aktien desselben Unternehmens. X steht dafür, "
            "die Aktien zu behalten, Y dafür, sie vor dem anderen zu verkaufen.",
            ai_story="Es heißt das Börsenspiel: Du und der Mensch handeln an der Börse und besitzen Aktien desselben "
            "Unternehmens. X steht dafür, die Aktien zu behalten, Y dafür, sie vor dem anderen zu verkaufen.",
        ),
    ),
)

TEXTS = dict(
    en=dict(
        partner_name="the AI",
        Partner="The AI",
        # instructions
        partner="You play {rounds} rounds with an AI: a computer program (a language model) that makes its own "
        "choices. It is the same AI in all rounds, and it remembers what has happened.",
        partner_one="You play one round with an AI: a computer program (a language model) that makes its own choices.",
        rules="In each round you and the AI each choose X or Y. What both of you get depends on both choices:",
        order_ai_first="The AI chooses first. You see its choice before you choose.",
        order_human_first="You choose first. The AI learns your choice before it chooses.",
        order_simultaneous="You and the AI choose without knowing what the other chooses in this round.",
        sum="At the end the points of all rounds are added up.",
        time="You have {timeout} seconds for each choice. If you do not choose in time, the game ends for you.",
        time_none="You then keep the points of the rounds that are finished.",
        time_default="In that round {default} counts as your choice, and you keep your points.",
        # the table of payoffs and the history
        payoffs="Points for you and, in brackets, for the AI",
        round="Round",
        you="You",
        ai="AI",
        your_points="Your points",
        ai_points="AI's points",
        total="Total",
        so_far="So far",
        # comprehension check
        check="Before you begin",
        check_about="Please answer three questions. They show whether the instructions were clear.",
        check1="You and the AI both choose X. How many points do you get?",
        check2="You choose X, and the AI chooses Y. How many points do you get?",
        check3="Who knows what when choosing?",
        know_ai_first="I know the AI's choice when I choose.",
        know_human_first="The AI knows my choice when it chooses.",
        know_simultaneous="Neither of us knows the other's choice.",
        wrong1="Not quite: if both choose X, each gets {reward}.",
        wrong2="Not quite: who chooses X while the other chooses Y gets {sucker}.",
        wrong3="Not quite. {order}",
        # the game
        round_of="Round {round} of {rounds}",
        ask_ai_first="The AI has chosen {ai}. What do you choose?",
        ask_human_first="You choose first. What do you choose?",
        ask_simultaneous="The AI chooses, too. What do you choose?",
        your_choice="Your choice",
        waiting="The AI is choosing.",
        waiting_about="Please wait a moment.",
        result="You chose {human}, the AI chose {ai}. You get {points} points, the AI gets {other_points}.",
        end="The game has ended",
        end_total="You have {total} points in all.",
        end_dropout="You did not choose in time in round {dropped}; there the game ended.",
        # what the model is told
        ai_rules="You take part in an experiment: you play a game with a human. Number of rounds: {rounds}. "
        "{ai_story}\nIn each round both of you choose X or Y. If both choose X, each gets {reward} points. If both "
        "choose Y, each gets {punishment} points. If one chooses X and the other Y, the one with X gets {sucker} "
        "points and the one with Y gets {temptation} points.\n{ai_order}\n"
        "Your aim is to get as many points as possible over all rounds.",
        ai_order_ai_first="In each round you choose first, and the human sees your choice before choosing.",
        ai_order_human_first="In each round the human chooses first, and you learn the choice before you choose.",
        ai_order_simultaneous="In each round both choose without knowing what the other chooses in this round.",
        ai_news="In round {round} you chose {ai} and got {other_points} points; the human chose {human} and got "
        "{points} points.",
        ai_ask_ai_first="Round {round} of {rounds}: you choose first. Do you choose X or Y?",
        ai_ask_human_first="Round {round} of {rounds}: the human has chosen {human}. Do you choose X or Y?",
        ai_ask_late="Round {round} of {rounds}: the human did not choose in time, and {human} counts as the choice. "
        "Do you choose X or Y?",
        ai_ask_simultaneous="Round {round} of {rounds}: both choose now. Do you choose X or Y?",
    ),
    de=dict(
        partner_name="die KI",
        Partner="Die KI",
        partner="Sie spielen {rounds} Runden mit einer KI: einem Computerprogramm (einem Sprachmodell), das selbst "
        "entscheidet. Es ist in allen Runden dieselbe KI, und sie erinnert sich an das, was geschehen ist.",
        partner_one="Sie spielen eine Runde mit einer KI: einem Computerprogramm (einem Sprachmodell), das selbst "
        "entscheidet.",
        rules="In jeder Runde wählen Sie und die KI je X oder Y. Was beide bekommen, hängt von beiden Entscheidungen "
        "ab:",
        order_ai_first="Die KI wählt zuerst. Sie sehen ihre Wahl, bevor Sie wählen.",
        order_human_first="Sie wählen zuerst. Die KI erfährt Ihre Wahl, bevor sie wählt.",
        order_simultaneous="Sie und die KI wählen, ohne zu wissen, was der andere in dieser Runde wählt.",
        sum="Am Ende werden die Punkte aller Runden zusammengezählt.",
        time="Sie haben für jede Entscheidung {timeout} Sekunden. Wenn Sie nicht rechtzeitig wählen, endet das Spiel "
        "für Sie.",
        time_none="Sie behalten dann die Punkte der beendeten Runden.",
        time_default="In dieser Runde gilt dann {default} als Ihre Wahl, und Sie behalten Ihre Punkte.",
        payoffs="Punkte für Sie und, in Klammern, für die KI",
        round="Runde",
        you="Sie",
        ai="KI",
        your_points="Ihre Punkte",
        ai_points="Punkte der KI",
        total="Summe",
        so_far="Bisher",
        check="Bevor es losgeht",
        check_about="Bitte beantworten Sie drei Fragen. Sie zeigen, ob die Anleitung verständlich war.",
        check1="Sie und die KI wählen beide X. Wie viele Punkte bekommen Sie?",
        check2="Sie wählen X, und die KI wählt Y. Wie viele Punkte bekommen Sie?",
        check3="Wer weiß was beim Wählen?",
        know_ai_first="Ich kenne die Wahl der KI, wenn ich wähle.",
        know_human_first="Die KI kennt meine Wahl, wenn sie wählt.",
        know_simultaneous="Keiner kennt die Wahl des anderen.",
        wrong1="Nicht ganz: Wenn beide X wählen, bekommt jeder {reward}.",
        wrong2="Nicht ganz: Wer X wählt, während der andere Y wählt, bekommt {sucker}.",
        wrong3="Nicht ganz. {order}",
        round_of="Runde {round} von {rounds}",
        ask_ai_first="Die KI hat {ai} gewählt. Was wählen Sie?",
        ask_human_first="Sie wählen zuerst. Was wählen Sie?",
        ask_simultaneous="Auch die KI wählt. Was wählen Sie?",
        your_choice="Ihre Wahl",
        waiting="Die KI wählt.",
        waiting_about="Bitte warten Sie einen Moment.",
        result="Sie haben {human} gewählt, die KI hat {ai} gewählt. Sie bekommen {points} Punkte, die KI bekommt "
        "{other_points}.",
        end="Das Spiel ist beendet",
        end_total="Sie haben insgesamt {total} Punkte.",
        end_dropout="Sie haben in Runde {dropped} nicht rechtzeitig gewählt; dort endete das Spiel.",
        ai_rules="Du nimmst an einem Experiment teil: Du spielst ein Spiel mit einem Menschen. Zahl der Runden: "
        "{rounds}. {ai_story}\n"
        "In jeder Runde wählt ihr beide X oder Y. Wählen beide X, bekommt jeder {reward} Punkte. Wählen beide Y, "
        "bekommt jeder {punishment} Punkte. Wählt einer X und der andere Y, bekommt der mit X {sucker} Punkte und der "
        "mit Y {temptation} Punkte.\n{ai_order}\nDein Ziel ist es, über alle Runden möglichst viele Punkte zu "
        "bekommen.",
        ai_order_ai_first="In jeder Runde wählst du zuerst, und der Mensch sieht deine Wahl, bevor er wählt.",
        ai_order_human_first="In jeder Runde wählt der Mensch zuerst, und du erfährst seine Wahl, bevor du wählst.",
        ai_order_simultaneous="In jeder Runde wählen beide, ohne zu wissen, was der andere in dieser Runde wählt.",
        ai_news="In Runde {round} hast du {ai} gewählt und {other_points} Punkte bekommen; der Mensch hat {human} "
        "gewählt und {points} Punkte bekommen.",
        ai_ask_ai_first="Runde {round} von {rounds}: Du wählst zuerst. Wählst du X oder Y?",
        ai_ask_human_first="Runde {round} von {rounds}: Der Mensch hat {human} gewählt. Wählst du X oder Y?",
        ai_ask_late="Runde {round} von {rounds}: Der Mensch hat nicht rechtzeitig gewählt, als seine Wahl gilt "
        "{human}. Wählst du X oder Y?",
        ai_ask_simultaneous="Runde {round} von {rounds}: Beide wählen jetzt. Wählst du X oder Y?",
    ),
)

# Where it is not told, or not yet, that the other player is an AI (`ego_disclose` is after or never): instead of the
# texts above.
NEUTRAL = dict(
    en=dict(
        partner_name="the other player",
        Partner="The other player",
        partner="You play {rounds} rounds with the same other player.",
        partner_one="You play one round with another player.",
        rules="In each round you and the other player each choose X or Y. What both of you get depends on both "
        "choices:",
        order_ai_first="The other player chooses first. You see the choice before you choose.",
        order_human_first="You choose first. The other player learns your choice before choosing.",
        order_simultaneous="You and the other player choose without knowing each other's choice in this round.",
        payoffs="Points for you and, in brackets, for the other player",
        ai="Other",
        ai_points="Other's points",
        check1="You and the other player both choose X. How many points do you get?",
        check2="You choose X, and the other player chooses Y. How many points do you get?",
        know_ai_first="I know the other player's choice when I choose.",
        know_human_first="The other player knows my choice when choosing.",
        ask_ai_first="The other player has chosen {ai}. What do you choose?",
        ask_simultaneous="The other player chooses, too. What do you choose?",
        waiting="The other player is choosing.",
        result="You chose {human}, the other player chose {ai}. You get {points} points, the other player gets "
        "{other_points}.",
    ),
    de=dict(
        partner_name="die andere Seite",
        Partner="Die andere Seite",
        partner="Sie spielen {rounds} Runden mit derselben anderen Seite.",
        partner_one="Sie spielen eine Runde mit einer anderen Seite.",
        rules="In jeder Runde wählen Sie und die andere Seite je X oder Y. Was beide bekommen, hängt von beiden "
        "Entscheidungen ab:",
        order_ai_first="Die andere Seite wählt zuerst. Sie sehen ihre Wahl, bevor Sie wählen.",
        order_human_first="Sie wählen zuerst. Die andere Seite erfährt Ihre Wahl, bevor sie wählt.",
        order_simultaneous="Sie und die andere Seite wählen, ohne die Wahl der jeweils anderen in dieser Runde zu "
        "kennen.",
        payoffs="Punkte für Sie und, in Klammern, für die andere Seite",
        ai="Andere",
        ai_points="Punkte der anderen",
        check1="Sie und die andere Seite wählen beide X. Wie viele Punkte bekommen Sie?",
        check2="Sie wählen X, und die andere Seite wählt Y. Wie viele Punkte bekommen Sie?",
        know_ai_first="Ich kenne die Wahl der anderen Seite, wenn ich wähle.",
        know_human_first="Die andere Seite kennt meine Wahl, wenn sie wählt.",
        ask_ai_first="Die andere Seite hat {ai} gewählt. Was wählen Sie?",
        ask_simultaneous="Auch die andere Seite wählt. Was wählen Sie?",
        waiting="Die andere Seite wählt.",
        result="Sie haben {human} gewählt, die andere Seite hat {ai} gewählt. Sie bekommen {points} Punkte, die "
        "andere Seite bekommt {other_points}.",
    ),
)
