"""Makes tests/players/pages, as a real server serves them: `PYTHONPATH=.:tests python -m harness.make_pages`"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from harness.participant import Participant
from harness.project import Project
from harness.server import Server

PAGES = Path(__file__).parents[1] / "players" / "pages"
APPS = Path(__file__).with_name("player_apps")
GOOD = {
    "fields": dict(
        points="3", age="30", share="0,5", name="Ada", agree="True", colour="red", side="1", country="Chile",
    ),
    "handwritten": dict(
        likert_fair="1", likert_kind="2", fruit="a", effort="5", day="2026-02-02", mail="a@b.c", code="ABC",
        trick="none",
    ),
    "buttons": dict(plea="not"),
}  # fmt: skip


def keep(name: str, person: Participant) -> None:
    """Write down a page, without what differs each time."""
    text = re.sub(r"\s+\n", "\n", person.html).strip() + "\n"
    text = text.replace(person.code, "abcdefgh")
    text = re.sub(r"<code>[0-9a-z]{8}</code>", "<code>sessioncode</code>", text)
    text = re.sub(r'content="[0-9a-z]{4}/P1"', 'content="sess/P1"', text)
    text = re.sub(r"/join/\w+", "/join/anonymous", text)
    text = re.sub(r"(remainingTimeoutSeconds = )[\d.]+", r"\g<1>600", text)
    (PAGES / f"{name}.html").write_text(text, "utf-8")


def post(person: Participant, **fields: str) -> None:
    """Send a form and stay where it leads, with its errors."""
    person._arrive(person.http.post(person.url, data=fields, timeout=60))


def main() -> None:
    """Go through the app once, on a German server."""
    with tempfile.TemporaryDirectory() as folder:
        project = Project(Path(folder) / "project", {"fields": APPS / "fields"})
        german = (project.folder / "settings.py").read_text("utf-8").replace('CODE = "en"', 'CODE = "de"', 1)
        project.write("settings.py", german)
        with Server(project, production=False) as server:
            person = server.create_session("fields", 1).participant(0).start()
            keep("instructions", person)
            keep("fields", person.submit())
            post(person, points="99", age="3.0", share="2", agree="", colour="red")
            keep("fields_errors", person)
            for page, then in (("fields", "handwritten"), ("handwritten", "buttons"), ("buttons", "strict")):
                keep(then, person.submit(**GOOD[page]))
            post(person, answer="1", age="30")
            keep("strict_errors", person)
            post(person, answer="42", age="19")
            keep("strict_refused", person)
            keep("end", person.submit(answer="42", age="30"))


if __name__ == "__main__":
    main()
