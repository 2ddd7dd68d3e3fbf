"""What the page loads: small, from here, and as it was vendored."""

from __future__ import annotations

import gzip
import hashlib
import re
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "_static" / "otree_ego" / "builder"
SERVED = [each for each in FOLDER.iterdir() if each.suffix in (".html", ".css", ".js", ".svg")]


def test_vendored_files_are_those_of_the_table() -> None:
    rows = re.findall(r"^\| `(\S+)` .*`([0-9a-f]{64})` \|$", (FOLDER / "README.md").read_text("utf-8"), re.MULTILINE)
    assert [name for name, _ in rows] == ["preact.js", "codemirror.js"]
    for name, digest in rows:
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == digest
    for licence in re.findall(r"`(LICENSE-\S+)`", (FOLDER / "README.md").read_text("utf-8")):
        assert (FOLDER / licence).is_file()


def test_the_page_is_small() -> None:
    assert sum(len(gzip.compress(each.read_bytes())) for each in SERVED) < 250_000


def test_the_page_asks_nobody_else() -> None:
    for each in SERVED:
        found = re.findall(r"https?://[^\s\"'`)]+", each.read_text("utf-8"))
        assert [address for address in found if not address.startswith("http://www.w3.org/")] == [], each.name
