"""The messages of a request in a shape that the model's service accepts.

The record has any turns: a user's in a row, an instruction between them, a reply at the beginning. Neighbours of one
role go out as one turn, which loses nothing. All else is changed only for a model whose service has refused it, and
the reply's params say what was changed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from operator import ne
from typing import Any

from ...chat_rules.speakers import is_marked, marked
from ...messages import clean

ALTERNATE, NO_SYSTEM, SYSTEM_FIRST, USER_FIRST, USER_LAST = (
    "alternate", "no_system", "system_first", "user_first", "user_last"
)  # fmt: skip
RULES = (SYSTEM_FIRST, ALTERNATE, USER_FIRST, NO_SYSTEM, USER_LAST)
"""What a model may ask for: turns that alternate, whoever they are by; no system message, or none after the others; a
user's turn first, or last. In the order in which they are tried where a refusal does not say what it wants."""
MERGED = "merged"
SILENCE = "…"
"""The user's turn where a model wants one and nobody has said anything."""
BREAK = "\n\n"

Messages = Sequence[tuple[str, str]]


def shaped(messages: Messages, rules: Collection[str] = (), authors: Sequence[str] = ()) -> list[dict[str, Any]]:
    """The messages as they are sent.

    Arguments:
        messages: pairs of role and text.
        rules: of `RULES`, those that the model's service insists on.
        authors: who wrote each message, where several people write. Their turns stay apart, unless the rules say that
            turns must alternate: then a text without its author's name begins with the author's number.

    >>> shaped([("user", "Hi."), ("user", "Anybody there?")])
    [{'role': 'user', 'content': 'Hi.\\n\\nAnybody there?'}]
    >>> shaped([("system", "Be brief."), ("user", "Hi.")], {"no_system"})
    [{'role': 'user', 'content': 'Be brief.\\n\\nHi.'}]
    """
    if rules:
        messages, authors = _ruled(messages, rules, authors)
    roles = [role for role, _ in messages]
    if all(map(ne, roles, roles[1:])):  # the usual case, and as quick as it can be
        return [{"role": role, "content": clean(text)} for role, text in messages]
    sent: list[dict[str, Any]] = []
    parts: list[str] = []
    before = ""
    for at, (role, text) in enumerate(messages):
        if role == before and not (authors and authors[at] != authors[at - 1]):
            parts.append(clean(text))
            continue
        if len(parts) > 1:
            sent[-1]["content"] = _joined(parts)
        before, parts = role, [clean(text)]
        sent.append({"role": role, "content": parts[0]})
    if len(parts) > 1:
        sent[-1]["content"] = _joined(parts)
    return sent


def _joined(parts: Sequence[str]) -> str:
    return BREAK.join(part for part in parts if part.strip()) or parts[0]


def _ruled(messages: Messages, rules: Collection[str], authors: Sequence[str]) -> tuple[Messages, Sequence[str]]:
    """The messages with the roles, and the turns, that the rules ask for."""
    if authors and ALTERNATE in rules:
        messages, authors = _numbered(messages, authors), ()
    turned = list(messages)
    leading = next((at for at, (role, _) in enumerate(turned) if role != "system"), len(turned))
    first = 0 if NO_SYSTEM in rules else leading if SYSTEM_FIRST in rules else len(turned)
    for at in range(first, len(turned)):
        if turned[at][0] == "system":
            turned[at] = ("user", turned[at][1])
    leading = min(leading, first)
    added = [""] * len(turned) if not authors else list(authors)
    if USER_LAST in rules and turned and turned[-1][0] == "system":
        turned[-1] = ("user", turned[-1][1])
        leading = min(leading, len(turned) - 1)
    if USER_LAST in rules and turned and turned[-1][0] == "assistant":
        turned.append(("user", SILENCE))
        added.append("")
    if USER_FIRST in rules and leading < len(turned) and turned[leading][0] == "assistant":
        turned.insert(leading, ("user", SILENCE))
        added.insert(leading, "")
    return turned, added if authors else ()


def _numbered(messages: Messages, authors: Sequence[str]) -> Messages:
    """The texts of several people with numbers before them, in the order in which they first speak.

    Texts that have their author's name before each line stay as they are.
    """
    pairs = [
        (turn, "" if is_marked(turn[1], author) else author) for turn, author in zip(messages, authors, strict=True)
    ]
    numbers: dict[str, int] = {}
    for _, author in pairs:
        if author:
            numbers.setdefault(author, len(numbers) + 1)
    return [(role, marked(text, f"Person {numbers[author]}") if author else text) for (role, text), author in pairs]


