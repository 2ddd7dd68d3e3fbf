"""The one reader of pickles from stores and databases: it makes values, and runs nobody's code.

Two kinds of places are told apart. In a *project's own* database, classes and functions of the project are found where
the running program has them already. Of a *foreign* store nothing is found but plain values. In both, a module of
Python's own gives only the types in the table below: a pickle that names ``os.system`` gets no function.
"""

from __future__ import annotations

import builtins
import datetime
import decimal
import enum
import io
import pickle
import pickletools
import random
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import is_dataclass
from functools import lru_cache
from importlib import import_module
from types import FunctionType, ModuleType
from typing import Any
from zoneinfo import ZoneInfo

from ..errors import StateError

FORMER_MODULES = frozenset(
    f"otree_ego.{name}"
    for name in (
        "conversations", "experiment.notation", "experiment.replicating", "jsonquestions", "jsontext", "pacing",
        "personas", "questionbase", "turns",
    )
)  # fmt: skip
"""Modules that older pickles name and that are gone: their classes and functions are found in the package itself."""
_VALUES: dict[str, dict[str, Any]] = {
    "datetime": {n: getattr(datetime, n) for n in ("date", "datetime", "time", "timedelta", "timezone")},
    "decimal": {"Decimal": decimal.Decimal},
}
"""Types that are read from anywhere: making one costs nothing, whatever it is made of."""
_TYPES = {
    "array": "array _array_reconstructor",
    "builtins": (
        "Ellipsis NotImplemented abs all any bool bytearray bytes chr complex dict divmod float frozenset int iter len "
        "list max min object ord pow range repr reversed round set slice sorted str sum tuple"
    ),
    "collections": "ChainMap Counter OrderedDict UserDict UserList UserString defaultdict deque",
    "copyreg": "_reconstructor __newobj__", "fractions": "Fraction", "functools": "partial", "json": "dumps loads",
    "html": "escape unescape",
    "itertools": "count", "math": "ceil exp floor fsum isclose log log10 log1p log2 pow prod sqrt trunc",
    "ipaddress": "IPv4Address IPv6Address IPv4Network IPv6Network",
    "pathlib": "Path PosixPath PurePath PurePosixPath PureWindowsPath WindowsPath", "random": "Random",
    "pathlib._local": "Path PosixPath PurePath PurePosixPath PureWindowsPath WindowsPath",
    "re": "_compile", "statistics": "NormalDist fmean mean median mode pstdev stdev variance",
    "string": "Template", "time": "struct_time",
    "textwrap": "dedent", "types": "GenericAlias SimpleNamespace", "uuid": "SafeUUID UUID", "zoneinfo": "ZoneInfo",
}  # fmt: skip
"""Names in modules of Python's own that a project's own pickles may have besides."""
_LIGHT = {name for name, each in vars(builtins).items() if isinstance(each, type) and issubclass(each, BaseException)}
"""Of these modules' names, those that cannot be made large: a list of a range could be."""
_MAKERS = {
    *(f"numpy.{core}.{name}" for core in ("core", "_core")
      for name in ("multiarray._reconstruct", "multiarray.scalar", "numeric._frombuffer")),
    "numpy.ma.core._mareconstruct", "numpy.random.bit_generator.__pyx_unpickle_SeedSequence",
    *(f"numpy.random._pickle.__{name}_ctor" for name in ("generator", "bit_generator", "randomstate")),
    *(f"pandas._libs.{name}"
      for name in ("arrays.__pyx_unpickle_NDArrayBacked", "internals._unpickle_block", "tslibs.nattype._nat_unpickle",
                   "tslibs.nattype.__nat_unpickle", "tslibs.period._unpickle_period",
                   "tslibs.timedeltas._timedelta_unpickle", "tslibs.timestamps._unpickle_timestamp")),
    *(f"pandas.core.indexes.{name}"
      for name in ("base._new_Index", "datetimes._new_DatetimeIndex", "interval._new_IntervalIndex",
                   "period._new_PeriodIndex")), "pandas.NA", "pandas._libs.missing.NA",
    *(f"pyarrow.lib.{name}" for name in ("_restore_array", "py_buffer", "type_for_alias")),
    "dateutil.tz._tzfile._unpickle", "pytz._UTC", "pytz._p",
}  # fmt: skip
"""Functions of packages that the pickles of their values name; they make these values and nothing else."""
_INNER = {("otree_ego.experiment.treatments", "_made"), ("otree_ego.threads.state", "PublicView")}
_INNER |= {("otree_ego.players.player_memory", "instructions_stay")}
_HARMLESS = frozenset((
    "exclusive_response", "extract_number", "from_file", "homogenize", "pace", "parse_choice", "parse_json",
    "parse_number", "personas_from_text", "to_html",
))  # fmt: skip
"""Functions of the package that a Thread may hold, e.g. as its parser. Others declare services or begin runs."""
MOST_PARTS = 1_000_000
MOST_LEVELS = 100


