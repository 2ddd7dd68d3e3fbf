"""Draws house.svg, the map of the package: `python docs/develop/house.py`. A test sees that the picture is current.

A floor knows itself and the floors below it. The sentences are the first lines of the rooms' docstrings.
"""

from __future__ import annotations

import ast
from html import escape
from pathlib import Path
from textwrap import wrap

HERE = Path(__file__).resolve().parent
PACKAGE = HERE.parents[1] / "otree_ego"
FLOORS = (
    ("what people type", ("cli",)),
    ("the web app for built scenarios", ("builder",)),
    ("projects that run and deploy", ("projects",)),
    ("moving over from alter_ego", ("migrating",)),
    ("tests of apps", ("bots",)),
    ("oTree", ("binding",)),
    ("experiments without humans", ("experiment",)),
    ("what a Thread needs around it", ("chat_rules", "players", "recruiting", "providers", "stores", "testing")),
    ("Threads by name", ("agents",)),
    ("the core", ("threads",)),
    ("typed questions", ("questions",)),
    (
        "values and small tools",
        (
            "messages",
            "prompts",
            "parsing",
            "errors",
            "ports",
            "loops",
            "grammars",
            "json_text",
            "reading",
            "blocks",
            "seeds",
            "display",
            "languages",
        ),
    ),
)
"""Highest first. Not shown: paths, version and public, which hold facts about the package itself."""
INSIDE = {
    "binding": ("links", "chats", "decisions", "recruiting", "study", "seats", "takeover", "setup", "otree_internals"),
    "experiment": ("runs", "built", "modules", "report"),
    "providers": ("openai", "local", "batch"),
    "cli": ("forecast", "production", "shared"),
}
WIDTH, MARGIN, GAP, LINE = 960, 16, 10, 15
LETTER = 5.9
"""Width of a letter of the small type."""


def sentence(part: str) -> str:
    """The first line of a room's docstring."""
    file = PACKAGE / part.replace(".", "/")
    file = file / "__init__.py" if file.is_dir() else file.with_suffix(".py")
    words = ast.get_docstring(ast.parse(file.read_text("utf-8"))) or ""
    return words.split("\n\n")[0].replace("\n", " ").replace("`", "")


def box(x: float, y: float, width: float, part: str) -> tuple[list[str], float]:
    """One room; its lines of SVG, and its height."""
    texts = [("name", part)]
    texts += [("words", line) for line in wrap(sentence(part), int((width - 20) / LETTER))]
    for inner in INSIDE.get(part, ()):
        said = f"{inner}: {sentence(f'{part}.{inner}')}"
        texts += [("inner", line) for line in wrap(said, int((width - 36) / LETTER))]
    height = 16 + LINE * len(texts)
    lines = [f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="4" class="room"/>']
    for number, (kind, text) in enumerate(texts, 1):
        indent = 22 if kind == "inner" else 10
        lines.append(f'<text x="{x + indent:g}" y="{y + 5 + LINE * number:g}" class="{kind}">{escape(text)}</text>')
    return lines, height


def drawing() -> str:
    """The picture."""
    lines: list[str] = []
    y = float(MARGIN)
    for title, parts in FLOORS:
        lines.append(f'<text x="{MARGIN}" y="{y + 12:g}" class="floor">{escape(title)}</text>')
        y += 20
        for first in range(0, len(parts), 5):
            row = parts[first : first + 5]
            width = (WIDTH - 2 * MARGIN - GAP * (len(row) - 1)) / len(row)
            rooms = [box(MARGIN + number * (width + GAP), y, width, part) for number, part in enumerate(row)]
            tallest = max(height for _, height in rooms)
            for drawn, height in rooms:
                lines += [drawn[0].replace(f'height="{height:g}"', f'height="{tallest:g}"'), *drawn[1:]]
            y += tallest + GAP
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y + 6:g}" role="img" '
        'aria-label="The rooms of otree_ego, floor by floor; each knows itself and the floors below">'
    )
    style = (
        "<style>text{font-family:'DejaVu Sans',Verdana,sans-serif;font-size:11px;fill:#222}"
        ".floor{fill:#666}.name{font-weight:bold;font-size:13px}.inner{fill:#444}"
        ".room{fill:#f4f6f8;stroke:#8899aa}</style>"
    )
    return "\n".join([head, style, '<rect width="100%" height="100%" fill="#fff"/>', *lines, "</svg>"]) + "\n"


if __name__ == "__main__":
    (HERE / "house.svg").write_text(drawing(), encoding="utf-8")
