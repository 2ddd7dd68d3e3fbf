"""Filling the templates of a built file, which may come from anybody: limited in time and memory.

A template that only names values is filled at once. One that loops, calls or calculates is filled in a process of its
own, which is ended when it takes too long.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from ...errors import PromptError
from ...loops import in_thread
from ...prompts import Prompt, template_tree
from ...providers.local.apart import apart
from ...threads.state import PublicView

SECONDS = 2
"""Time of the processor that one filling may take."""
PATIENCE = 30.0
"""Seconds that are waited for it, however busy the machine is; where the processor's time is not limited, a third."""
MOST_WORDS = 20_000
"""Words and signs in a template's tags: reading them takes about a second."""
MOST_CHARACTERS = 1_000_000
TOGETHER = 500
"""Templates that are sent at once."""
MOST_KEPT = 8_000_000
"""Characters of texts, and of what they were made of, that are kept."""
_STARTER = "import runpy, sys; script, *sys.path = sys.argv[1:]; runpy.run_path(script, run_name='__main__')"
_PLAIN = frozenset((
    "And", "Assign", "Compare", "CondExpr", "Const", "Getattr", "Getitem", "If", "Name", "Neg", "Not", "Operand", "Or",
    "Output", "Sub", "Template", "TemplateData",
))  # fmt: skip
"""What a template may have to be filled in this process: its time and its text grow with what it is given only.

A sum, a product or `~` is not among them: set again and again, it doubles what it is given.
"""
_PLAIN_CALLS = frozenset((
    "capitalize", "count", "d", "default", "defined", "even", "first", "float", "int", "last", "length", "lower",
    "none", "number", "odd", "string", "trim", "undefined", "upper",
))  # fmt: skip
"""Filters and tests of which the same is true."""
_READING = frozenset(("capitalize", "float", "int", "lower", "string", "trim", "upper"))
MOST_READING = 20
"""Filters of a plain template that read a whole text, which may be long."""


class TemplateLimit(PromptError):
    """A template needs more time or memory than it may have."""


