"""The comprehension check: three questions that depend on the frame, the seat and the other player."""

from otree_ego import hides_ais

from .game import points, settings, words


def checks(player):
    """The questions: for each a dict of text, options (code to label), the right code, and why."""
    said, group, play = words(player), player.group, settings(player)
    some = max(1, play.endowment * 3 // 10)
    amounts = dict(some=some, rest=play.endowment - some, zero=0, endowment=play.endowment)
    given = {name: points(player, amount) for name, amount in amounts.items()}
    partner = "human" if play.human else "ai"
    if hides_ais(player):
        partner, options, right = "neutral", ("a", "me", "chance"), "a"
        if player.seat == "dictator":
            options, right = ("me", "participant", "chance"), "me"
    elif player.seat == "dictator":
        options, right = ("nobody", "participant", "me"), "participant" if play.human else "nobody"
    else:
        options, right = ("participant", "program", "me"), "participant" if play.human else "program"
    rows = [
        (f"sum_{group.frame}", "", ("some", "rest", "zero"), "rest" if group.frame == "take" else "some"),
        ("power", "", ("reject", "nothing", "change"), "nothing"),
        (player.seat, f"_{partner}", options, right),
    ]
    return [
        dict(
            text=said[f"check_{key}"].format(**given),
            options={code: given.get(code) or said[f"option_{code}"] for code in codes},
            right=right,
            why=said[f"why_{key}{ending}"].format(**given),
        )
        for key, ending, codes, right in rows
    ]
