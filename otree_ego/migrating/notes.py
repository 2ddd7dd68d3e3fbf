"""What no machine can decide: places that a person must look at, each with a sentence that says what to do."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from .names import AGENTS, OLD
from .source import Source

THREADS = frozenset({"Thread", "APIThread", *AGENTS})
METHODS = ("send", "get_model_output", "get_api_key", "_get_client", "prepare", "memorize", "submit", "save", "cost")
KEY = re.compile(r"\b(?:sk|gsk|xai|AIza)[-_][A-Za-z0-9_-]{12,}")
ATTRIBUTES = {
    "html_history": "there is no html_history: the page's chat is {{ include 'otree_ego/chat.html' }}, and "
    "to_html(message['content']) makes a text safe for a page.",
    "history_hooks": "there are no hooks on the history: every message is recorded as it comes, and submit(…, "
    "on_piece=function) is told of each piece of a reply.",
    "_history": "a Thread's own list of messages is not there to be changed: read thread.history or thread.messages, "
    "write with memorize(role, text).",
    "get_model_output": "a Thread does not call its service by itself: submit() does, and thread.last_reply has what "
    "came.",
}
KEYWORDS = {
    "extra_for_client": "there is no client to set up: give base_url= to the Thread, or declare the service with "
    "declare_service(…).",
    "extra_for_module": "there is no module to set up: give base_url= to the Thread, or declare the service with "
    "declare_service(…).",
}
LOG = (
    "a Thread has no log: everything is recorded by itself, thread.messages has it with models, tokens and times, and "
    "thread.history what the model sees. Set thread.log yourself if it is an attribute of your own."
)
_LOGGERS = re.compile(r"log(?:s|ger|ging)?|math|cmath|np|numpy|torch|tf|console|self", re.IGNORECASE)
FRAMEWORK = re.compile(r"\bhtml_history\b")


def look(source: Source, names: Mapping[str, str]) -> None:
    """Add the notes for one file.

    Arguments:
        source: a file that imports alter_ego.
        names: what it imported, by local name.
    """
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef):
            _subclass(source, node, names)
        elif isinstance(node, ast.FunctionDef) and node.name == "live_method":
            _live(source, node)
        elif isinstance(node, ast.Attribute):
            _attribute(source, node)
        elif isinstance(node, ast.keyword):
            _keyword(source, node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            _string(source, node, node.value)
        elif isinstance(node, ast.Call):
            _call(source, node)


def template_notes(name: str, text: str) -> Iterator[tuple[int, str]]:
    """Lines of an oTree template that need a person, each with a sentence.

    >>> [line for line, _ in template_notes("Chat.html", "<p>\\n{{ llm.html_history }}")]
    [2]
    """
    for number, line in enumerate(text.splitlines(), 1):
        if FRAMEWORK.search(line):
            yield number, ATTRIBUTES["html_history"]


def _subclass(source: Source, node: ast.ClassDef, names: Mapping[str, str]) -> None:
    bases = [base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "") for base in node.bases]
    if not any(base in THREADS and (base in names or base in THREADS - {"Thread"}) for base in bases):
        return
    own = [each.name for each in node.body if isinstance(each, ast.FunctionDef) and each.name in METHODS]
    what = f": its {', '.join(f'{name}()' for name in own)} is not called by otree_ego" if own else ""
    source.note(
        node,
        f"class {node.name} is a kind of Thread of its own{what}. A service of your own is declared with "
        "declare_service(…); answers from your code are a ScriptedThread(function).",
    )


def _live(source: Source, node: ast.FunctionDef) -> None:
    if any(isinstance(each, ast.Attribute) and each.attr == "submit" for each in ast.walk(node)):
        source.note(
            node,
            "all participants wait while this method waits for the model: write it as async def, with "
            "async with ai(player) as llm: answer = await llm.submit(…), and yield what it returned.",
        )


def _attribute(source: Source, node: ast.Attribute) -> None:
    if sentence := ATTRIBUTES.get(node.attr):
        source.note(node, sentence)
    elif node.attr == "log" and isinstance(node.ctx, ast.Load) and _is_of_thread(source, node):
        source.note(node, LOG)
    elif isinstance(node.value, ast.Attribute) and node.value.attr == "all" and node.attr in ("submit", "user"):
        source.note(node, f"convo.all has no {node.attr}(): go through the Conversation, for thread in convo: …")


def _is_of_thread(source: Source, node: ast.Attribute) -> bool:
    """Whether a `log` may be a Thread's: nobody sets one here, and it is that of no module and no logger."""
    below = ast.walk(source.tree)
    for each in below:
        if isinstance(each, ast.Attribute) and each.attr == "log" and not isinstance(each.ctx, ast.Load):
            return False
        if isinstance(each, ast.keyword) and each.arg == "log":
            return False
        names = each.names if isinstance(each, ast.Import) and isinstance(node.value, ast.Name) else []
        if any((alias.asname or alias.name).partition(".")[0] == ast.unparse(node.value) for alias in names):
            return False
    last = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
    return bool(last) and not _LOGGERS.fullmatch(last)


def _keyword(source: Source, node: ast.keyword) -> None:
    if sentence := KEYWORDS.get(node.arg or ""):
        source.note(node.value, sentence)
    if node.arg == "api_key" and isinstance(node.value, ast.Constant) and node.value.value:
        source.note(
            node.value,
            "a key stands in the source: whoever gets this file has it. Put it into the environment "
            "(OPENAI_API_KEY) or into a key file, and make a new one.",
        )


def _string(source: Source, node: ast.Constant, text: str) -> None:
    parent = source.parents.get(node)
    if isinstance(parent, ast.Expr) or (isinstance(parent, ast.keyword) and parent.arg == "api_key"):
        return
    if KEY.search(text):
        source.note(
            node,
            "this looks like a key in the source: put it into the environment or into a key file, and make a new one.",
        )
    elif f"{OLD}." in text or text == OLD:
        source.note(node, f"a text names {OLD}: if it is used to import something, change it.")


def _call(source: Source, node: ast.Call) -> None:
    called = ast.unparse(node.func)
    if called in ("pickle.load", "pickle.loads") or called.endswith(".read_pickle"):
        source.note(
            node,
            "old pickles of Threads are not read, because loading a pickle can run code: the JSON files beside them "
            "and exported tables stay readable; new data is in ego.sqlite3.",
        )
    elif called.rpartition(".")[2] == "TextSynthThread" and not (node.args or node.keywords):
        source.note(node, "TextSynthThread takes the engine's name, e.g. TextSynthThread('mistral_7B').")
