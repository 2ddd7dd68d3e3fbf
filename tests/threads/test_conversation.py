"""Conversations: names, order, all, other and others."""

import pickle

import pytest

from otree_ego import ConstantThread, Conversation, Prompt, PromptError, StateError


def pair(**named):
    return Conversation(**(named or {"ann": ConstantThread("3"), "bob": ConstantThread("5")}))


def test_with_and_without_names():
    convo = Conversation(ConstantThread("a"), ConstantThread("b"))
    assert convo.names == ("1", "2")
    assert pair().names == ("ann", "bob")
    assert pair().bob.model == "constant/5"


@pytest.mark.parametrize(
    "make",
    [
        lambda: Conversation(),
        lambda: Conversation(ConstantThread("a"), bob=ConstantThread("b")),
        lambda: Conversation(*[ConstantThread("a")] * 2),
        lambda: Conversation(all=ConstantThread("a")),
    ],
)
def test_bad_seats_are_refused(make):
    with pytest.raises(ValueError, match="Conversation"):
        make()


def test_only_threads_sit_in_it():
    with pytest.raises(TypeError, match="made of Threads"):
        Conversation(ann="gpt-6-luna")


def test_turn_order_sets_now():
    convo = pair()
    assert [(convo.now, thread.submit("?")) for thread in convo] == [(1, "3"), (2, "5")]


def test_all_sets_attributes_everywhere_and_sends_the_system_prompt():
    convo = pair()
    convo.all.round = 2
    assert (convo.round, convo.ann.round, convo.bob.round) == (2, 2, 2)
    convo.ann.name, convo.bob.name = "Ann", "Bob"
    assert convo.all.system(Prompt("You are {{ name }}.")) == ["You are Ann.", "You are Bob."]


def test_two_have_an_other_and_three_have_others():
    two = pair()
    assert two.ann.other is two.bob
    three = Conversation(ConstantThread("a"), ConstantThread("b"), ConstantThread("c"))
    assert [t.model for t in three.threads[0].others] == ["constant/b", "constant/c"]
    with pytest.raises(AttributeError, match="other"):
        _ = three.threads[0].other


def test_a_prompt_sees_the_others_attributes_but_not_their_history():
    convo = pair()
    convo.bob.choices.append(7)
    convo.bob.submit("secret")
    convo.ann.submit(Prompt("They chose {{ other.choices[-1] }}."))
    assert convo.ann.history[0]["content"] == "They chose 7."
    for forbidden in ("other.history", "other.messages", "other._internals", "convo._threads", "convo.threads"):
        with pytest.raises(PromptError):
            convo.ann.submit(Prompt("{{ " + forbidden + " }}"))


def test_tainted_spreads_to_the_conversation():
    convo = pair()
    assert not convo.tainted
    convo.bob.tainted = True
    assert convo.tainted
    convo.all.tainted = True
    assert convo.ann.tainted


def test_it_can_be_kept():
    convo = pair()
    convo.all.round = 3
    again = Conversation.revive(convo.id, pickle.loads(convo.pickled()), convo.threads)
    assert (again.round, again.names, again.ann is convo.ann) == (3, ("ann", "bob"), True)
    with pytest.raises(StateError, match="trick"):
        convo.trick = lambda: 0