def read_pickle(data: bytes, foreign: bool = False, lenient: bool = False) -> Any:
    """The value of a pickle from a store or a database.

    Arguments:
        data: the pickle.
        foreign: whether it may come from somebody else: then it gives plain values (texts, numbers, lists, dates …)
            and stand-ins that show what the others were.
        lenient: in a project's own pickle, a stand-in for what is not found, too, instead of an error.

    Raises:
        StateError: it is damaged, names what is not found or not allowed, or is too large when it is unfolded.

    >>> from otree_ego import Treatment
    >>> read_pickle(pickle.dumps({"treatment": Treatment("low", reward=3)}), foreign=True)
    {'treatment': Treatment(name='low', reward=3)}
    """
    try:
        if foreign or lenient:
            _check_places(data)
        found = (_Foreign if foreign else _Lenient if lenient else _Own)(io.BytesIO(data)).load()
        if (foreign or lenient) and not _is_small(found):
            raise StateError("What is kept is too large or nested too deeply to be read.")
        return found
    except StateError:
        raise
    # A damaged pickle may raise anything.
    except Exception as error:
        raise StateError(f"What is kept cannot be read ({type(error).__name__}: {error!s:.200}).") from error


class StandIn:
    """Stands for an object of a class that is not loaded: it shows its values, and does nothing.

    Its attributes are those that the object had.
    """

    _items: list[Any]

    def __new__(cls, *args: Any, **options: Any) -> StandIn:
        """Keep what it is made of."""
        made = super().__new__(cls)
        made.__dict__["_args"], made.__dict__["_items"] = (*args, *options.items()), []
        return made

    def __init__(self, *_: Any, **__: Any) -> None:
        return None

    def __call__(self, *args: Any, **options: Any) -> StandIn:
        """Nothing is called: what a pickle makes of it is another stand-in."""
        return type(self)(*args, **options)

    def __setstate__(self, state: Any) -> None:
        parts = state if isinstance(state, tuple) and len(state) == 2 else (state,)
        for part in parts:
            if isinstance(part, dict):
                inner = part.get("__dict__")  # pydantic keeps its fields so
                part = {**part, **inner} if isinstance(inner, dict) else part
                names = {name: value for name, value in part.items() if isinstance(name, str) and name[:2] != "__"}
                self.__dict__.update({name: value for name, value in names.items() if name not in ("_args", "_items")})
            elif part is not None:
                self._items.append(part)

    def __setitem__(self, name: Any, value: Any) -> None:
        self._items.append((name, value))

    def append(self, value: Any) -> None:
        """One more of what it holds."""
        self._items.append(value)

    add = append

    def extend(self, values: Any) -> None:
        """More of what it holds."""
        self._items.extend(values if isinstance(values, list | tuple) else [values])

    def values(self) -> Iterator[Any]:
        """All that it shows."""
        kept = self.__dict__
        yield from kept["_args"]
        yield from kept["_items"]
        yield from (value for name, value in kept.items() if name not in ("_args", "_items"))

    def __repr__(self) -> str:
        kept = self.__dict__
        shown = [repr(each) for each in (*kept["_args"], *kept["_items"])]
        shown += [f"{name}={value!r}" for name, value in kept.items() if name not in ("_args", "_items")]
        return f"{type(self).__name__}({', '.join(shown)})"


@lru_cache(maxsize=512)
def _stand_in(module: str, name: str) -> type[StandIn]:
    last = "".join(each for each in name.rpartition(".")[2] if each.isalnum() or each == "_")[:80] or "Unknown"
    return type(last, (StandIn,), {"__module__": "otree_ego.threads.pickles"})


class _Foreign(pickle.Unpickler):
    """Finds plain values only."""

    def find_class(self, module: str, name: str) -> Any:
        return _SHOWN.get((module, name)) or _VALUES.get(module, {}).get(name) or _stand_in(module, name)


