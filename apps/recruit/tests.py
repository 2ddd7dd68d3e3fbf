from otree.api import Bot, SubmissionMustFail, expect

from otree_ego import outcome_of

from . import Check, Consent, Screening, questions, settings

WRONG = dict(check1="never", check2="deleted")


class PlayerBot(Bot):
    cases = ["takes part", "declines", "too young", "fails the check"]

    def play_round(self):
        play = settings(self.player)
        if len(self.session.config["app_sequence"]) > 2:  # bots of the apps after this one come to their own pages
            self.case = "takes part"
        if self.case == "declines":
            yield Consent, dict(consent=False)
            expect(outcome_of(self.player), "no_consent")
            return
        yield Consent, dict(consent=True)
        if play["screening"]:
            if self.case == "too young" and play["min_age"] > 1:
                yield Screening, dict(age=play["min_age"] - 1, fluent=True)
                expect(outcome_of(self.player), "screened_out")
                return
            yield Screening, dict(age=max(play["min_age"], 30), fluent=True)
        if play["check"]:
            if self.case == "fails the check" and play["check_tries"]:
                for _ in range(play["check_tries"] - 1):
                    yield SubmissionMustFail(Check, WRONG)
                yield Check, WRONG
                expect(self.player.check_failed, True)
                expect(outcome_of(self.player) == "failed_check", play["check_failed"] == "screen_out")
                return
            first, second = (one["right"] for one in questions(self.player))
            yield Check, dict(check1=first, check2=second)
        expect(outcome_of(self.player), "in", ["", "completed"])
