from otree.api import Bot, Submission, SubmissionMustFail, expect

from otree_ego import ai
from otree_ego.testing.live import live

from . import Chat, Debriefing, Feedback, Introduction, manners, personas

SAID = ["Hello!", "What do you think, {name}?"]


class PlayerBot(Bot):
    cases = ["one", "two"]

    def play_round(self):
        there = personas(self.session, manners(self.session)[0])
        if there:
            yield SubmissionMustFail(Introduction, dict(nickname=there[0].name), error_fields=["nickname"])
        yield Introduction, dict(nickname=f"Kim{self.player.id_in_subsession}")
        yield Submission(Chat, check_html=False)
        yield Feedback, dict(liked=4, comment="")
        if Debriefing.is_displayed(self.player):
            yield Debriefing
        self.recorded(there)

    def recorded(self, there):
        """What each has said stands in the group's record, once; only those who are there have answered."""
        with ai(self.group) as llm:
            record = [message for message in llm.messages if message.role != "system"]
        people = [player.participant.code for player in self.group.get_players()]
        for code in people:
            expect([m.text for m in record if m.author == code], said(there))
        expect({m.author for m in record} <= {*people, *(one.name for one in there)}, True)
        expect([m.status for m in record if m.status not in ("complete", "partial")], [])
        written, together = len(SAID), sum(not m.hidden for m in record)
        expect(f"{written}</p>", "in", self.html)
        expect(f"{together}</p>", "in", self.html)


def said(there):
    return [text.format(name=there[0].name if there else "everyone") for text in SAID]


def call_live_method(method, **kwargs):
    if kwargs["page_class"] is Chat:
        players = kwargs["group"].get_players()
        there = personas(kwargs["group"].session, kwargs["group"].speaks)
        for number, text in enumerate(said(there)):
            for player in players:
                live(method(player.id_in_group, {"ego": {"do": "say", "text": text, "id": str(number)}}))
