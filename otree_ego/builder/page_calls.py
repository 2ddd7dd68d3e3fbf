"""What the page can ask for: the file, its problems and previews, saving, scenarios to start from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..errors import ConfigError, EgoError
from ..experiment.built.kept_previews import KeptPreviews
from ..experiment.built.preview import Preview, PreviewMessage, preview, previews
from ..experiment.built.problems import problems_of
from ..experiment.built.reader import Built, examine
from ..experiment.built.rendering import Allowance
from .gallery_scenarios import gallery_scenarios
from .page_choices import known_to_the_page
from .run_results import Download, RunResults
from .scenario_file import Changed, ScenarioFile
from .scenario_folder import ScenarioFolder
from .scenario_text import NotSaved, page_content, page_form, page_text
from .started_runs import StartedRuns
from .text_differences import MOST_KEPT, Differences

MOST_PROBLEMS = 300
PATIENCE = 1.4
"""Seconds that all prompts together may take to be filled when they need a process of their own."""
FILLED = ("cannot be filled",)
"""Errors in spite of which there is a preview, which shows where they are."""
MOST_SHOWN, MOST_CHARACTERS = 400, 1_000_000
"""Messages of a preview that the page gets, and characters of all of them; the first one is always shown."""


class Calls:
    """Answers the page.

    Arguments:
        file: what it edits at first; others in its folder can be opened by their names. runs: runs of them.
    """

    def __init__(self, file: ScenarioFile, runs: StartedRuns) -> None:
        self.file, self.runs, self.results = file, runs, RunResults(runs.store)
        self.folder = ScenarioFolder(file)
        self._differences = KeptPreviews(MOST_KEPT)
        self._previews = KeptPreviews()  # of the treatments, for the next keystroke
        self._known: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
            "open": self._open, "look": self._look, "save": self._save, "read": self._read, "start": self._start,
            "version": self._version, "files": self._files, "make": self._make, "text": self._text, "run": runs.start,
            "stop": lambda _: runs.stop(), "watch": runs.watch, "answer": runs.answer, "table": self.results.table,
            "figures": self.results.figures, "find": self.results.find,
        }  # fmt: skip

    def download(self, given: Any) -> Download | dict[str, Any]:
        """A file of a run's; a sentence under `error` if there is none."""
        try:
            return self.results.download(given if isinstance(given, dict) else {})
        except EgoError as error:
            return {"error": str(error)}

    def answer(self, name: str, given: Any) -> dict[str, Any] | None:
        """What comes of one call; None if there is no such call. A sentence under `error` if it cannot be done."""
        call = self._known.get(name)
        if call is None:
            return None
        try:
            asked = dict(given) if isinstance(given, dict) else {}
            # A path never comes from the page: a name does, and the folder is the command line's.
            return call({**asked, "path": str(self.folder.file(asked.get("file")).path)})
        except NotSaved as error:
            return {"unsaved": [each.plain() for each in error.problems]}
        except EgoError as error:
            return {"error": str(error)}

    def _open(self, given: Mapping[str, Any]) -> dict[str, Any]:
        file = self.folder.file(given.get("file"))
        found: dict[str, Any] = {
            "name": file.path.name, "path": str(file.path), "version": "", "form": None, **known_to_the_page()
        }  # fmt: skip
        try:
            text, found["version"] = file.read()
            found["form"] = None if text is None else page_form(str(file.path), text)
        except ConfigError as error:
            # Its version is kept from the page, which would take it as seen and write over it.
            found.update(version="", error=str(error))
        return found

    def _text(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """What a file would have."""
        return {"text": page_text(given.get("form") or {})[0]}

    def _version(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Of what the file has now."""
        return {"version": self.folder.file(given.get("file")).version()}

    def _files(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The scenarios beside the file."""
        return {"folder": str(self.file.path.parent), "names": self.folder.names()}

    def _make(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The scenario under another name, which nobody has yet."""
        text, _ = page_text(given.get("form") or {})
        file = self.folder.new_file(given.get("name"))
        return {"name": file.path.name, "version": file.write(text, "")}

    def _read(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """A scenario that was pasted or dropped."""
        return {"form": _editable(page_form("The text", str(given.get("text", ""))))}

    def _start(self, given: Mapping[str, Any]) -> dict[str, Any]:
        for each in gallery_scenarios():
            if each.name == given.get("name"):
                return {"form": page_form(each.name, each.text)}
        raise ConfigError(f"There is no scenario {given.get('name')!r:.80} to start from.")

    def _save(self, given: Mapping[str, Any]) -> dict[str, Any]:
        text, _ = page_text(_editable(given.get("form") or {}))
        try:
            return {"version": self.folder.file(given.get("file")).write(text, str(given.get("version", "")))}
        except Changed as changed:
            return {"changed": {"version": changed.version, "gone": changed.text is None, "diff": changed.differences}}

    def _look(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Problems, and the preview of one treatment; beside another one where that is asked for."""
        version = self.folder.file(given.get("file")).version()
        try:
            data, problems = page_content("The scenario", given.get("form") or {})
        except NotSaved as error:
            plain = [each.plain() for each in error.problems]
            return {"problems": plain, "count": len(plain), "preview": None, "version": version}
        examined = examine("The scenario", data)
        allowance = Allowance(PATIENCE)
        kept = self._previews.copy()
        kept_as_text = {each.path for each in problems}
        found_too = problems_of(examined, allowance, kept)
        problems += [each for each in found_too if each.kind != "mixed kinds" or each.path not in kept_as_text]
        found: dict[str, Any] = {
            "problems": [each.plain() for each in problems[:MOST_PROBLEMS]], "count": len(problems), "preview": None,
            "version": version,
        }  # fmt: skip
        if not any(each.level == "error" and each.kind not in FILLED for each in problems):
            differences = Differences(self._differences.copy())
            found["preview"] = _preview(examined.built(), given, allowance, kept, differences)
            self._differences = differences.kept
        self._previews = kept
        return found


def _editable(form: Any) -> Any:
    """Refuse a scenario of a newer version, of which this one would lose something."""
    if isinstance(form, dict) and form.get("newer"):
        raise ConfigError(f"The scenario {form['newer']}. It is shown, and cannot be changed here.")
    return form


def _preview(
    built: Built, given: Mapping[str, Any], allowance: Allowance, kept: KeptPreviews, differences: Differences
) -> dict[str, Any]:
    names = [each.name for each in built.treatments]
    name = str(given.get("treatment")) if given.get("treatment") in names else names[0]
    answers = _answers(given.get("answers"))

    def of(treatment: str) -> Preview:
        if answers:
            return preview(built, treatment, answers=answers, allowance=allowance)
        return next(previews(built, [built.treatment(treatment)], allowance=allowance, kept=kept))

    shown = of(name)
    first = list(_first(shown))
    found = {**vars(shown), "messages": [dict(vars(each)) for each in first]}
    if len(first) < len(shown.messages) and not shown.stopped:
        found["stopped"] = f"The first {len(first):,} messages are shown."
    beside = given.get("beside")
    if beside in names and beside != name:
        _mark(found["messages"], of(str(beside)), differences)
    return found


def _first(shown: Preview) -> Iterator[PreviewMessage]:
    """As many messages as a page can show."""
    characters = 0
    for place, message in enumerate(shown.messages[:MOST_SHOWN]):
        characters += len(message.text)
        if place and characters > MOST_CHARACTERS:
            return
        yield message


def _answers(given: Any) -> dict[int, list[str]]:
    if not isinstance(given, dict):
        return {}
    lists = {number: each for number, each in given.items() if isinstance(each, list)}
    return {int(n): [str(e or "") for e in each] for n, each in lists.items() if re.fullmatch(r"-?\d{1,18}", n)}


def _mark(messages: list[dict[str, Any]], other: Preview, differences: Differences) -> None:
    """Where each message differs from that of another treatment: pieces of it, each with whether it is the same."""
    texts = {(each.seat, each.round, each.role): each.text for each in other.messages}
    for message in messages:
        there = texts.get((message["seat"], message["round"], message["role"]), "")
        message["pieces"] = differences.pieces(there, message["text"])
