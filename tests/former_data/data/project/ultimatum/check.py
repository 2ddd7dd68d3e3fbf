"""The comprehension check: three questions that depend on the frame, the method and the seat."""


def questions(words, group, seat, endowment, points):
    """The questions: for each a dict of text, options (code to label), the right code, and why.

    Arguments:
        words: the session's texts. points: a function that writes an amount of points.
    """
    some = max(1, endowment * 3 // 10)
    rest = endowment - some
    given = dict(some=points(some), rest=points(rest), endowment=points(endowment), zero=points(0))
    frame = group.frame
    if group.method == "strategy":
        third, right = f"strategy_{'take' if frame == 'take' else 'give'}", "rejected"
        options = ("accepted", "rejected", "later")
    elif seat == "proposer":
        third, right, options = "direct_proposer", "other", ("other", "self", "chance")
    else:
        third, right, options = "direct_responder", "seen", ("seen", "unseen", "nothing")
    rows = [
        (f"check_accepted_{frame}", ("some", "rest", "zero"), "rest" if frame == "take" else "some"),
        ("check_rejected", ("half", f"owner_{frame}", "nobody"), "nobody"),
        (f"check_{third}", options, right),
    ]
    return [
        dict(
            text=words[key].format(**given),
            options={code: given[code] if code in given else words[f"option_{code}"].format(**given) for code in codes},
            right=right,
            why=words[key.replace("check_", "why_", 1)].format(**given),
        )
        for key, codes, right in rows
    ]
