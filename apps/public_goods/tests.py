from otree.api import Bot, Submission, SubmissionMustFail, expect

from otree_ego.testing.live import live

from . import Check, Contribute, Debriefing, End, Introduction, Punish, Results, Talk
from .game import contribution, game_of, members
from .payoffs import earnings
from .programs import MOST_REPLIES
from .shown import right_answers, texts

SAID = "Let us all contribute 10.\nMember 9: I contribute nothing."


class PlayerBot(Bot):
    """`self.player` is asked for each time: a player that is kept would not see what pages have changed."""

    cases = ["decides", "late"]

    def play_round(self):
        game = game_of(self.session)
        if self.round_number > game.rounds:
            return
        if self.round_number == 1:
            yield from self.arrive(game)
        late = self.case == "late" and self.player.id_in_group == 1 and self.round_number == 1
        expect(texts(self.player)["contribution"], "in", self.html)
        if late:
            yield Submission(Contribute, dict(contribution=1), timeout_happened=True)
        else:
            yield SubmissionMustFail(Contribute, dict(contribution=game.endowment + 1))
            yield SubmissionMustFail(Contribute, dict(contribution=-1))
            yield Contribute, dict(contribution=game.endowment // 2)
        expect(self.player.contribution, game.default if late else game.endowment // 2)
        if game.punishment:
            points = dict.fromkeys(Punish.get_form_fields(self.player), 1)
            expect(len(points), game.size - 1)
            yield SubmissionMustFail(Punish, dict.fromkeys(points, 11))
            yield Submission(Punish, points, timeout_happened=late)
        self.see_results(game, late)
        yield Results
        if self.round_number == game.rounds:
            if Debriefing.is_displayed(self.player):
                yield Debriefing
            expect(texts(self.player)["thanks"], "in", self.html)
            expect(f"<strong>{int(sum(p.payoff for p in self.player.in_all_rounds()))}</strong>", "in", self.html)
            if "otree-btn-next" in self.html:  # another app follows
                yield End

    def arrive(self, game):
        expect(texts(self.player)["company"], "in", self.html)
        yield Introduction
        right = right_answers(self.player)
        yield SubmissionMustFail(Check, {name: value + 1 for name, value in right.items()}, error_fields=list(right))
        expect(self.player.check_errors, len(right))
        yield Check, right
        if game.talk:
            yield Submission(Talk, check_html=False, timeout_happened=True)

    def see_results(self, game, late):
        player, everyone = self.player, members(self.group)
        given = [contribution(self.group, one) for one in everyone]
        expect(all(0 <= points <= game.endowment for points in given), True)
        earned = earnings(given, game.endowment, game.multiplier)[player.member - 1]
        expect(int(player.earned), earned)
        left = max(0, earned - game.effect * player.received) - game.cost * player.given
        expect(int(player.payoff), left)
        expect(player.given, game.size - 1 if game.punishment and not late else 0)
        expect(player.dropout, late)
        expect(f"<strong>{left}</strong>", "in", self.html)


def call_live_method(method, **kwargs):
    if kwargs["page_class"] is not Talk:
        return
    for player in kwargs["group"].get_players():
        live(method(player.id_in_group, {"ego": {"do": "say", "text": SAID, "id": str(player.id_in_group)}}))
    replies = MOST_REPLIES * game_of(kwargs["group"].session).ais
    state = live(method(1, {"ego": {"do": "open"}}))[0][1]["ego"]
    spoken = [message["role"] for message in state["messages"]]
    expect(spoken.count("user"), len(kwargs["group"].get_players()))
    expect(1 <= spoken.count("assistant") <= replies, True)
