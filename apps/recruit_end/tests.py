from otree.api import Bot, expect

from otree_ego import outcome_of


class PlayerBot(Bot):
    def play_round(self):
        code = self.session.config.get("ego_completion_code_completed")
        if outcome_of(self.player) in ("", "completed") and code:
            expect(code, "in", self.html)
        return
        yield