class _Own(pickle.Unpickler):
    """Finds what a project's own Threads may hold."""

    def find_class(self, module: str, name: str) -> Any:
        found = _found(module, name, functions=True)
        if found is None:
            raise StateError(
                f"What is kept names {module}.{name}, which is not found or is no value: it is not loaded. Keep plain "
                "values, or objects of classes of your own project that it imports when it starts."
            )
        return found


class _Lenient(pickle.Unpickler):
    """Finds the same classes, and a stand-in for the rest: a pickle could call a function."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _SHOWN:
            return _SHOWN[module, name]
        costly = module in ("builtins", "array", "fractions", "itertools", "json", "re") and name not in _LIGHT
        return (None if costly else _found(module, name, functions=False)) or _stand_in(module, name)


def _found(module: str, name: str, functions: bool) -> Any:
    """What a name stands for in this program; None if it is not there or may not be loaded."""
    top = module.partition(".")[0]
    if top == "otree_ego":
        return _of_ours(module, name)
    if top in sys.stdlib_module_names and top != "__main__":
        return _of_python(module, name)
    loaded = sys.modules.get(module)
    if f"{module}.{name}" in _MAKERS:  # where the package is loaded, a name of before still leads there
        return getattr(import_module(module), name, None) if top in sys.modules else None
    return None if loaded is None else _defined(loaded, name, functions)


def _of_python(module: str, name: str) -> Any:
    if module == "builtins" and name in _INSTEAD:
        return _INSTEAD[name]
    if name in _VALUES.get(module, {}) or name in _TYPES.get(module, "").split():
        return getattr(import_module(module), name, None)
    known = getattr(sys.modules.get(module), name, None)
    return known if isinstance(known, type) and issubclass(known, BaseException | enum.Enum) else None


def _of_ours(module: str, name: str) -> Any:
    if module in FORMER_MODULES:
        module = "otree_ego"
    if (module, name) in _INNER:
        return getattr(import_module(module), name, None)
    package: Any = sys.modules["otree_ego"]
    if name in package._HOME:  # the table of public names
        found = getattr(package, name, None)
        return found if isinstance(found, type) or name in _HARMLESS else None
    # A dataclass inside the package is a record, such as a Replication; other classes open stores or begin processes.
    found = getattr(sys.modules.get(module), name, None)
    return found if isinstance(found, type) and is_dataclass(found) else None


def _defined(module: ModuleType, name: str, functions: bool) -> Any:
    """A class or a function that a module itself defines; from another's package only a class."""
    found: Any = module
    for part in name.split("."):
        if found is not module and not isinstance(found, type):
            return None
        found = vars(found).get(part) if part in vars(found) else None
        found = found.__func__ if isinstance(found, staticmethod) else found
    if isinstance(found, type):
        here = _top(found.__module__) == _top(module.__name__) or found.__module__ == "otree_ego"
        return found if here and (is_of_the_project(module) or _is_value(found)) else None
    own = functions and isinstance(found, FunctionType | _Cached) and found.__module__ == module.__name__
    return found if own and is_of_the_project(module) else None


def _is_value(found: type) -> bool:
    """Whether objects of a package's class are values: nothing that can be called, and no file, process or thread."""
    if found.__module__ in ("numpy", "numpy.memmap") and found.__name__ == "memmap":  # it would open a file
        return False
    if any(_top(each.__module__) in _OUTSIDE for each in found.__mro__):
        return False
    return _top(found.__module__) in _WITH_CALLS or not any("__call__" in vars(each) for each in found.__mro__)


def _top(module: str) -> str:
    return module.partition(".")[0].lstrip("_")


def is_of_the_project(module: ModuleType) -> bool:
    """Whether a loaded module is the experimenter's own: neither Python's nor an installed package's."""
    top = module.__name__.partition(".")[0]
    file = (getattr(module, "__file__", None) or "").replace("\\", "/")
    installed = "/site-packages/" in file or "/dist-packages/" in file
    return top == "__main__" or not (top in sys.stdlib_module_names or top == "otree_ego" or installed)


def _attribute(owner: Any, name: str, *_: Any) -> Any:
    """`getattr` for plain values, and for classes and objects of the project's own, without what is private."""
    if owner is ZoneInfo and name == "_unpickle":
        return _zone
    of = owner if isinstance(owner, type) else type(owner)
    if of in _WITH_METHODS and isinstance(name, str) and name[:1] != "_" and not name.startswith("format"):
        return getattr(owner, name)
    module = sys.modules.get(of.__module__)
    if not isinstance(name, str) or name.startswith("_") or module is None or not is_of_the_project(module):
        raise StateError(f"What is kept names {name!r:.80} of {of.__name__}: it is not loaded.")
    return getattr(owner, name)


