"""Prompt: text with blanks, to be filled by the experimenter's values.

Only a Prompt is a template. A plain ``str`` is sent word for word, whatever braces it has, so that nothing
a participant types can ever be executed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, MutableSequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from .errors import ConfigError, PromptError
from .public import public

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.sandbox import SandboxedEnvironment

MOST_CHARACTERS = 1_000_000
_SHORT = 20_000
"""Characters of a template of which many are kept; of longer ones a few are, which need much memory."""
_BITS = 100_000
"""The largest product of whole numbers."""
_WIDE = re.compile(r"%[^a-zA-Z%]*(?:\d{7}|\*)")
"""A width that no text needs, or one that is given beside it."""


@public
@dataclass(frozen=True, slots=True)
class Prompt:
    """A template that the experimenter trusts, in Jinja's language; checked when it is made.

    It is no ``str`` on purpose: what takes plain text cannot take it for plain text.

    Arguments:
        template: the text, e.g. ``"You own {{ amount }} points."``

    Errors:
        PromptError: the template's syntax is wrong; the message has the line.

    >>> Prompt("You own {{ amount }} points.").render(amount=10)
    'You own 10 points.'
    >>> sorted(Prompt("{{ a }} and {{ b }}").names)
    ['a', 'b']
    """

    template: str
    names: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not isinstance(self.template, str):
            raise PromptError(f"A Prompt is made of text, not of {type(self.template).__name__}.")
        object.__setattr__(self, "names", _compiled(self.template)[1])

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.template,)

    def render(self, /, **variables: Any) -> str:
        """Fill the blanks; values are put in as they are and never taken for templates themselves.

        Arguments:
            variables: a value for each name that the template uses.

        Errors:
            PromptError: a name was not given, the template does something that is not allowed, or it fails.

        >>> Prompt("Hello {{ name }}!").render(name="{{ 7*7 }}")
        'Hello {{ 7*7 }}!'
        """
        return fill(self.template, variables, sorted(variables))


def fill(source: str, variables: Mapping[str, Any], known: list[str]) -> str:
    """A template's text.

    Arguments:
        source: the template. variables: at least those that it uses. known: all names that it could use, for an error.

    Raises:
        PromptError: see `Prompt.render`.
    """
    template = _compiled(source)[0]
    pieces, length = [], 0
    try:
        for piece in template.generate(**variables):
            pieces.append(piece)
            length += len(piece)
            if length > MOST_CHARACTERS:
                break
    # A template runs the methods of the values it is given, and these may raise anything.
    except Exception as error:
        _explain(error, known, source)
    if length > MOST_CHARACTERS:
        raise PromptError(f"The template gives more than {MOST_CHARACTERS:,} characters: {_start(source)}")
    return "".join(pieces)


@public
def from_file(path: str | Path) -> Prompt:
    """Read a Prompt from a UTF-8 text file; blanks around the text are dropped.

    Arguments:
        path: the file, relative to the working directory (in oTree: the project's folder).

    Errors:
        ConfigError: there is no such file, or it cannot be read; the message has the whole path.
        PromptError: it is no UTF-8 text, or the template's syntax is wrong.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "prompt.txt")
    ...     _ = file.write_text("Hello {{ name }}!", encoding="utf-8")
    ...     from_file(file).render(name="Ada")
    'Hello Ada!'
    """
    place = Path(path).absolute()
    try:
        text = place.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        hint = "" if Path(path).is_absolute() else f" {str(path)!r} is looked for in the working directory."
        raise ConfigError(f"There is no prompt file {place}.{hint}") from None
    except UnicodeDecodeError as error:
        raise PromptError(
            f"The prompt file {place} is not UTF-8 text (byte {error.start + 1}); save it as UTF-8."
        ) from None
    except (OSError, ValueError) as error:
        raise ConfigError(f"The prompt file {place} cannot be read: {getattr(error, 'strerror', error)}.") from None
    try:
        return Prompt(text.strip())
    except PromptError as error:
        raise PromptError(f"{place}: {error}") from None


@lru_cache(maxsize=1)
def _environment() -> SandboxedEnvironment:
    from jinja2 import StrictUndefined, nodes
    from jinja2.compiler import CodeGenerator
    from jinja2.sandbox import ImmutableSandboxedEnvironment, SecurityError

    class Generator(CodeGenerator):  # type: ignore[misc]
        """Compiles without calculating anything: a template that was only read has done nothing yet."""

        def _output_child_to_const(self, node: Any, frame: Any, finalize: Any) -> Any:
            if not isinstance(node, nodes.Const | nodes.TemplateData):
                raise nodes.Impossible()
            return super()._output_child_to_const(node, frame, finalize)

    class Environment(ImmutableSandboxedEnvironment):  # type: ignore[misc]
        """The sandbox, with arithmetic that cannot fill the memory."""

        code_generator_class = Generator
        intercepted_binops = frozenset(["%", "*", "**"])

        def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
            # Jinja 2.11 forgets these two among a list's methods that change it.
            changes = isinstance(obj, MutableSequence) and attr in ("clear", "pop")
            return not changes and bool(super().is_safe_attribute(obj, attr, value))

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            if operator == "**" and (abs(left) > 10**6 or abs(right) > 100):
                raise SecurityError("its power is too large")
            if operator == "*":
                for sequence, times in ((left, right), (right, left)):
                    if hasattr(sequence, "__len__") and len(sequence) * times > MOST_CHARACTERS:
                        raise SecurityError("it repeats something too often")
                if isinstance(left, int) and isinstance(right, int) and left.bit_length() + right.bit_length() > _BITS:
                    raise SecurityError("its product is too large")
            if operator == "%" and isinstance(left, str) and _WIDE.search(left):
                raise SecurityError("it pads a text too far")
            return super().call_binop(context, operator, left, right)

        def call(self, context: Any, called: Any, /, *args: Any, **options: Any) -> Any:
            pads = isinstance(getattr(called, "__self__", None), str | bytes)
            if pads and any(isinstance(each, int) and each > MOST_CHARACTERS for each in args):
                raise SecurityError("it pads a text too far")
            return super().call(context, called, *args, **options)

    environment = Environment(undefined=StrictUndefined, keep_trailing_newline=True, optimized=False)
    environment.globals.pop("lipsum", None)
    usual = environment.filters["format"]

    def format_text(text: Any, *args: Any, **options: Any) -> Any:
        if _WIDE.search(str(text)):
            raise SecurityError("it pads a text too far")
        return usual(text, *args, **options)

    environment.filters["format"] = format_text
    return environment


@lru_cache(maxsize=32)
def template_tree(source: str) -> Any:
    """Jinja's tree of a template; nobody changes it.

    Raises:
        TemplateSyntaxError: Jinja's, if it is none.
    """
    return _environment().parse(source)


def _compiled(source: str) -> tuple[Template, frozenset[str]]:
    return (_short_compiled if len(source) <= _SHORT else _long_compiled)(source)


def _compile(source: str) -> tuple[Template, frozenset[str]]:
    from jinja2 import TemplateSyntaxError, meta

    environment = _environment()
    try:
        tree = template_tree(source)
        names = meta.find_undeclared_variables(tree)
        return environment.from_string(tree), frozenset(names) - set(environment.globals)
    except TemplateSyntaxError as error:
        raise PromptError(
            f"The template is broken in line {error.lineno}: {str(error.message).rstrip('.')}."
            " (Text that is not a template is given as str, not as Prompt.)"
        ) from None
    # Python's own compiler reads what Jinja has made of it, and has limits of its own.
    except (RecursionError, MemoryError, OverflowError, SyntaxError, ValueError) as error:
        raise PromptError(f"The template is too deep or too large ({type(error).__name__}): {_start(source)}") from None


_short_compiled = lru_cache(maxsize=512)(_compile)
_long_compiled = lru_cache(maxsize=8)(_compile)


def _explain(error: Exception, known: list[str], source: str) -> NoReturn:
    from jinja2 import UndefinedError
    from jinja2.sandbox import SecurityError

    line = max((number for name, number in _frames(error) if name == "<template>"), default=0)
    where = f"in line {line}" if line else f"({_start(source)})"
    if isinstance(error, UndefinedError):
        missing = re.fullmatch(r"'(.+)' is undefined", str(error))
        what = f"{missing[1]!r} was not given to the template" if missing else f"The template goes too far: {error}"
        raise PromptError(f"{what} {where}; it knows {', '.join(known) or 'no names'}.") from None
    if isinstance(error, SecurityError):
        raise PromptError(f"The template does what is not allowed {where}: {str(error).rstrip('.')}.") from None
    raise PromptError(f"The template failed {where}: {type(error).__name__}: {error}") from error


def _frames(error: BaseException) -> Iterator[tuple[str, int]]:
    trace = error.__traceback__
    while trace is not None:
        yield trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next


def _start(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:60] + "…")