def words_of(messages: Messages, sent: Sequence[Mapping[str, Any]]) -> list[str]:
    """In which ways the messages that were sent differ from the turns that they were made of; none if they do not.

    Arguments:
        messages: the turns. sent: what `shaped` made of them.

    >>> turns = [("system", "Be brief."), ("assistant", "Hello!"), ("user", "Hi."), ("user", "Well?")]
    >>> words_of(turns, shaped(turns, {"no_system"}))
    ['no_system', 'merged']
    """
    roles = [turn["role"] for turn in sent]
    asked = [role for role, _ in messages]
    if roles == asked:
        return []
    found = []
    leading = next((at for at, role in enumerate(asked) if role != "system"), len(asked))
    if "system" in asked and "system" not in roles and leading < len(asked):
        found.append(NO_SYSTEM if leading else SYSTEM_FIRST)
    elif "system" in asked[leading:] and "system" not in roles[1:]:
        found.append(SYSTEM_FIRST)
    talk = [role for role in roles if role != "system"]
    spoken = asked[leading:]
    if spoken[:1] == ["assistant"] and talk[:1] == ["user"] and (NO_SYSTEM not in found or not leading):
        found.append(USER_FIRST)
    if roles[-1:] == ["user"] and (asked[-1] == "assistant" or (asked[-1] == "system" and not found)):
        found.append(USER_LAST)
    added = (USER_FIRST in found) + (USER_LAST in found and asked[-1] == "assistant")
    if len(roles) < len(asked) + added:
        found.append(MERGED)
    return found


# --- what a refusal asks for ------------------------------------------------------------------------------------------

