from otree.api import Bot, Submission, SubmissionMustFail, expect

from . import Check, Debriefing, End, Introduction, Propose, ProposerAdvice, Respond, ResponderAdvice, Results
from .game import checks, framed, settings, words


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
        proposes, direct = self.player.seat == "proposer", self.group.method == "direct"
        if play.adviser:
            advice = {"advice_wanted": self.case == "generous"}
            yield ProposerAdvice if proposes else ResponderAdvice, advice
        if proposes:
            offer = play.endowment // 2 if self.case != "mean" else 1
            yield Submission(Propose, {"proposal": framed(self.group, offer)}, timeout_happened=late)
        elif direct:
            yield Submission(Respond, {"accepted": self.case != "mean"}, timeout_happened=late)
        else:
            least = 0 if self.case != "mean" else play.endowment
            yield Submission(Respond, {"limit": framed(self.group, least)}, timeout_happened=late)
        yield from self.results(play, late)

    def instructions(self):
        yield Introduction
        fields, asked = Check.form_fields, checks(self.player)
        wrong = [next(code for code in one["options"] if code != one["right"]) for one in asked]
        yield SubmissionMustFail(Check, dict(zip(fields, wrong, strict=True)), error_fields=[*fields, "__all__"])
        expect(self.player.check_errors, 3)
        expect(all(one["why"] in self.html for one in asked), True)
        yield Check, {field: one["right"] for field, one in zip(fields, asked, strict=True)}

    def results(self, play, late):
        player, group = self.player, self.group
        if group.method == "strategy":
            expect(group.accepted, group.offer >= group.min_offer)
        share = group.offer if player.seat == "responder" else play.endowment - group.offer
        expect(player.payoff, share if group.accepted else 0)
        expect(group.proposer_points + group.responder_points, play.endowment if group.accepted else 0)
        expect(framed(group, group.proposal), group.offer)
        mine, theirs = group.proposal_by, group.response_by
        if player.seat == "responder":
            mine, theirs = theirs, mine
        expect(mine, "timeout" if late else "human")
        if play.human:
            advice = player.field_maybe_none("advice")
            expect(bool(advice), play.adviser and self.case == "generous")
        else:
            expect(theirs, "in", ["model", "fallback"])
        said = words(player)
        expect(said["news_accepted" if group.accepted else "news_rejected"], "in", self.html)
        yield Results
        if self.round_number == play.rounds and Debriefing.is_displayed(self.player):
            yield Debriefing
        if self.round_number == play.rounds and "otree-btn-next" in self.html:  # another app follows
            yield End
