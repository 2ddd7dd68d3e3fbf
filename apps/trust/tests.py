from otree.api import Bot, Submission, SubmissionMustFail, expect

from otree_ego import ai

from . import (
    C,
    Check,
    Debriefing,
    End,
    Introduction,
    Results,
    Return,
    Send,
    check_answers,
    settings,
    something_to_return,
)


class PlayerBot(Bot):
    cases = ["half", "nothing", "leaves"]

    def play_round(self):
        # A player or group that is kept in a variable over a yield would stay as it was.
        number, now = self.round_number, settings(self.session)
        if number == 1:
            yield Introduction
            right = check_answers(self.session)
            yield SubmissionMustFail(Check, dict(right, check3=right["check3"] + 1), error_fields=["check3", "__all__"])
            yield Check, right
            expect(self.player.check_errors, 1)
        if number <= now["rounds"] and not self.group.over:
            yield from self.decide(now)
            if not self.player.dropout:
                yield Results
                self.paid(now)
        if number == now["rounds"]:
            if Debriefing.is_displayed(self.player):
                yield Debriefing
            if "otree-btn-next" in self.html:  # another app follows
                yield End
            self.remembered(now)

    def decide(self, now):
        """Half of what can be had, or nothing, or no decision at all."""
        part = 0.5 if self.case == "half" else 0
        if self.player.seat == "trustor":
            page, values = Send, dict(sent=int(now["endowment"] * part))
        elif not something_to_return(self.group):
            return
        elif now["method"] == "strategy":
            page, values = Return, dict(share=int(100 * part))
        else:
            page, values = Return, dict(returned=int(now["multiplier"] * self.group.sent * part))
        leaves = self.case == "leaves" and self.round_number == min(2, now["rounds"]) and self.player.id_in_group == 1
        yield Submission(page, {}, timeout_happened=True) if leaves else (page, values)
        expect(self.player.dropout, leaves)

    def paid(self, now):
        """All points are there: the endowment, and what was sent times the multiplier."""
        group, player = self.group, self.player
        expect(group.trustor_points + group.trustee_points, now["endowment"] + (now["multiplier"] - 1) * group.sent)
        expect(player.payoff, group.trustor_points if player.seat == "trustor" else group.trustee_points)

    def remembered(self, now):
        """The model's decisions stand in its record, in the order of the rounds."""
        if now["partner"] == "human":
            return
        decided = []
        for past in self.player.in_rounds(1, now["rounds"]):
            if past.seat == "trustee" and not past.group.over:
                decided.append(past.group.sent)
            elif past.seat == "trustor" and not past.dropout and something_to_return(past.group):
                decided.append(past.group.share if now["method"] == "strategy" else past.group.returned)
        with ai(self.participant, C.NAME_IN_URL) as llm:
            questions = [message.params["question"] for message in llm.messages if message.params.get("question")]
        values = [question["value"] for question in questions if question.get("value") is not None]
        expect([int(value) for value in values], [int(value) for value in decided])