_MUST = r"must|should|has to|have to|needs? to"
_MAY_NOT = r"(?:cannot|can't|must not|may not|not) be"
_PAIR = (
    r"user\W{1,8}(?:(?:and|or)\W{1,3})?(?:assistant|model)\b"
    r"(?!\W{1,8}(?:(?:and|or|tool|function|developer)\W{1,4}){0,4}system)"
)
"""The roles that there are, where the system's is not among them."""
_SAYS: Mapping[str, re.Pattern[str]] = {
    rule: re.compile("|".join(patterns), re.IGNORECASE)
    for rule, patterns in {
        SYSTEM_FIRST: (
            r"system\W{0,3} (?:message|role|prompt|instruction)s?\b[^\n]{0,30}?"
            rf"\b(?:{_MUST}|can|may)(?: only)? (?:be|come|appear|occur|stand)[^\n]{{0,30}}?"
            r"\b(?:begin|start|first|before)",
            r"only the first (?:message|turn)[^\n]{0,30}system",
            r"unexpected role\W{1,3}system\W{1,3}after role\W{1,3}(?:user|assistant|tool)",
            r"(?:multiple|more than one|several) system (?:message|prompt|instruction)s?",
            r"(?:only|at most) (?:one|a single) system (?:message|prompt|instruction)",
            r"system (?:message|role)s?\b[^\n]{0,20}\bin the middle",
            r"system\W{0,3} (?:message|role)s?\b[^\n]{0,20}\bonly\b[^\n]{0,20}\b(?:start|beginning|first)\b",
            r"(?:multiple|non-consecutive|several) [\w-]*\W?system (?:message|prompt|instruction)s?",
            r"role\W{1,3}system\W{1,3}must be (?:the )?first",
        ),
        NO_SYSTEM: (
            r"(?:system|developer)\W{0,3}(?: ?(?:role|message|prompt|instruction|field|content|turn)s?\W{0,2})?"
            r" ?(?:is|are|was)?(?: ?n[o']t| un)[^\n]{0,12}?(?:support|allow|enabl|permit|accept|available|valid)",
            r"(?:not|n't|no|un)[ -]?support(?:ed|s)?(?: for)?(?: an?| the| any)?\W{1,3}(?:system|developer)\b",
            r"(?:not|n't) (?:allow|accept|permit|have)(?: an?| the| any)?\W{1,3}(?:system|developer)\b",
            rf"only\W{{1,3}}(?:roles?\W[^\n]{{0,20}})?{_PAIR}[^\n]{{0,50}}",
            r"(?:invalid|unsupported|unknown|unexpected|illegal|bad)(?: message)? role\W{1,3}(?:name )?\W{0,2}"
            r"(?:system|developer)\b(?!\W{1,3}after)",
            r"role\W{1,3}(?:system|developer)\W{1,3}(?:is |was )?(?:invalid|unsupported|unknown|not|illegal)",
            rf"(?:valid|allowed|supported|permitted) (?:roles?|values?)\b[^\n]{{0,20}}\b{_PAIR}",
            rf"role\b[^\n]{{0,30}}(?:must|should) be (?:one of |in |either )?\W{{0,3}}{_PAIR}",
            rf"(?:input should be|permitted|expected)\W{{1,3}}{_PAIR}",
            r"unknown variant\W{1,3}system\b",
            r"\bsystem\W{1,3}is not one of\b",
        ),
        ALTERNATE: (
            r"(?:must|should|have to|need to|ensure)[^\n]{0,60}\b(?:alternat|interleav)",
            r"alternat\w* (?:between\b[^\n]{0,12}\b(?:user|role)|user|role|turn|message)",
            r"(?:role|message|turn|conversation)s?\b[^\n]{0,40}\b(?:alternat(?:e|es|ed|ing|ion)\b)",
            r"(?:successive|consecutive|repeated)\W{1,3}(?:user|assistant|message|role|turn)",
            r"(?:user|assistant)\W{0,3}(?: \w+){0,2} (?:in a row|back[ -]to[ -]back|consecutively)",
            r"unexpected role\W{1,3}(user|assistant)\W{1,3}after role\W{1,3}\1\b",
            r"messages? with (?:even|odd) index",
            r"\buser\W{0,3}->\W{0,3}assistant",
        ),
        USER_FIRST: (
            r"alternat\w* user\W{1,3}assistant\W{1,3}user",
            r"(?:must|should|has to|have to|needs? to|ensure)[^\n]{0,40}\b(?:start|begin)s?\b[^\n]{0,12}\buser\b",
            r"(?:first|1st)\W{1,3}(?:non-system |content |role of )?(?:message|content|turn|role)?[^\n]{0,50}"
            r"\b(?:must|should|has to|have to|needs? to)\b[^\n]{0,25}\buser\b",
            r"role\W{1,3}(?:assistant|model)\W{1,3}for (?:the )?first (?:message|turn)",
            r"role of (?:the )?first message\b[^\n]{0,20}\buser\b",
            r"unexpected role\W{1,3}assistant\W{1,3}after role\W{1,3}system",
            r"assistant\W[^\n]{0,20}\b(?:cannot|can't|must not|may not) be (?:the )?first",
        ),
        USER_LAST: (
            r"(?:must|should|has to|have to|needs? to|ensure)[^\n]{0,40}\bend(?:s|ing)?\b[^\n]{0,12}\buser\b",
            r"(?:last|final)\W{1,3}(?:message|content|turn|role)?[^\n]{0,50}"
            r"\b(?:must|should|has to|have to|needs? to|expected|expects?)\b[^\n]{0,30}\b(?:user|tool)\b",
            r"expected last (?:role|message|turn)",
            rf"(?:last|final) (?:message|turn|role|position)\b[^\n]{{0,40}}\b{_MAY_NOT}\b[^\n]{{0,20}}assistant",
            r"assistant\W[^\n]{0,30}\b(?:final|last) position",
            r"assistant\W[^\n]{0,20}\b(?:cannot|can't|must not|may not) be (?:the )?(?:last|final)",
            r"\bpre-?fill",
            r"assistant messages? at the end",
            r"no user (?:query|message|turn)s?\b[^\n]{0,20}(?:found|in|given|provided)",
            r"(?:at least|must (?:contain|have|include)|requires?)\b[^\n]{0,12}\b(?:one|a|1)\b[^\n]{0,8}"
            r"\b(?:user )?(?:message|query|turn)\b",
            r"last (?:message|turn) (?:cannot|can't|must not|may not) have role\W{1,3}assistant",
            r"contents? (?:is|are) (?:not specified|required)",
        ),
    }.items()
}  # fmt: skip


def asked_rules(words: str) -> set[str]:
    """The rules that the words of a refusal name; none where they are about something else.

    >>> sorted(asked_rules("Conversation roles must alternate user/assistant/user/assistant/..."))
    ['alternate', 'user_first']
    >>> asked_rules("System role not supported"), asked_rules("temperature is not supported")
    ({'no_system'}, set())
    """
    found = {rule for rule, said in _SAYS.items() if said.search(words)}
    return found - {NO_SYSTEM} if SYSTEM_FIRST in found else found


def learn_rules(
    known: set[str], words: str, sent: Sequence[Any], messages: Messages, authors: Sequence[str] = ()
) -> bool:
    """Note what a refusal asks for; whether the messages would be sent in another shape now.

    A refusal may name a rule that is kept already, as a template does that counts the system message among the turns
    that must alternate. Then the next rule is taken that would change anything.

    Arguments:
        known: the rules that are known, to be added to.
        words: what the service said.
        sent: the messages as they were refused. messages, authors: as in `shaped`, what they were made of.
    """
    named = asked_rules(words)
    if not named:
        return False
    if shaped(messages, known, authors) != sent:
        return True  # another request has learned it meanwhile
    for rules in (named, *({rule} for rule in RULES)):
        if not rules <= known and shaped(messages, known | rules, authors) != sent:
            known |= named | rules
            return True
    return False
