"""requirements.txt as pip reads it: its lines, and the files that it refers to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from .text_files import read_text

NAME = "requirements.txt"
MOST_FILES, MOST_LINES = 10, 5000
_LINE = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[([^\]]*)\])?\s*(.*)", re.DOTALL)
_PATH = re.compile(
    r"\.{0,2}[/\\].*|\.{1,2}|[A-Za-z]:[/\\].*|file:.*|~.*|.*\.(?:whl|zip|tar\.gz)", re.IGNORECASE | re.DOTALL
)
_URL = re.compile(r"(?:[a-z]+\+)?[a-z]+://.*", re.IGNORECASE | re.DOTALL)
_PART = re.compile(r"(===|==|~=|!=|<=|>=|<|>)\s*v?(\d[\w.*+!-]*)")
Version = tuple[int, ...]


@dataclass(frozen=True)
class Requirement:
    """A line.

    Fields:
        name: the package's, as indexes compare them; empty if the line does not tell it. extras: in brackets.
        versions: what is asked of the version, e.g. ``==6.0.15``; empty for any. path: of a file or a folder; empty if
        there is none. where: the file and line.
    """

    name: str
    extras: frozenset[str] = frozenset()
    versions: str = ""
    path: str = ""
    where: str = ""

    @property
    def pinned(self) -> bool:
        """Whether it is always the same one."""
        return bool(self.path) or bool(re.fullmatch(r"={2,3}\s*v?\d[\w.+!-]*", self.versions)) or "@" in self.versions

    def allows(self, version: str) -> bool:
        """Whether it allows a version, as far as its numbers tell.

        >>> Requirement("otree", versions=">=6.0.13,<7").allows("6.0.15")
        True
        """
        return all(_fits(operator, numbers_of(version), wanted) for operator, wanted in _PART.findall(self.versions))

    def allows_any(self, low: Version, high: Version) -> bool:
        """Whether it allows a version from `low` on and below `high`."""
        floors = [numbers_of(text) for _, text in _PART.findall(self.versions)] + [low]
        tried = {number for floor in floors for number in (floor, (*floor, 1), (*floor[:2], 999))}
        return any(low <= number < high and self.allows(".".join(map(str, number))) for number in tried)


def numbers_of(version: str) -> Version:
    """The numbers of a version.

    >>> numbers_of("6.0.15rc1"), numbers_of("==6.*")
    ((6, 0, 15), (6,))
    """
    found = re.match(r"\d+(?:\.\d+)*", version.lstrip("=v ").partition("!")[2] or version.lstrip("=v "))
    return tuple(int(number[:9]) for number in found[0].split(".")) if found else ()


def _fits(operator: str, version: Version, wanted: str) -> bool:
    limit = numbers_of(wanted)
    if wanted.endswith("*"):
        same = version[: len(limit)] == limit
        return same if operator in ("==", "===") else not same if operator == "!=" else True
    long = max(len(version), len(limit))
    mine, its = version + (0,) * (long - len(version)), limit + (0,) * (long - len(limit))
    if operator == "~=":
        return mine >= its and version[: max(1, len(limit) - 1)] == limit[: max(1, len(limit) - 1)]
    return {"==": mine == its, "===": mine == its, "!=": mine != its, "<": mine < its, ">": mine > its,
            "<=": mine <= its, ">=": mine >= its}[operator]  # fmt: skip


def read_requirements(name: str = NAME) -> list[Requirement]:
    """The lines of a file, and of those that it refers to; lines that are no requirement are left out."""
    found: list[Requirement] = []
    waiting, seen = [name], set[str]()
    while waiting and len(seen) < MOST_FILES:
        current = waiting.pop(0)
        if current in seen:
            continue
        seen.add(current)
        read = read_text(current)
        for number, line in _lines(read.text if read is not None else ""):
            if option := re.fullmatch(r"(?:-r|--requirement)[\s=]*(\S.*)", line):
                waiting.append((Path(current).parent / option[1].strip().replace("\\", "/")).as_posix())
            elif (one := parse_line(line, f"{current}, line {number}")) is not None:
                found.append(one)
            if len(found) > MOST_LINES:
                return found
    return found


def _lines(text: str) -> list[tuple[int, str]]:
    """The lines without comments; one that ends with a backslash goes on."""
    found, before = [], ""
    for number, line in enumerate(text.split("\n"), 1):
        whole = before + line
        if whole.rstrip().endswith("\\") and not whole.lstrip().startswith("#"):
            before = whole.rstrip()[:-1]
            continue
        before = ""
        plain = re.sub(r"(?:^|\s+)#.*", "", whole).strip()
        if plain:
            found.append((number, plain))
    return found


def parse_line(line: str, where: str = "") -> Requirement | None:
    """One line, or None if it is an option or nothing that pip would take.

    >>> parse_line("otree-ego[local] == 0.1 ; python_version > '3'").versions
    '== 0.1'
    >>> parse_line("./wheels/otree_ego-0.1.0-py3-none-any.whl").name
    'otree-ego'
    """
    text = re.sub(r"^(?:-e|--editable)[\s=]+", "", line.strip())
    if not text or text.startswith("-"):
        return None
    text = re.sub(r"\s+--\w.*$", "", text.partition(" ;")[0], flags=re.DOTALL).strip()  # hashes and the like
    if _PATH.fullmatch(re.sub(r"\[[^\]]*\]$", "", text)) and "@" not in text:
        return _of_path(text, where)
    if _URL.fullmatch(text):
        return Requirement(_name_in_url(text), versions="@", where=where)
    found = _LINE.fullmatch(text)
    if found is None:
        return None
    name, extras, rest = found.groups()
    rest = rest.partition(";")[0].strip().strip("()").strip()
    if rest and not rest.startswith("@") and not _PART.match(rest):
        return None
    extra = frozenset(normal(each) for each in (extras or "").split(",") if each.strip())
    return Requirement(normal(name), extra, rest, where=where)


def normal(name: str) -> str:
    """A package's name as indexes compare them."""
    return re.sub(r"[-_.]+", "-", name.strip()).lower()


def _of_path(text: str, where: str) -> Requirement:
    extras = re.search(r"\[([^\]]*)\]$", text)
    path = text[: extras.start()] if extras else text
    last = re.split(r"[/\\]", path.rstrip("/\\"))[-1]
    wheel = re.match(r"([A-Za-z0-9_.]+)-\d", last)
    name = normal(wheel[1]) if wheel else _name_of_folder(path)
    extra = frozenset(normal(each) for each in (extras[1] if extras else "").split(",") if each.strip())
    return Requirement(name, extra, path=path.removeprefix("file:"), where=where)


def _name_of_folder(path: str) -> str:
    """What the package in a folder says that it is called; else the folder's name."""
    for file in ("setup.cfg", "pyproject.toml"):
        read = read_text((Path(path) / file).as_posix())
        found = re.search(r"^name\s*=\s*[\"']?([\w.-]+)", read.text if read is not None else "", re.MULTILINE)
        if found:
            return normal(found[1])
    return normal(re.split(r"[/\\]", path.rstrip("/\\"))[-1])


def _name_in_url(text: str) -> str:
    egg = re.search(r"#.*\begg=([\w.-]+)", text)
    if egg:
        return normal(egg[1])
    last = re.split(r"[?#]", text)[0].rstrip("/").rpartition("/")[2]
    last = last.partition("@")[0].removesuffix(".git")
    wheel = re.match(r"([A-Za-z0-9_.]+)-\d.*\.(?:whl|tar\.gz|zip)$", last)
    return normal(wheel[1] if wheel else last)