class Allowance:
    """Seconds that several templates may take together, for somebody who waits: by the clock, not the processor's.

    Arguments:
        seconds: how long. A template that is filled at once takes nothing of it.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = self.left = seconds

    @property
    def words(self) -> str:
        """What is said when they are over."""
        return f"the prompts take longer than {self.seconds:g} seconds to be filled"


@lru_cache(maxsize=64)
def check_size(template: str) -> None:
    """See that reading a template takes no longer than a second or so.

    Raises:
        PromptError: it is too large.
    """
    if len(template) > MOST_CHARACTERS:
        raise PromptError(f"The template has {len(template):,} characters; it may have {MOST_CHARACTERS:,}.")
    if len(template) <= MOST_WORDS:
        return  # each of them has a character
    from jinja2 import Environment, TemplateSyntaxError

    words = 0
    with contextlib.suppress(TemplateSyntaxError):  # which is said when it is read
        for _, kind, _ in Environment(autoescape=False).lex(template):
            words += kind not in ("data", "whitespace", "comment", "linecomment")
            if words > MOST_WORDS:
                raise PromptError(f"The template has more than {MOST_WORDS:,} words and signs in its tags.")


async def rendered(prompt: Prompt, variables: Mapping[str, Any]) -> str:
    """A template's text.

    Arguments:
        prompt: the template, from anybody. variables: what it may name.

    Raises:
        PromptError: it cannot be filled, or takes too much time or memory.

    >>> import asyncio
    >>> asyncio.run(rendered(Prompt("{% for i in range(n) %}{{ i }}{% endfor %}"), {"n": 3}))
    '012'
    """
    if is_plain(prompt.template):
        return prompt.render(**variables)
    return await in_thread(lambda: rendered_here(prompt, variables), "otree_ego-template")


def rendered_here(
    prompt: Prompt, variables: Mapping[str, Any], seconds: int | None = None, allowance: Allowance | None = None
) -> str:
    """The same for plain functions, which wait for it.

    Arguments:
        prompt, variables: see `rendered`. seconds: of the processor's time; by default as in a run.
        allowance: what it may take together with others; by default as long as in a run.

    Raises:
        TemplateLimit: it takes too much time or memory. PromptError: it cannot be filled.

    >>> rendered_here(Prompt("{{ 6 * n }}"), {"n": 7})
    '42'
    """
    if is_plain(prompt.template):
        return prompt.render(**variables)
    return _process.filled(prompt, variables, SECONDS if seconds is None else seconds, allowance)


def task_of(prompt: Prompt, variables: Mapping[str, Any]) -> str:
    """What the process that fills templates is sent of one.

    Raises:
        PromptError: it cannot be sent.
    """
    values = {name: sent(variables[name]) for name in prompt.names if name in variables}
    try:
        return json.dumps(dict(template=prompt.template, values=values, known=sorted(variables)))
    except (ValueError, RecursionError) as error:
        raise PromptError(f"What the template names cannot be sent to it: {error}.") from None


def fill_together(tasks: Sequence[str], seconds: int, allowance: Allowance | None = None) -> None:
    """Fill many templates in the time of a few; `rendered_here` then has their texts at once.

    Arguments:
        tasks: see `task_of`. seconds, allowance: of all of them; see `rendered_here`.
    """
    _process.filled_together(tasks, seconds, allowance)


@lru_cache(maxsize=128)
def is_plain(template: str) -> bool:
    """Whether a template only names values, asks what they are, and takes them from each other.

    >>> is_plain("{% if round == 1 %}{{ name }}{% endif %}"), is_plain("{{ pot - taken }}"), is_plain("{{ 'x' * n }}")
    (True, True, False)
    """
    from jinja2 import nodes

    tree = template_tree(template)
    if sum(node.name in _READING for node in tree.find_all(nodes.Filter)) > MOST_READING:
        return False
    return all(
        type(node).__name__ in _PLAIN or (isinstance(node, nodes.Filter | nodes.Test) and node.name in _PLAIN_CALLS)
        for node in (tree, *tree.find_all(nodes.Node))
    )


def sent(value: Any, levels: int = 100) -> Any:
    """A value as JSON can hold it, for the renderer: objects as their attributes."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if not levels:
        raise PromptError("A variable of the template is nested too deeply.")
    if isinstance(value, tuple):
        return {"tuple": [sent(each, levels - 1) for each in value]}
    if isinstance(value, list | set | frozenset):
        return [sent(each, levels - 1) for each in value]
    if isinstance(value, Mapping):
        return {"pairs": [[sent(name, levels - 1), sent(each, levels - 1)] for name, each in value.items()]}
    names = value._names if isinstance(value, PublicView) else getattr(value, "__dict__", {})
    kept = {name: sent(each, levels - 1) for name, each in names.items() if not str(name).startswith("_")}
    return {"names": kept, "written": str(value), "type": type(value).__name__, "module": type(value).__module__}


