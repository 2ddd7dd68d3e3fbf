"""The sentences with which typed questions are asked, in English and German, each of them replaceable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..languages.packs import base_of, pack_of, texts_in

PREFIX = "question_"
"""Before the keys in a session config: ``ego_word_question_only``."""
# What each text is for; the documentation's table is made from it, and PHRASES has exactly these keys in each language.
MEANINGS: dict[str, str] = {
    "only": "to the model, after a typed question; what an answer is follows",
    "reasoning": "the same where it is to reason first",
    "again": "to the model, when its answer could not be used: {answer} is what was asked for, {why} what was wrong",
    "yes": "to the model: the word for yes, where none is given",
    "no": "to the model: the word for no, where none is given",
    "or": "to the model: between yes and no",
    "options": "to the model: before the list of options",
    "number": "to the model: what a number is",
    "whole_number": "to the model: what a whole number is",
    "from_to": "to the model: the range of a number, {low} and {high}",
    "at_least": "to the model: the same without an upper end",
    "at_most": "to the model: the same without a lower end",
    "decimals": "to the model: how many decimals a number has at most, {n}",
    "decimals_one": "the same when {n} is 1",
    "text": "to the model: what a text is",
    "text_limits": "to the model: what a text is that has limits; {limits} are one or both of the next two",
    "text_least": "to the model: how many characters it has at least, {n}",
    "text_most": "to the model: how many characters it has at most, {n}",
    "and": "to the model: between the two",
    "schema": "to the model: before a JSON Schema",
}
PHRASES: dict[str, dict[str, str]] = {
    "en": {
        "only": "Answer only with ",
        "reasoning": 'Answer only with a JSON object of the form {"reasoning": …, "answer": …}: first your reasoning '
        "in a few short sentences, then your answer. The answer is ",
        "again": "Your answer could not be used: {why} Please answer again, in the form that was asked for.",
        "yes": "yes",
        "no": "no",
        "or": " or ",
        "options": "one of these options, word for word:",
        "number": "one number",
        "whole_number": "one whole number",
        "from_to": " from {low} to {high}",
        "at_least": " of at least {low}",
        "at_most": " of at most {high}",
        "decimals": ", with at most {n} decimals",
        "decimals_one": ", with at most 1 decimal",
        "text": "a text",
        "text_limits": "a text of {limits} characters",
        "text_least": "at least {n}",
        "text_most": "at most {n}",
        "and": " and ",
        "schema": "JSON that fits this JSON Schema: ",
    },
    "de": {
        "only": "Antworten Sie nur mit ",
        "reasoning": 'Antworten Sie nur mit einem JSON-Objekt der Form {"reasoning": …, "answer": …}: zuerst Ihre '
        "Überlegung in einigen kurzen Sätzen, dann Ihre Antwort. Die Antwort besteht nur aus ",
        "again": "Ihre Antwort konnte nicht verwendet werden.{why} Bitte antworten Sie noch einmal, und zwar nur mit "
        "{answer}",
        "yes": "ja",
        "no": "nein",
        "or": " oder ",
        "options": "einer dieser Möglichkeiten, Wort für Wort:",
        "number": "einer Zahl",
        "whole_number": "einer ganzen Zahl",
        "from_to": " von {low} bis {high}",
        "at_least": ", die mindestens {low} ist",
        "at_most": ", die höchstens {high} ist",
        "decimals": ", mit höchstens {n} Nachkommastellen",
        "decimals_one": ", mit höchstens einer Nachkommastelle",
        "text": "einem Text",
        "text_limits": "einem Text von {limits} Zeichen",
        "text_least": "mindestens {n}",
        "text_most": "höchstens {n}",
        "and": " und ",
        "schema": "JSON, das zu diesem JSON-Schema passt: ",
    },
}


def phrases(language: str, overrides: Mapping[str, str] | None = None) -> dict[str, str]:
    """All sentences of typed questions: those of the language, with the experimenter's own in their place.

    Arguments:
        language: e.g. ``"de"`` or ``"de-AT"``; English where there are none for it. overrides: texts by key.

    >>> phrases("de-AT", {"yes": "Ja!"})["yes"]
    'Ja!'
    """
    pack, base = pack_of(language), base_of(language)
    ours = pack is not None and "questions" in pack.sections
    code = pack.code if pack is not None and ours else base if base in PHRASES else "en"
    return {**texts_in("questions", PHRASES, language), **(overrides or {}), "language": code}


def filled(text: str, **values: Any) -> str:
    """A sentence with its values put in; any other brace stays as it is.

    >>> filled("from {low}, {not this}", low=0)
    'from 0, {not this}'
    """
    for name, value in values.items():
        text = text.replace("{" + name + "}", str(value))
    return text


def range_in(words: Mapping[str, str], low: float | None, high: float | None, integer: bool) -> str:
    """What a number is to be.

    >>> range_in(PHRASES["de"], 0, None, True)
    'einer ganzen Zahl, die mindestens 0 ist'
    """
    kind = words["whole_number" if integer else "number"]
    if low is not None and high is not None:
        return kind + filled(words["from_to"], low=low, high=high)
    if low is not None:
        return kind + filled(words["at_least"], low=low)
    return kind if high is None else kind + filled(words["at_most"], high=high)
