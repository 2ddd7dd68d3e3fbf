"""All that participants read and that the model is told; the rules are the same words for both."""

TEXTS = dict(
    en=dict(
        points="{n} points",
        point="{n} point",
        # the rules: a participant and a model read the same
        rule_split="A proposer and a responder divide {endowment}. The proposer proposes how many of them the "
        "responder gets; the rest is for the proposer.",
        rule_give="There are a proposer and a responder. The proposer has {endowment}, the responder has none. The "
        "proposer proposes how many points to give to the responder, and keeps the rest.",
        rule_take="There are a proposer and a responder. The responder has {endowment}, the proposer has none. The "
        "proposer proposes how many points to take from the responder, who keeps the rest.",
        rule_direct="The responder sees the proposal, and accepts or rejects it.",
        rule_strategy_split="The responder does not see the proposal. Instead, the responder states the smallest "
        "number of points for which to accept: a proposal of at least this number is accepted, any other is rejected.",
        rule_strategy_give="The responder does not see the proposal. Instead, the responder states the smallest "
        "number of given points for which to accept: a proposal to give at least this number is accepted, any other "
        "is rejected.",
        rule_strategy_take="The responder does not see the proposal. Instead, the responder states the largest number "
        "of taken points for which to accept: a proposal to take at most this number is accepted, any other is "
        "rejected.",
        rule_outcome="If the proposal is accepted, it is carried out. If it is rejected, all points are lost, and "
        "both get 0 points.",
        rule_rounds="The game is played {rounds} times, with the same partner and in the same roles. The points of "
        "all rounds are added up.",
        seat_proposer="You are the proposer.",
        seat_responder="You are the responder.",
        # only for participants
        title="Instructions",
        welcome="Welcome. You play a game with one other player.",
        partner_ai="The other player is a computer program: a language model. It has read the same rules and decides "
        "by itself. The points that it gets are not paid to anybody.",
        partner_human="The other player is another participant.",
        adviser="Before you decide, you can ask an adviser for advice. The adviser is a computer program: a language "
        "model, which knows the rules and sees what you see. What it says may be wrong; you decide.",
        time_proposer="You have {seconds} seconds to decide. If the time runs out, half of the points is proposed.",
        time_direct="You have {seconds} seconds to decide. If the time runs out, the proposal is accepted.",
        time_strategy="You have {seconds} seconds to decide. If the time runs out, every proposal is accepted.",
        time_once="If the time of a page runs out once, you are taken to have left: whatever you would still have to "
        "decide is then decided in this way, too.",
        timer="Time left:",
        reread="Read the instructions again",
        round_of="Round {round} of {rounds}",
        # comprehension check
        check="Three questions",
        check_about="Please answer these questions about the game.",
        check_again="Not all answers are right yet. Please read what it says below them, and try again.",
        check_accepted_split="{some} are proposed for the responder, and the proposal is accepted. How much does the "
        "responder get?",
        check_accepted_give="The proposer proposes to give {some}, and the proposal is accepted. How much does the "
        "responder get?",
        check_accepted_take="The proposer proposes to take {some}, and the proposal is accepted. How much does the "
        "responder get?",
        why_accepted_split="Not quite: the responder gets what was proposed, {some}. The proposer gets the rest, "
        "{rest}.",
        why_accepted_give="Not quite: the responder gets what is given, {some}. The proposer keeps the rest, {rest}.",
        why_accepted_take="Not quite: the proposer takes {some} of {endowment}. The responder keeps the rest, {rest}.",
        check_rejected="A proposal is rejected. Who gets points?",
        why_rejected="Not quite: if a proposal is rejected, all points are lost, and both get 0 points.",
        option_half="Both get half of the points.",
        option_owner_split="The proposer gets all points.",
        option_owner_give="The proposer keeps all points.",
        option_owner_take="The responder keeps all points.",
        option_nobody="Nobody: both get 0 points.",
        check_strategy_give="The responder has stated {rest}. The proposal would leave {some} to the responder. What "
        "happens?",
        why_strategy_give="Not quite: {some} are less than {rest}, so the proposal is rejected, and both get 0 points.",
        check_strategy_take="The responder has stated {some}. The proposer proposes to take {rest}. What happens?",
        why_strategy_take="Not quite: {rest} are more than {some}, so the proposal is rejected, and both get 0 points.",
        option_accepted="The proposal is accepted.",
        option_rejected="The proposal is rejected.",
        option_later="The responder is shown the proposal and decides then.",
        check_direct_proposer="Who decides whether your proposal is carried out?",
        why_direct_proposer="Not quite: the responder sees your proposal, and accepts or rejects it.",
        option_other="The responder",
        option_self="I do",
        option_chance="Chance",
        check_direct_responder="What will you know when you decide?",
        why_direct_responder="Not quite: you see the proposal first, and then accept or reject it.",
        option_seen="The proposal",
        option_unseen="That there is a proposal, but not which",
        option_nothing="Nothing: I decide before there is a proposal",
        other="The other side",
        the_adviser="The adviser",
        # advice
        advice_title="Advice",
        advice_ask="Would you like to ask the adviser before you decide?",
        yes="Yes",
        no="No",
        advice_says="The adviser (a language model) says:",
        advice_none="The adviser could not be reached.",
        # decisions: the questions are the same for a participant and a model
        propose="Your proposal",
        respond="Your decision",
        ask_split="How many of the {endowment} do you propose for the responder?",
        ask_give="You have {endowment}. How many of them do you propose to give to the responder?",
        ask_take="The responder has {endowment}. How many of them do you propose to take?",
        limit_split="What is the smallest number of points for you with which you accept a proposal?",
        limit_give="What is the smallest number of points given to you with which you accept a proposal?",
        limit_take="What is the largest number of points taken from you with which you accept a proposal?",
        range="A whole number from 0 to {n}.",
        shown_split="The proposer proposes {offer} for you and {rest} for the proposer.",
        shown_give="The proposer proposes to give you {offer} and to keep {rest}.",
        shown_take="The proposer proposes to take {rest} from you; you would keep {offer}.",
        ask_accept="Do you accept this proposal?",
        accept="Accept",
        reject="Reject",
        # waiting
        wait="Please wait",
        wait_ai="The language model is deciding.",
        wait_adviser="The adviser is writing.",
        wait_human="The other participant is deciding.",
        # results
        results="Result",
        news_split="The proposal was {offer} for the responder and {rest} for the proposer.",
        news_give="The proposal was to give {offer} to the responder.",
        news_take="The proposal was to take {rest} from the responder.",
        news_accepted="It was accepted.",
        news_rejected="It was rejected.",
        got_you="You",
        got_ai="Language model",
        got_human="Other participant",
        undecided="No decision was made in this round; nobody gets points.",
        by_timeout="You did not decide in time; the decision was made for you.",
        other_by_timeout="The other participant did not decide in time; the decision was made for them.",
        end_timeout="You did not decide in time; from then on, decisions were made for you.",
        end="The game is over",
        end_round="Round",
        end_points="Your points",
        end_total="Total",
        # only for the model
        model_intro="You take part in an experiment: you play a game with a person.",
        adviser_intro="A person takes part in an experiment and plays a game with another person. You are the adviser "
        'of the first. These are the rules that both of them have read, where "you" is the person whom you advise:',
        adviser_ask="I am asked this: “{question}” What do you advise me, and why? Answer in two or three short "
        "sentences.",
        news_round="Result of round {round}:",
        news_points="The proposer got {proposer}, the responder {responder}.",
    ),
    de=dict(
        points="{n} Punkte",
        point="{n} Punkt",
        rule_split="Eine vorschlagende und eine antwortende Seite teilen {endowment} auf. Die vorschlagende Seite "
        "schlägt vor, wie viele davon die antwortende Seite bekommt; der Rest ist für die vorschlagende Seite.",
        rule_give="Es gibt eine vorschlagende und eine antwortende Seite. Die vorschlagende Seite hat {endowment}, "
        "die antwortende keine. Die vorschlagende Seite schlägt vor, wie viele Punkte sie der antwortenden gibt, und "
        "behält den Rest.",
        rule_take="Es gibt eine vorschlagende und eine antwortende Seite. Die antwortende Seite hat {endowment}, die "
        "vorschlagende keine. Die vorschlagende Seite schlägt vor, wie viele Punkte sie der antwortenden nimmt; diese "
        "behält den Rest.",
        rule_direct="Die antwortende Seite sieht den Vorschlag und nimmt ihn an oder lehnt ihn ab.",
        rule_strategy_split="Die antwortende Seite sieht den Vorschlag nicht. Sie gibt stattdessen die kleinste Zahl "
        "von Punkten an, bei der sie annimmt: Ein Vorschlag von mindestens so vielen wird angenommen, jeder andere "
        "abgelehnt.",
        rule_strategy_give="Die antwortende Seite sieht den Vorschlag nicht. Sie gibt stattdessen die kleinste Zahl "
        "gegebener Punkte an, bei der sie annimmt: Ein Vorschlag, mindestens so viele zu geben, wird angenommen, "
        "jeder andere abgelehnt.",
        rule_strategy_take="Die antwortende Seite sieht den Vorschlag nicht. Sie gibt stattdessen die größte Zahl "
        "genommener Punkte an, bei der sie annimmt: Ein Vorschlag, höchstens so viele zu nehmen, wird angenommen, "
        "jeder andere abgelehnt.",
        rule_outcome="Wird der Vorschlag angenommen, so wird er ausgeführt. Wird er abgelehnt, so verfallen alle "
        "Punkte, und beide bekommen 0 Punkte.",
        rule_rounds="Das Spiel wird {rounds}-mal gespielt, mit derselben anderen Seite und in denselben Rollen. Die "
        "Punkte aller Runden werden zusammengezählt.",
        seat_proposer="Sie sind die vorschlagende Seite.",
        seat_responder="Sie sind die antwortende Seite.",
        title="Anleitung",
        welcome="Willkommen. Sie spielen ein Spiel mit einer anderen Seite.",
        partner_ai="Die andere Seite ist ein Computerprogramm: ein Sprachmodell. Es hat dieselben Regeln gelesen und "
        "entscheidet selbst. Die Punkte, die es bekommt, werden niemandem ausgezahlt.",
        partner_human="Die andere Seite ist eine andere teilnehmende Person.",
        adviser="Bevor Sie entscheiden, können Sie um Rat fragen. Den Rat gibt ein Computerprogramm: ein "
        "Sprachmodell, das die Regeln kennt und sieht, was Sie sehen. Was es sagt, kann falsch sein; Sie entscheiden.",
        time_proposer="Sie haben {seconds} Sekunden für die Entscheidung. Läuft die Zeit ab, so wird die Hälfte der "
        "Punkte vorgeschlagen.",
        time_direct="Sie haben {seconds} Sekunden für die Entscheidung. Läuft die Zeit ab, so wird der Vorschlag "
        "angenommen.",
        time_strategy="Sie haben {seconds} Sekunden für die Entscheidung. Läuft die Zeit ab, so wird jeder Vorschlag "
        "angenommen.",
        time_once="Läuft die Zeit einer Seite einmal ab, so gelten Sie als nicht mehr anwesend: Auch was Sie dann noch "
        "zu entscheiden hätten, wird auf diese Weise entschieden.",
        timer="Verbleibende Zeit:",
        reread="Anleitung noch einmal lesen",
        round_of="Runde {round} von {rounds}",
        check="Drei Fragen",
        check_about="Bitte beantworten Sie diese Fragen zum Spiel.",
        check_again="Noch sind nicht alle Antworten richtig. Bitte lesen Sie, was darunter steht, und versuchen Sie es "
        "noch einmal.",
        check_accepted_split="Für die antwortende Seite werden {some} vorgeschlagen, und der Vorschlag wird "
        "angenommen. Wie viel bekommt die antwortende Seite?",
        check_accepted_give="Die vorschlagende Seite schlägt vor, {some} zu geben, und der Vorschlag wird angenommen. "
        "Wie viel bekommt die antwortende Seite?",
        check_accepted_take="Die vorschlagende Seite schlägt vor, {some} zu nehmen, und der Vorschlag wird "
        "angenommen. Wie viel bekommt die antwortende Seite?",
        why_accepted_split="Nicht ganz: Die antwortende Seite bekommt, was vorgeschlagen wurde: {some}. Die "
        "vorschlagende bekommt den Rest: {rest}.",
        why_accepted_give="Nicht ganz: Die antwortende Seite bekommt, was gegeben wird: {some}. Die vorschlagende "
        "behält den Rest: {rest}.",
        why_accepted_take="Nicht ganz: Die vorschlagende Seite nimmt {some} von {endowment}. Die antwortende behält "
        "den Rest: {rest}.",
        check_rejected="Ein Vorschlag wird abgelehnt. Wer bekommt Punkte?",
        why_rejected="Nicht ganz: Wird ein Vorschlag abgelehnt, so verfallen alle Punkte, und beide bekommen 0 Punkte.",
        option_half="Beide bekommen die Hälfte der Punkte.",
        option_owner_split="Die vorschlagende Seite bekommt alle Punkte.",
        option_owner_give="Die vorschlagende Seite behält alle Punkte.",
        option_owner_take="Die antwortende Seite behält alle Punkte.",
        option_nobody="Niemand: Beide bekommen 0 Punkte.",
        check_strategy_give="Die antwortende Seite hat {rest} angegeben. Der Vorschlag würde ihr {some} lassen. Was "
        "geschieht?",
        why_strategy_give="Nicht ganz: {some} sind weniger als {rest}. Der Vorschlag wird abgelehnt, und beide "
        "bekommen 0 Punkte.",
        check_strategy_take="Die antwortende Seite hat {some} angegeben. Die vorschlagende schlägt vor, {rest} zu "
        "nehmen. Was geschieht?",
        why_strategy_take="Nicht ganz: {rest} sind mehr als {some}. Der Vorschlag wird abgelehnt, und beide bekommen "
        "0 Punkte.",
        option_accepted="Der Vorschlag wird angenommen.",
        option_rejected="Der Vorschlag wird abgelehnt.",
        option_later="Die antwortende Seite sieht den Vorschlag und entscheidet dann.",
        check_direct_proposer="Wer entscheidet, ob Ihr Vorschlag ausgeführt wird?",
        why_direct_proposer="Nicht ganz: Die antwortende Seite sieht Ihren Vorschlag und nimmt ihn an oder lehnt ihn "
        "ab.",
        option_other="Die antwortende Seite",
        option_self="Ich",
        option_chance="Der Zufall",
        check_direct_responder="Was wissen Sie, wenn Sie entscheiden?",
        why_direct_responder="Nicht ganz: Sie sehen zuerst den Vorschlag und nehmen ihn dann an oder lehnen ihn ab.",
        option_seen="Den Vorschlag",
        option_unseen="Dass es einen Vorschlag gibt, aber nicht, welchen",
        option_nothing="Nichts: Ich entscheide, bevor es einen Vorschlag gibt",
        other="Die andere Seite",
        the_adviser="Die beratende Seite",
        advice_title="Rat",
        advice_ask="Möchten Sie um Rat fragen, bevor Sie entscheiden?",
        yes="Ja",
        no="Nein",
        advice_says="Das Sprachmodell rät:",
        advice_none="Das Sprachmodell war leider nicht zu erreichen.",
        propose="Ihr Vorschlag",
        respond="Ihre Entscheidung",
        ask_split="Wie viele der {endowment} schlagen Sie für die antwortende Seite vor?",
        ask_give="Sie haben {endowment}. Wie viele davon schlagen Sie vor, der antwortenden Seite zu geben?",
        ask_take="Die antwortende Seite hat {endowment}. Wie viele davon schlagen Sie vor, ihr zu nehmen?",
        limit_split="Was ist die kleinste Zahl von Punkten für Sie, bei der Sie einen Vorschlag annehmen?",
        limit_give="Was ist die kleinste Zahl von Punkten, die Ihnen gegeben werden, bei der Sie einen Vorschlag "
        "annehmen?",
        limit_take="Was ist die größte Zahl von Punkten, die Ihnen genommen werden, bei der Sie einen Vorschlag "
        "annehmen?",
        range="Eine ganze Zahl von 0 bis {n}.",
        shown_split="Die vorschlagende Seite schlägt {offer} für Sie und {rest} für sich selbst vor.",
        shown_give="Die vorschlagende Seite schlägt vor, Ihnen {offer} zu geben und {rest} zu behalten.",
        shown_take="Die vorschlagende Seite schlägt vor, Ihnen {rest} zu nehmen; Sie würden {offer} behalten.",
        ask_accept="Nehmen Sie diesen Vorschlag an?",
        accept="Annehmen",
        reject="Ablehnen",
        wait="Bitte warten",
        wait_ai="Das Sprachmodell entscheidet.",
        wait_adviser="Der Rat wird geschrieben.",
        wait_human="Die andere teilnehmende Person entscheidet.",
        results="Ergebnis",
        news_split="Der Vorschlag war: {offer} für die antwortende und {rest} für die vorschlagende Seite.",
        news_give="Der Vorschlag war, der antwortenden Seite {offer} zu geben.",
        news_take="Der Vorschlag war, der antwortenden Seite {rest} zu nehmen.",
        news_accepted="Er wurde angenommen.",
        news_rejected="Er wurde abgelehnt.",
        got_you="Sie",
        got_ai="Sprachmodell",
        got_human="Andere Person",
        undecided="In dieser Runde wurde nicht entschieden; niemand bekommt Punkte.",
        by_timeout="Sie haben nicht rechtzeitig entschieden; die Entscheidung wurde für Sie getroffen.",
        other_by_timeout="Die andere Person hat nicht rechtzeitig entschieden; die Entscheidung wurde für sie "
        "getroffen.",
        end_timeout="Sie haben nicht rechtzeitig entschieden; von da an wurden Entscheidungen für Sie getroffen.",
        end="Das Spiel ist zu Ende",
        end_round="Runde",
        end_points="Ihre Punkte",
        end_total="Summe",
        model_intro="Sie nehmen an einem Experiment teil: Sie spielen ein Spiel mit einem Menschen.",
        adviser_intro="Ein Mensch nimmt an einem Experiment teil und spielt ein Spiel mit einem anderen Menschen. Sie "
        "beraten den ersten. Dies sind die Regeln, die beide gelesen haben; mit „Sie“ ist darin gemeint, wen Sie "
        "beraten:",
        adviser_ask="Ich werde gefragt: „{question}“ Was raten Sie mir, und warum? Antworten Sie in zwei oder drei "
        "kurzen Sätzen.",
        news_round="Ergebnis von Runde {round}:",
        news_points="Die vorschlagende Seite hat {proposer} bekommen, die antwortende {responder}.",
    ),
)

