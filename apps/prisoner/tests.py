from otree.api import Bot, Submission, SubmissionMustFail, expect

from otree_ego import ai

from . import C, Check, Debriefing, Decide, End, Introduction, Results, move_field, points, settings, texts


class PlayerBot(Bot):
    cases = ["cooperates", "copies", "leaves"]

    def play_round(self):
        # A player that is kept in a variable over a yield would stay as it was.
        number, now = self.round_number, settings(self.session)
        last = now["rounds"]
        leaves_in = min(2, last) if self.case == "leaves" else last + 1
        if number == 1:
            yield Introduction
            right = Check.right_answers(self.player)
            yield SubmissionMustFail(Check, dict(right, check1=now["reward"] + 1), error_fields=["check1"])
            yield Check, right
            expect(self.player.check_errors, 1)
        if number < leaves_in and number <= last:
            yield Decide, {move_field(self.player): self.move()}
            yield Results
            self.paid(now)
        elif number == leaves_in <= last:
            yield Submission(Decide, {}, timeout_happened=True)
        if number == last:
            if Debriefing.is_displayed(self.player):
                yield Debriefing
            expect(texts(self.player)["end"], "in", self.html)
            if "otree-btn-next" in self.html:  # another app follows
                yield End
            self.remembered(now, leaves_in)

    def move(self):
        """A choice: X, or what the model chose before."""
        if self.case != "copies" or self.round_number == 1:
            return "X"
        return self.player.in_round(self.round_number - 1).ai_move

    def paid(self, now):
        player = self.player
        expect(player.payoff, points(now, player.human_move, player.ai_move))
        expect(player.ai_points, points(now, player.ai_move, player.human_move))

    def remembered(self, now, leaves_in):
        """Both seats of the Conversation have each choice, in the order of the rounds; nobody asks after a dropout."""
        rounds = self.player.in_rounds(1, now["rounds"])
        with ai(self.participant, C.NAME_IN_URL) as convo:
            human = [message.text for message in convo.human.messages if message.role == "assistant"]
            questions = [message.params["question"] for message in convo.ai.messages if message.params.get("question")]
        expect([p.dropout for p in rounds], [p.round_number >= leaves_in for p in rounds])
        expect(human, [p.human_move for p in rounds if not p.dropout])
        chosen = [p.ai_move for p in rounds if p.field_maybe_none("ai_move")]
        expect([question["value"] for question in questions if question.get("value")], chosen)
        asked = now["order"] == "ai_first" or now["default"]
        expect(len(chosen), min(leaves_in if asked else leaves_in - 1, now["rounds"]))