def _type_of(*one: Any) -> type:
    """`type` of a value, which is how the type of None is pickled."""
    return type(*one[:1])


def _zone(key: str, from_cache: bool = True) -> ZoneInfo:
    """A time zone from its name."""
    try:
        return ZoneInfo(key) if from_cache else ZoneInfo.no_cache(key)
    except (LookupError, OSError, TypeError, ValueError):
        raise StateError(f"This machine has no time zone {key!r:.80}. Install it: pip install tzdata.") from None


def _shown_attribute(owner: Any, name: Any, *further: Any) -> Any:
    """A zone's maker; a stand-in for any other attribute."""
    of_zone = isinstance(owner, type) and owner.__name__ == "ZoneInfo" and name == "_unpickle"
    return _shown_zone if of_zone else _stand_in("builtins", "getattr")(owner, name, *further)


def _shown_zone(key: Any, *cached: Any) -> Any:
    try:
        return _zone(key)
    except StateError:
        return _stand_in("zoneinfo", "ZoneInfo")(key)


class _Zoned(type):
    """Makes dates and times; one in a zone that is not found is a stand-in."""

    def __call__(cls, *args: Any, **options: Any) -> Any:
        kind: Any = cls.__mro__[1]
        if any(isinstance(each, StandIn) for each in args):
            return _stand_in("datetime", kind.__name__)(*args)
        return kind(*args, **options)


_SHOWN: dict[tuple[str, str], Any] = {
    ("builtins", "getattr"): _shown_attribute,
    ("datetime", "datetime"): _Zoned("datetime", (datetime.datetime,), {}),
    ("datetime", "time"): _Zoned("time", (datetime.time,), {}),
}
"""What a foreign pickle finds instead."""
_WITH_METHODS = frozenset((
    str, bytes, int, float, dict, list, tuple, set, frozenset, datetime.date, datetime.datetime, datetime.timedelta,
    decimal.Decimal, random.Random, re.Pattern,
))  # fmt: skip
"""Plain values, whose methods a Thread may hold, such as ``str.strip``; `format` could read any attribute."""
_OUTSIDE = frozenset(("asyncio", "concurrent", "ctypes", "io", "logging", "multiprocessing", "socket", "subprocess",
                      "threading"))  # fmt: skip
"""Python's modules whose classes reach out of a value."""
_WITH_CALLS = frozenset(("dateutil", "numpy", "pandas", "pydantic", "scipy", "sympy"))
"""Packages of values, some of which can be called: a polynomial."""
_Cached = type(lru_cache(_top))
_INSTEAD: dict[str, Any] = {"getattr": _attribute, "type": _type_of}
"""What stands for functions of Python's own; `getattr` is how a method, or a member of an inner Enum, is pickled."""


def _check_places(data: bytes) -> None:
    """Refuse a pickle that numbers its parts from far away: the reader would make room for all the numbers before."""
    far = any(int.from_bytes(each, "little") > len(data) for each in _PLACE.findall(data))
    if far or re.search(rb"p\d{6,}\n", data):
        for code, place, _ in pickletools.genops(data):
            if code.name in ("LONG_BINPUT", "PUT") and place is not None and place > len(data):
                raise StateError("What is kept is damaged.")


_PLACE = re.compile(rb"(?=r([\s\S]{4}))")


def _is_small(value: Any) -> bool:
    """Whether a value stays small when it is written out: parts that are there once may be named many times."""
    sizes: dict[int, int] = {}
    # Children first: a part's size is known when what holds it is weighed. 0 marks what is under way: a circle.
    waiting: list[tuple[Any, int, bool]] = [(value, 1, False)]
    while waiting:
        one, level, back = waiting.pop()
        if back:
            sizes[id(one)] = 1 + sum(sizes.get(id(each), 1) for each in _inside(one))
            if sizes[id(one)] > MOST_PARTS:
                return False
            continue
        inside = sizes.get(id(one))
        if inside == 0 or level > MOST_LEVELS:
            return False
        if inside is not None or not isinstance(one, _HOLDERS):
            continue
        sizes[id(one)] = 0
        waiting.append((one, level, True))
        waiting += [(each, level + 1, False) for each in _inside(one)]
    return True


_HOLDERS: tuple[type, ...] = (dict, list, tuple, set, frozenset, StandIn)


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return [*value, *value.values()]
    if isinstance(value, StandIn):
        return list(value.values())
    return value if isinstance(value, list | tuple | set | frozenset) else ()