# Where it is not told, or not yet, who is an AI (`ego_disclose` is after or never): instead of the texts above, whoever
# the other side is.
NEUTRAL = dict(
    en=dict(
        partner_ai="",
        partner_human="",
        adviser="Before you decide, you can ask for advice. The adviser knows the rules and sees what you see. What "
        "the adviser says may be wrong; you decide.",
        advice_says="The adviser says:",
        wait_ai="The other side is deciding.",
        wait_human="The other side is deciding.",
        got_ai="Other side",
        got_human="Other side",
        other_by_timeout="The other side did not decide in time; the decision was made for them.",
    ),
    de=dict(
        partner_ai="",
        partner_human="",
        adviser="Bevor Sie entscheiden, können Sie um Rat fragen. Die beratende Seite kennt die Regeln und sieht, was "
        "Sie sehen. Was sie sagt, kann falsch sein; Sie entscheiden.",
        advice_says="Der Rat lautet:",
        advice_none="Es kam leider kein Rat.",
        wait_ai="Die andere Seite entscheidet.",
        wait_human="Die andere Seite entscheidet.",
        got_ai="Andere Seite",
        got_human="Andere Seite",
        other_by_timeout="Die andere Seite hat nicht rechtzeitig entschieden; die Entscheidung wurde für sie "
        "getroffen.",
    ),
)