class _Process:
    """The renderer, started when it is first needed, and again when it was ended; one template at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: subprocess.Popen[str] | None = None
        self._owner = 0
        self._kept: dict[str, str] = {}  # texts by their tasks, the oldest first
        self._size = 0
        self._failed: tuple[tuple[str, int], float, dict[str, Any]] = ("", 0), 0.0, {}
        atexit.register(self.close)

    def filled(
        self, prompt: Prompt, variables: Mapping[str, Any], seconds: int, allowance: Allowance | None = None
    ) -> str:
        """See `rendered_here`."""
        task = task_of(prompt, variables)
        with self._lock:
            if task in self._kept:
                return self._kept[task]
            answer = self._ask_for(task, seconds, allowance)
        if "text" not in answer:
            kind = TemplateLimit if answer.get("limit") else PromptError
            raise kind(answer.get("error", "The process that fills it ended."))
        return str(answer["text"])

    def filled_together(self, tasks: Sequence[str], seconds: int, allowance: Allowance | None) -> None:
        """See `fill_together`."""
        with self._lock:
            wanted = [each for each in dict.fromkeys(tasks) if each not in self._kept]
            # The first one shows whether they end at all.
            first = self._ask_for(wanted.pop(0), seconds, allowance) if wanted else {}
            given = 0
            while wanted and not first.get("limit") and given < MOST_KEPT // 2:
                part = wanted[:TOGETHER]
                line = f'{{"seconds": {seconds}, "several": [{", ".join(part)}]}}'
                answers = self._ask(line, seconds, allowance).get("several", [])
                for task, answer in zip(part, answers, strict=False):
                    if "text" in answer:
                        self._keep(task, answer["text"])
                        given += len(answer["text"])
                if not answers:
                    return  # one of them takes too long: which one is found where they are filled one by one
                del wanted[: len(answers)]

    def _ask_for(self, task: str, seconds: int, allowance: Allowance | None) -> dict[str, Any]:
        """The answer to one task; one that took too long just now is not tried again."""
        failed, when, answer = self._failed
        if failed == (task, seconds) and time.monotonic() - when < SECONDS:
            return answer
        answer = self._ask(f'{{"seconds": {seconds}, {task[1:]}', seconds, allowance)
        if answer.get("limit"):
            self._failed = (task, seconds), time.monotonic(), answer
        elif "text" in answer:
            self._keep(task, answer["text"])
        return answer

    def _keep(self, task: str, text: str) -> None:
        if task in self._kept:
            return
        self._kept[task] = text
        self._size += len(task) + len(text)
        while self._size > MOST_KEPT:
            oldest = next(iter(self._kept))
            self._size -= len(oldest) + len(self._kept.pop(oldest))

    def _ask(self, task: str, seconds: int, allowance: Allowance | None) -> dict[str, Any]:
        if allowance and allowance.left <= 0:
            return {"error": allowance.words, "limit": True}
        process = self._started()
        assert process.stdin is not None and process.stdout is not None
        late, begun = threading.Event(), time.monotonic()

        def end() -> None:
            late.set()
            process.kill()

        most = PATIENCE if hasattr(signal, "SIGXCPU") else PATIENCE / 3
        timer = threading.Timer(allowance.left if allowance else most, end)
        timer.daemon = True
        timer.start()
        try:
            process.stdin.write(task + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except OSError:
            line = ""
        finally:
            timer.cancel()
            if allowance:
                allowance.left -= time.monotonic() - begun
        if line.endswith("\n"):
            found: dict[str, Any] = json.loads(line)
            return found
        code = self._ended(process)
        if allowance and late.is_set():
            return {"error": allowance.words, "limit": True}
        too_long = late.is_set() or code == -getattr(signal, "SIGXCPU", 0)
        longer = f"it takes longer than {seconds} second{'s' * (seconds != 1)}"
        return {"error": longer if too_long else "its process was ended", "limit": True}

    def _ended(self, process: subprocess.Popen[str]) -> int:
        code = process.wait()
        self._running = None
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        return code

    def _started(self) -> subprocess.Popen[str]:
        if self._running is not None and self._owner == os.getpid() and self._running.poll() is None:
            return self._running
        script = Path(__file__).with_name("renderer.py")
        path = [str(Path(__file__).resolve().parents[3]), *sys.path]
        self._running, self._owner = subprocess.Popen(
            [sys.executable, "-I", "-c", _STARTER, str(script), *path],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8",
            **apart(),
        ), os.getpid()  # fmt: skip
        # It says so when it can begin: what it needs to start is no template's time.
        assert self._running.stdout is not None
        self._running.stdout.readline()
        return self._running

    def close(self) -> None:
        """End it."""
        process, self._running = self._running, None
        if process is None or self._owner != os.getpid():
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()


_process = _Process()
