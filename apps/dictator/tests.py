from otree.api import Bot, Submission, SubmissionMustFail, expect

from . import Check, Debriefing, Decide, End, Introduction, Results
from .check import checks
from .game import framed, settings, words


class PlayerBot(Bot):
    cases = ["generous", "mean", "absent"]

    # A bot reads self.player anew after each page: an object that it keeps does not see what a page has written.
    def play_round(self):
        play = settings(self.player)
        if self.round_number > play.rounds:
            return
        if self.round_number == 1:
            yield from self.instructions()
        late = self.case == "absent" and play.timeout > 0
        if self.player.seat == "dictator":
            given = play.endowment // 2 if self.case != "mean" else 1
            yield Submission(Decide, {"decision": framed(self.group, given)}, timeout_happened=late)
        self.check_result(play, late)
        yield Results
        if self.round_number == play.rounds and Debriefing.is_displayed(self.player):
            yield Debriefing
        if self.round_number == play.rounds and "otree-btn-next" in self.html:  # another app follows
            yield End

    def instructions(self):
        yield Introduction
        fields, asked = Check.form_fields, checks(self.player)
        wrong = [next(code for code in one["options"] if code != one["right"]) for one in asked]
        yield SubmissionMustFail(Check, dict(zip(fields, wrong, strict=True)), error_fields=[*fields, "__all__"])
        expect(self.player.check_errors, 3)
        expect(all(one["why"] in self.html for one in asked), True)
        yield Check, {field: one["right"] for field, one in zip(fields, asked, strict=True)}

    def check_result(self, play, late):
        player, group = self.player, self.group
        expect(player.payoff, group.given if player.seat == "recipient" else play.endowment - group.given)
        expect(group.dictator_points + group.recipient_points, play.endowment)
        expect(framed(group, group.decision), group.given)
        if play.human or player.seat == "dictator":
            expect(group.decided_by, "timeout" if late else "human")
        else:
            expect(group.decided_by, "in", ["model", "fallback"])
        expect(words(player)["got_you"], "in", self.html)
