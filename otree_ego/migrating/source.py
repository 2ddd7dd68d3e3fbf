"""A Python file as bytes and as a tree, with edits by position, so that formatting and comments stay."""

from __future__ import annotations

import ast
import codecs
import io
import re
import tokenize
from dataclasses import dataclass
from functools import cached_property

_LINE_END = re.compile(rb"\r\n|\n|\r")


class NotPython(Exception):
    """The file cannot be read as Python; the message says why, and where."""


@dataclass(frozen=True, order=True)
class Note:
    """Something that a person must look at.

    Fields:
        file: as it was named or found. line: from 1; 0 for the whole file. text: a sentence.
    """

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}" if self.line else f"{self.file}: {self.text}"


class Source:
    """One Python file: its text, its tree, and the edits that were asked for.

    Arguments:
        data: the file's bytes.
        name: what notes call it.

    Raises:
        NotPython: it is not, or in no encoding that it declares.

    >>> source = Source("x = 'ä'; y = 1".encode())
    >>> source.replace(source.tree.body[1].value, "2")
    >>> source.result().decode()
    "x = 'ä'; y = 2"
    """

    def __init__(self, data: bytes, name: str = "") -> None:
        self.name = name
        self.bom = data.startswith(codecs.BOM_UTF8)
        try:
            encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
            self.encoding = "utf-8" if encoding == "utf-8-sig" else encoding
            self.text = data.removeprefix(codecs.BOM_UTF8).decode(self.encoding)
            self.tree = ast.parse(self.text)
        except SyntaxError as problem:
            where = f"line {problem.lineno}: " if problem.lineno else ""
            raise NotPython(f"it is not Python ({where}{problem.msg})") from None
        except (UnicodeDecodeError, LookupError):
            raise NotPython("its text is not in the encoding that it declares (UTF-8, if none)") from None
        except (ValueError, RecursionError, MemoryError) as problem:
            raise NotPython(f"it is not Python ({problem})") from None
        self.bytes = self.text.encode("utf-8")
        self.newline = "\r\n" if "\r\n" in self.text else "\n"
        self.notes: list[Note] = []
        self._edits: dict[tuple[int, int], str] = {}
        self._starts = [0, *(found.end() for found in _LINE_END.finditer(self.bytes))]

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """Each node's parent."""
        return {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    def note(self, node: ast.AST | int, text: str) -> None:
        """Add a note at a node's line."""
        line = node if isinstance(node, int) else getattr(node, "lineno", 0)
        self.notes.append(Note(self.name, line, text))

    def span(self, node: ast.expr | ast.stmt | ast.alias | ast.keyword) -> tuple[int, int]:
        """Where a node stands: its first byte, and the one after its last."""
        assert node.end_lineno is not None and node.end_col_offset is not None
        return self.place(node.lineno, node.col_offset), self.place(node.end_lineno, node.end_col_offset)

    def place(self, line: int, column: int) -> int:
        """A line (from 1) and a column in bytes as a place in the file."""
        return self._starts[line - 1] + column

    def segment(self, node: ast.expr | ast.stmt | ast.alias | ast.keyword) -> str:
        """A node as it is written."""
        start, end = self.span(node)
        return self.bytes[start:end].decode("utf-8")

    def sure(self, node: ast.expr) -> bool:
        """Whether a node stands where it says: inside of an f-string, Python before 3.12 may be wrong about that."""
        above = self.parents.get(node)
        while above is not None and not isinstance(above, ast.JoinedStr):
            above = self.parents.get(above)
        if above is None:
            return True
        try:
            there = ast.parse(self.segment(node).strip(), mode="eval").body
        except (SyntaxError, ValueError, IndexError):
            return False
        return ast.dump(there) == ast.dump(node)

    def line_span(self, node: ast.stmt) -> tuple[int, int] | None:
        """The whole lines of a statement, line end included, if nothing else stands on them."""
        start, end = self.span(node)
        first = self._starts[node.lineno - 1]
        rest = _LINE_END.search(self.bytes, end)
        last = rest.end() if rest else len(self.bytes)
        if self.bytes[first:start].strip() or self.bytes[end:last].strip():
            return None
        return first, last

    def starts_line(self, node: ast.stmt) -> str | None:
        """The blanks before a statement, if it is the first on its line and no other follows it there."""
        start, end = self.span(node)
        before = self.bytes[self._starts[node.lineno - 1] : start]
        after = _LINE_END.split(self.bytes[end:], 1)[0].strip()
        return None if before.strip() or (after and not after.startswith(b"#")) else before.decode("utf-8")

    def replace(self, node: ast.expr | ast.stmt | ast.alias | ast.keyword, text: str) -> None:
        """Put a text in a node's place."""
        self.edit(*self.span(node), text)

    def edit(self, start: int, end: int, text: str) -> None:
        """Put a text in the place of these bytes; several at one place follow each other."""
        self._edits[start, end] = self._edits.get((start, end), "") + text

    def result(self) -> bytes:
        """The file with all edits.

        Raises:
            NotPython: edits overlap, or what came out is not Python; it is a mistake here.
        """
        pieces: list[bytes] = []
        done = 0
        for (start, end), text in sorted(self._edits.items()):
            if start < done:
                raise NotPython("two changes fall on the same place")
            pieces += [self.bytes[done:start], text.encode("utf-8")]
            done = end
        text = b"".join([*pieces, self.bytes[done:]]).decode("utf-8")
        try:
            ast.parse(text)
            encoded = text.encode(self.encoding)
        except (SyntaxError, ValueError) as problem:
            raise NotPython(f"the change would break it ({problem})") from None
        return (codecs.BOM_UTF8 if self.bom else b"") + encoded
