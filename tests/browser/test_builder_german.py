"""Whatever the builder's server can say has a German sentence."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from otree_ego.experiment.built.problems import find_problems

ROOT = Path(__file__).parents[2] / "otree_ego"
SAID = [*sorted((ROOT / "builder").glob("*.py")), *sorted((ROOT / "experiment" / "built").glob("*.py"))]
NOT_SHOWN = {
    # to programs, in the log, or parts of the sentences below
    '"true" | "false"', "stop at end", "cannot be filled", "The built scenario", "The builder's connection broke.",
    "no such word",
    "The builder could not answer %s.", "true or false", "a whole number", "a field without a name",
    "said once to each Thread, before the first round", "asked of each Thread in each round", "A built scenario",
    "who sits at the table: [i, thread]", "by name, then by treatment", "how much all models are to reason",
    "a filter for each Thread, in their order, or by their numbers", "how much all models are to say",
    "what alter_ego does not know: each seat's typed answer and parameters", "it is kept as text",
    # to scripts
    "A built scenario is a file, its text or a dict, not 7.", "The built scenario is not JSON: 7.",
    "The scenario has 7 seats, and the Conversation 7 Threads.",
}  # fmt: skip
PARTS = re.compile(
    r"(GPTThread|default-src|style-src|import runpy|\{\{ a|id: 7|\{\"seconds|7: 7$|77$| and 7 more| in round 7$"
    r"| \(asked|\(\?|\\b|number\|)"
)
NEWER = "was written by a newer otree_ego (its format is 2, this one knows 1): pip install -U otree-ego"
NO_NUMBER = "'x' is no number. Nothing is saved until there is one"
WHOLE = {
    # what stands in the code, and a whole sentence that comes of it
    "are called {!r:.80}: rename one. Nothing is saved until then": (
        "Two variables are called 'x': rename one. Nothing is saved until then"
    ),
    "Two 7 7": "Two treatments are called 'x': rename one. Nothing is saved until then",
    "7 is no number": NO_NUMBER,
    "7. Nothing is saved until there is one": NO_NUMBER,
    "A number is missing": "A number is missing. Nothing is saved until there is one",
    "did you mean 7?": "found the name 'x', which nothing defines; did you mean y?",
    "variables are 7": "found the name 'x', which nothing defines; variables are y",
    "found the name 7, which nothing defines; 7": "found the name 'x', which nothing defines; variables are none",
    "for thread 7": "for thread 7: the answer '' cannot be read: it is empty",
    "7 in the treatment 7: 7": "for thread 7 in round 1 in the treatment 'a': its process was ended",
    "7: the answer 7 cannot be read: 7": "for thread 7 in round 1: the answer 'a' cannot be read: it is empty",
    "7: prompts.7 7: 7": "/a.json: prompts.user for thread 1 in round 2: its process was ended",
    "7: pip install -U otree-ego": NEWER,
    "was written by a newer otree_ego (its format is 7, this one knows 7)": NEWER,
    "7 The answer7: 7": "'x' is not one number: it has no number. The answer (asked 2 times): 'x'",
    "the field 7 twice": "found the field 'x' twice",
    "found 7": "found a field without a name",
    "found 7, which is not 7; it is kept as text": "found 'x', which is not a number; it is kept as text",
    "a 7number from 7 to 7": "found 3, expected a whole number from 1 to 1,000,000",
    "7: together they are too long to check all": (
        "the prompts of the first 3 of 60 treatments are checked: together they are too long to check all"
    ),
    "the prompts of the first 7 of 7 treatments are checked": (
        "the prompts of the first 3 of 60 treatments are checked: together they are too long to check all"
    ),
    "in the treatment7 7: ": "in the treatment a: the filter reads JSON, and the prompts never ask for it (thread 7)",
    "77 (thread 7)": "the filter reads JSON, and the prompts never ask for it (thread 7)",
    "its 7, 7, has more decimals": "'x' is not JSON of the form that was asked for: its keep, 2.5, has more decimals",
    "one of 7": "found 3, expected one of low, high",
    "7 (thread 7)": "the filter reads JSON, and the prompts never ask for it (thread 7)",
    "7 cannot be read: 7.": "/a/b.json cannot be read: Permission denied.",
    "7 cannot be read: it is no file.": "/a/b.json cannot be read: it is no file.",
    "it takes longer than 7 second7": "it takes longer than 7 seconds",
    "the prompts never name the field7 7, which the answer must have": (
        "the prompts never name the fields a, b, which the answer must have (thread 7)"
    ),
    "7 is not a scenario that can be played:7": (
        "The built scenario is not a scenario that can be played:\n- prompts.user: no prompt uses it\n- and 3 more."
    ),
}
BROKEN = [
    "{{", "{% if", "{% foo %}", "{{ a | nofilter }}", "{% if a %}x", "{# a", "{{ a b }}", "{{ & }}", "{{ ) }}",
    "{{ (a }}",
    "{{ a is foo }}", "{% endif %}", "{{ }}", "{% %}", "{{ 'x }}", "{% set 1 = 2 %}",
]  # fmt: skip
GAME = {
    "threads": [[1, "CLIThread"]], "treatments": ["a"], "rounds": 1, "variables": {}, "filters": [["As is"]],
}  # fmt: skip
OTHERS = """
'x' is not one whole number from 0 to 10: it has no number.
'x' is not one number of at least 3: 2 is out of range.
'x…' is not exactly one of 'a', 'b': it has none of them.
'no' is not a text of at least 3 and at most 9 characters: it has 2 characters.
There is no one whole number from 3 to 2.
The same option stands twice in ['a', 'a'].
No text has at least 5 and at most 2 characters.
The template is too deep or too large (RecursionError): '{{ '.
'x' was not given to the template in line 2; it knows a.
The template gives more than 1,000,000 characters: 'x'.
none of 3 replications has an answer
2 of 3 replications were played
the budget of 1.0 US dollars is reached (1.2 spent)
3 replications failed one after the other (KeyMissing: no key)
The replication was broken off.
1 replication waits until 12:00:00: openai asks for a pause of 3 s (HTTP 429)
3 replications wait: openai asks for fewer requests (HTTP 429)
The run was ended while the reply was under way.
its process ended
ValueError: no
ego: no key for the service 'openai' was found. Looked in the code. To fix it, set OPENAI_API_KEY=… and restart.
""".strip().split("\n")
"""Of other modules, and shown in the page."""
ENGLISH = re.compile(
    r"\b(the|is|are|not|with|which|of|expected|unexpected|there|has|and|or|must|seconds?)\b", re.IGNORECASE
)
QUOTED = re.compile(r"'[^']*'|\[.*\]|\".*\"|\{.*\}|\w+Error: .*")
IN_GERMAN = "async (told) => { const { inGerman } = await import('/problem_words.js'); return told.map(inGerman); }"


def said_in(path: Path) -> Iterator[str]:
    """The texts of a module that are sentences, or may be parts of one; what is filled in is a 7."""
    tree = ast.parse(path.read_text("utf-8"))
    left_out: set[int] = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        for each in body if isinstance(body, list) else ():
            if isinstance(each, ast.Expr):
                left_out.add(id(each.value))
        if isinstance(node, ast.JoinedStr):
            left_out |= {id(each) for each in node.values}
    for node in ast.walk(tree):
        text = ""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        elif isinstance(node, ast.JoinedStr):
            text = "".join(str(each.value) if isinstance(each, ast.Constant) else "7" for each in node.values)
        if id(node) not in left_out and text.count(" ") >= 2 and re.search(r"[a-z]{2}", text):
            yield text


def sentences(path: Path) -> Iterator[str]:
    """The whole sentences of a module."""
    for text in said_in(path):
        if text in NOT_SHOWN or (text not in WHOLE and PARTS.match(text)):
            continue
        whole = WHOLE.get(text, text)
        if path.name == "format.py" and not whole.startswith(("found", "is missing")):
            whole = f"is missing; expected: {whole}"
        of_filter = path.name == "readings.py" and whole.startswith(("the prompts", "the filter", "7 "))
        yield f"{whole} (thread 7)" if of_filter and "thread" not in whole else whole


def test_whatever_the_server_says_has_a_german_sentence(builder: Any, browser_page: Any) -> None:
    told = [*OTHERS, *(each for path in SAID for each in sentences(path))]
    prompts = [{"system": "", "user": text} for text in BROKEN]
    found = [each for given in prompts for each in find_problems({**GAME, "prompts": given}) if each.kind == "syntax"]
    assert len(told) > 120 and len(found) == len(BROKEN)
    told += [each.words for each in found]
    german = browser_page.evaluate(IN_GERMAN, told)
    assert [before for before, after in zip(told, german, strict=True) if before == after] == []
    assert [after for after in german if ENGLISH.search(QUOTED.sub("", after))] == []
