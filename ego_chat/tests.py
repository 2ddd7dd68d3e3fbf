from otree.api import Bot, Submission, expect

from otree_ego import ai
from otree_ego.testing.live import live

from . import Chat, Debriefing, Name, texts


class PlayerBot(Bot):
    def play_round(self):
        yield Name, dict(nickname="Ada")
        yield Submission(Chat, check_html=False)
        if Debriefing.is_displayed(self.player):
            yield Debriefing
        with ai(self.player) as llm:
            asked = [m.text for m in llm.messages if m.role == "user" and not m.hidden]
            answered = [m for m in llm.messages if m.role == "assistant"]
        expect(asked, ["Hello!", "What is your favourite colour?"])
        expect([m.status in ("complete", "partial") for m in answered], [True, True])
        expect(all(m.text for m in answered), True)
        expect(f"{texts(self.player)['replies']} {len(answered)}", "in", self.html)


def call_live_method(method, **kwargs):
    if kwargs["page_class"] is Chat:
        for player in kwargs["group"].get_players():
            for number, text in enumerate(["Hello!", "What is your favourite colour?"]):
                live(method(player.id_in_group, {"ego": {"do": "say", "text": text, "id": str(number)}}))
