"""All that participants read and the model is told, in English and German: words in {braces} are put in by `texts`."""

TEXTS = dict(
    en=dict(
        other_ai="the AI",
        other_human="the other participant",
        other_dative_ai="the AI",
        other_dative_human="the other participant",
        partner_name="The other side",
        # instructions
        title="Sending and returning",
        points="{n} points",
        point="{n} point",
        partner_ai="The other one is an AI: a computer program (a language model) that has read the same rules and "
        "makes its own decisions. The points that it gets are not paid to anybody.",
        partner_human="The other one is another participant of this session.",
        rounds_same="You play {rounds} rounds with the same partner, always in the same role. At the end your points "
        "of all rounds are added up.",
        rules="There is a sender and a receiver. The sender gets {endowment_points} and decides how many of them to "
        "send: any whole number from 0 to {endowment}. What is sent is multiplied by {multiplier} before it arrives. "
        "The receiver decides how much of it to return; what is returned is not multiplied.",
        know_direct="The receiver learns how much has arrived before deciding.",
        know_strategy="The receiver decides without knowing how much was sent, and states a share in percent: this "
        "share of what arrives is returned, rounded to whole points.",
        seat_trustor="You are the sender, and {other} is the receiver.",
        seat_trustee="You are the receiver, and {other} is the sender.",
        time="You have {timeout} seconds for each decision. If you do not decide in time, {late}, and the game ends "
        "after that round.",
        late_trustor="nothing is sent",
        late_trustee="the sender gets back what was sent",
        time_reading="For reading, too, your time is limited; if it runs out, this counts as not deciding in time.",
        timer="Time left:",
        reread="Read the instructions again",
        # who gets what
        sender_gets="The sender gets",
        sender_sum="{endowment} − sent + returned",
        receiver_gets="The receiver gets",
        receiver_sum="{multiplier} × sent − returned",
        # comprehension check
        check="Before you begin",
        check_about="Please answer three questions. They show whether the instructions were clear. As an example, the "
        "sender sends {some_points}, and the receiver returns {back} of what arrives.",
        check_again="Not all answers are right yet. Please read what it says below them, and try again.",
        check1="How many points arrive at the receiver?",
        check2="How many points does the sender have at the end?",
        check3="How many points does the receiver have at the end?",
        wrong1="Not quite: what is sent is multiplied by {multiplier}, so {multiplier} × {some} arrive.",
        wrong2="Not quite: of {endowment} points {some} are sent, and {back} come back.",
        wrong3="Not quite: {arrive} points arrive, and {back} of them are returned.",
        # the game
        round_of="Round {round} of {rounds}",
        ask_send="You have {endowment_points}. How many of them do you send to {other_dative}?",
        send="Points that you send (0 to {endowment})",
        ask_return="{Other} has sent {sent_points}; {received_points} have arrived. How many of these do you return?",
        return_="Points that you return (0 to {received})",
        ask_share="From 0 to {most} points will arrive. Which share of them do you return, however many they are?",
        share="Share that you return, in percent (0 to 100)",
        waiting_ai="The AI is deciding.",
        waiting_human="The other participant is deciding.",
        wait="Please wait",
        # results
        sent="Sent",
        received="Arrived",
        returned="Returned",
        your_points="Your points",
        other_points="Points of {other_dative}",
        round="Round",
        total="Total",
        so_far="So far",
        end="The game has ended",
        end_total="You have {total_points} in all.",
        end_dropout="You did not decide in time in round {dropped}; there the game ended.",
        end_left="{Other} did not decide in time; there the game ended.",
        # what the model is told
        ai_rules="You take part in an experiment: you play a game with a human. Number of rounds: {rounds}.\nThere is "
        "a sender and a receiver. In each round the sender gets {endowment} points and decides how many of them to "
        "send: any whole number from 0 to {endowment}. What is sent is multiplied by {multiplier} before it arrives. "
        "The receiver decides how much of it to return; what is returned is not multiplied.\n{know}\nThe sender gets "
        "{endowment} points, minus what is sent, plus what is returned. The receiver gets what arrives, minus what is "
        "returned.\n{ai_seat}",
        ai_seat_trustor="You are the sender, and the human is the receiver.",
        ai_seat_trustee="You are the receiver, and the human is the sender.",
        ai_news="In round {round}, {sent} points were sent, {received} arrived, and {returned} were returned. The "
        "sender got {trustor_points} points, the receiver {trustee_points}.",
        ai_round="Round {round} of {rounds}.",
        ai_ask_sent="You have {endowment} points. How many of them do you send?",
        ai_ask_returned="The human has sent {sent} points; {received} points have arrived. How many of these do you "
        "return?",
        ai_ask_share="From 0 to {most} points will arrive. Which share of them do you return, however many they are? "
        "Answer in percent, from 0 to 100.",
    ),
    de=dict(
        other_ai="die KI",
        other_human="die andere Person",
        other_dative_ai="der KI",
        other_dative_human="der anderen Person",
        partner_name="Die andere Seite",
        title="Senden und zurückgeben",
        points="{n} Punkte",
        point="{n} Punkt",
        partner_ai="Die andere Seite ist eine KI: ein Computerprogramm (ein Sprachmodell), das dieselben Regeln "
        "gelesen hat und selbst entscheidet. Die Punkte, die es bekommt, werden niemandem ausgezahlt.",
        partner_human="Die andere Seite ist eine andere Person, die an dieser Sitzung teilnimmt.",
        rounds_same="Sie spielen {rounds} Runden mit derselben Seite und immer in derselben Rolle. Am Ende werden Ihre "
        "Punkte aller Runden zusammengezählt.",
        rules="Eine Seite sendet, die andere empfängt. Wer sendet, bekommt {endowment_points} und entscheidet, "
        "wie viele davon gesendet werden: eine ganze Zahl von 0 bis {endowment}. Was gesendet wird, kommt mit "
        "{multiplier} malgenommen an. Wer empfängt, entscheidet, wie viel davon zurückgeht; das wird nicht "
        "malgenommen.",
        know_direct="Wer empfängt, erfährt vor der Entscheidung, wie viel angekommen ist.",
        know_strategy="Wer empfängt, entscheidet, ohne zu wissen, wie viel gesendet wurde, und nennt einen Anteil in "
        "Prozent: Dieser Anteil von dem, was ankommt, geht zurück, auf ganze Punkte gerundet.",
        seat_trustor="Sie senden, und {other} empfängt.",
        seat_trustee="Sie empfangen, und {other} sendet.",
        time="Sie haben für jede Entscheidung {timeout} Sekunden. Wenn Sie nicht rechtzeitig entscheiden, {late}, und "
        "das Spiel endet nach dieser Runde.",
        late_trustor="wird nichts gesendet",
        late_trustee="geht das zurück, was gesendet wurde",
        time_reading="Auch zum Lesen ist Ihre Zeit begrenzt; läuft sie ab, so gilt das, als hätten Sie nicht "
        "rechtzeitig entschieden.",
        timer="Verbleibende Zeit:",
        reread="Anleitung noch einmal lesen",
        sender_gets="Wer sendet, bekommt",
        sender_sum="{endowment} − gesendet + zurückgegeben",
        receiver_gets="Wer empfängt, bekommt",
        receiver_sum="{multiplier} × gesendet − zurückgegeben",
        check="Bevor es losgeht",
        check_about="Bitte beantworten Sie drei Fragen. Sie zeigen, ob die Anleitung verständlich war. Ein Beispiel: "
        "Es werden {some_points} gesendet, und von dem, was ankommt, gehen {back} zurück.",
        check_again="Noch sind nicht alle Antworten richtig. Bitte lesen Sie, was darunter steht, und versuchen Sie es "
        "noch einmal.",
        check1="Wie viele Punkte kommen an?",
        check2="Wie viele Punkte hat am Ende, wer sendet?",
        check3="Wie viele Punkte hat am Ende, wer empfängt?",
        wrong1="Nicht ganz: Was gesendet wird, wird mit {multiplier} malgenommen, es kommen also {multiplier} × {some} "
        "an.",
        wrong2="Nicht ganz: Von {endowment} Punkten werden {some} gesendet, und {back} kommen zurück.",
        wrong3="Nicht ganz: Es kommen {arrive} Punkte an, und {back} davon gehen zurück.",
        round_of="Runde {round} von {rounds}",
        ask_send="Sie haben {endowment_points}. Wie viele davon senden Sie an {other}?",
        send="Punkte, die Sie senden (0 bis {endowment})",
        ask_return="{Other} hat {sent_points} gesendet; angekommen sind {received_points}. Wie viele davon geben Sie "
        "zurück?",
        return_="Punkte, die Sie zurückgeben (0 bis {received})",
        ask_share="Es werden 0 bis {most} Punkte ankommen. Welchen Anteil davon geben Sie zurück, gleich wie viele es "
        "sind?",
        share="Anteil, den Sie zurückgeben, in Prozent (0 bis 100)",
        waiting_ai="Die KI entscheidet.",
        waiting_human="Die andere Person entscheidet.",
        wait="Bitte warten",
        sent="Gesendet",
        received="Angekommen",
        returned="Zurück",
        your_points="Ihre Punkte",
        other_points="Punkte {other_dative}",
        round="Runde",
        total="Summe",
        so_far="Bisher",
        end="Das Spiel ist beendet",
        end_total="Sie haben insgesamt {total_points}.",
        end_dropout="Sie haben in Runde {dropped} nicht rechtzeitig entschieden; dort endete das Spiel.",
        end_left="{Other} hat nicht rechtzeitig entschieden; dort endete das Spiel.",
        ai_rules="Du nimmst an einem Experiment teil: Du spielst ein Spiel mit einem Menschen. Zahl der Runden: "
        "{rounds}.\nEine Seite sendet, die andere empfängt. In jeder Runde bekommt, wer sendet, {endowment} Punkte und "
        "entscheidet, wie viele davon gesendet werden: eine ganze Zahl von 0 bis {endowment}. Was gesendet wird, kommt "
        "mit {multiplier} malgenommen an. Wer empfängt, entscheidet, wie viel davon zurückgeht; das wird nicht "
        "malgenommen.\n{know}\nWer sendet, bekommt {endowment} Punkte, weniger das Gesendete, mehr das Zurückgegebene. "
        "Wer empfängt, bekommt, was ankommt, weniger das Zurückgegebene.\n{ai_seat}",
        ai_seat_trustor="Du sendest, und der Mensch empfängt.",
        ai_seat_trustee="Du empfängst, und der Mensch sendet.",
        ai_news="In Runde {round} wurden {sent} Punkte gesendet, {received} kamen an, und {returned} gingen zurück. "
        "Wer sendet, bekam {trustor_points} Punkte, wer empfängt {trustee_points}.",
        ai_round="Runde {round} von {rounds}.",
        ai_ask_sent="Du hast {endowment} Punkte. Wie viele davon sendest du?",
        ai_ask_returned="Der Mensch hat {sent} Punkte gesendet; angekommen sind {received} Punkte. Wie viele davon "
        "gibst du zurück?",
        ai_ask_share="Es werden 0 bis {most} Punkte ankommen. Welchen Anteil davon gibst du zurück, gleich wie viele "
        "es sind? Antworte in Prozent, von 0 bis 100.",
    ),
)

# Where it is not told, or not yet, who is an AI (`ego_disclose` is after or never): instead of the texts above, whoever
# the other side is.
NEUTRAL = dict(
    en=dict(
        other_ai="the other side",
        other_human="the other side",
        other_dative_ai="the other side",
        other_dative_human="the other side",
        partner_ai="",
        partner_human="",
        waiting_ai="The other side is deciding.",
        waiting_human="The other side is deciding.",
    ),
    de=dict(
        other_ai="die andere Seite",
        other_human="die andere Seite",
        other_dative_ai="der anderen Seite",
        other_dative_human="der anderen Seite",
        partner_ai="",
        partner_human="",
        waiting_ai="Die andere Seite entscheidet.",
        waiting_human="Die andere Seite entscheidet.",
    ),
)
