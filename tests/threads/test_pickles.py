"""The one reader of stored pickles: what it gives of one's own, and of somebody else's."""

from __future__ import annotations

import builtins
import collections
import datetime
import decimal
import enum
import io
import os
import pickle
import random
import subprocess
import sys
import uuid
from functools import lru_cache, partial
from http import HTTPStatus
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings, strategies as st

from otree_ego import LinkError, StateError, Thread, Treatment
from otree_ego.stores import Replication
from otree_ego.threads.pickles import StandIn, read_pickle
from otree_ego.threads.state import check_storable, class_of


class Offer:
    """A class of the project's own."""

    def __init__(self, amount: int) -> None:
        self.amount = amount


class Mood(enum.Enum):
    GOOD = 1


def parser(text: str) -> str:
    SPRUNG.append(text)
    return text


SPRUNG: list[str] = []


@lru_cache
def cached_parser(text: str) -> str:
    return text


class Calls:
    """Pickles as a call."""

    def __init__(self, called: Any, *args: Any) -> None:
        self.called, self.args = called, args

    def __reduce__(self) -> Any:
        return self.called, self.args


def trap(called: Any, *args: Any) -> bytes:
    return pickle.dumps({"choices": [1], "trap": Calls(called, *args)}, protocol=4)


@pytest.mark.parametrize(
    "called",
    [
        os.system, subprocess.Popen, subprocess.check_output, builtins.eval, builtins.exec, builtins.open,
        builtins.print, builtins.__import__, Path.touch, os.popen, io.open, sys.exit, partial(os.system),
    ],
)  # fmt: skip
def test_nothing_of_pythons_is_called(called: Any, tmp_path: Path) -> None:
    data = trap(called, f"touch {tmp_path / 'sprung'}")
    with pytest.raises(StateError, match="is not loaded"):
        read_pickle(data)
    for reading in (dict(foreign=True), dict(lenient=True)):
        found = read_pickle(data, **reading)
        assert found["choices"] == [1] and isinstance(found["trap"], StandIn)
        assert "touch" in repr(found["trap"])
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("otree_ego", "declare_service"), ("otree_ego", "replicate"), ("otree_ego.cli", "main"),
        ("otree_ego", "os.system"), ("otree_ego.experiment.modules.scenario", "load_scenario"),
        ("tests_never_imported", "Thing"),
        ("otree_ego.stores", "RunStore"), ("otree_ego.testing", "FakeService"), (__name__, "os.system"),
        (__name__, "subprocess.Popen"), (__name__, "Path"), ("operator", "attrgetter"), ("builtins", "range"),
        ("importlib", "import_module"), ("runpy", "run_path"), ("pickle", "loads"), ("ctypes", "CDLL"),
    ],
)  # fmt: skip
def test_a_name_leads_only_to_values(module: str, name: str) -> None:
    data = f"c{module}\n{name}\n.".encode()
    if (module, name) != ("builtins", "range"):
        with pytest.raises(StateError):
            read_pickle(data)
    for reading in (dict(foreign=True), dict(lenient=True)):
        found = read_pickle(data, **reading)
        assert isinstance(found, type) and issubclass(found, StandIn)
    assert "tests_never_imported" not in sys.modules


@pytest.mark.parametrize(
    "value",
    [
        Offer, Mood, Mood.GOOD, parser, [datetime.date(2026, 1, 2), datetime.timedelta(1)], decimal.Decimal("0.1"),
        uuid.UUID(int=5), {1, 2}, frozenset([1]), (1, 2.5, None, True, b"x", "é"), 2**200, collections.Counter("aab"),
        collections.OrderedDict(a=1), collections.deque([1], 3), Path("a/b"), 1j, bytearray(b"x"), range(3), int,
        ValueError, HTTPStatus.OK, Replication("r", 1, result={"a": 1}), Treatment("low", reward=1),
        {"a": [{"b": 1}]}, type(None),
    ],
)  # fmt: skip
def test_values_of_ones_own_are_kept(value: Any) -> None:
    check_storable("x", value)
    again = read_pickle(pickle.dumps(value, protocol=4))
    assert again == value and type(again) is type(value)


@pytest.mark.parametrize(
    "value",
    [
        ZoneInfo("Europe/Berlin"), datetime.datetime(2026, 1, 2, tzinfo=ZoneInfo("Europe/Berlin")),
        datetime.time(1, tzinfo=ZoneInfo("UTC")), cached_parser, str.strip, str.upper, round, len, sum, sorted, max,
        datetime.date.fromisoformat, list[int], Ellipsis,
    ],
)  # fmt: skip
def test_zones_and_functions_of_values_are_kept(value: Any) -> None:
    check_storable("x", value)
    assert read_pickle(pickle.dumps(value, protocol=4)) == value


def test_methods_and_parts_of_functions_are_kept() -> None:
    assert read_pickle(pickle.dumps(partial(round, ndigits=1), 4))(1.26) == 1.3
    assert read_pickle(pickle.dumps({"yes": 1}.get, 4))("yes") == 1
    zone = read_pickle(pickle.dumps(ZoneInfo.no_cache("Europe/Berlin"), 4))
    assert zone.key == "Europe/Berlin"
    with pytest.raises(StateError):
        read_pickle(pickle.dumps("{0.__class__}".format, 4))


def test_a_date_in_a_foreign_zone_is_shown() -> None:
    at = datetime.datetime(2026, 1, 2, tzinfo=ZoneInfo("Europe/Berlin"))
    nowhere = pickle.dumps([at, 1], 4).replace(b"Europe/Berlin", b"Nowhere/Noone")
    for reading in (dict(foreign=True), dict(lenient=True)):
        assert read_pickle(pickle.dumps(at, 4), **reading) == at
        assert repr(read_pickle(nowhere, **reading)[0]).endswith("ZoneInfo('Nowhere/Noone'))")
        assert read_pickle(nowhere, **reading)[1] == 1
    with pytest.raises(StateError, match="tzdata"):
        read_pickle(nowhere)
    up = pickle.dumps(ZoneInfo("Europe/Berlin"), 4).replace(b"Europe/Berlin", b"../../../etc/")
    with pytest.raises(StateError):
        read_pickle(up)


def test_a_packages_class_that_can_be_called_or_opens_something_is_no_value() -> None:
    import sqlalchemy.ext.declarative.clsregistry  # noqa: F401

    SPRUNG.clear()
    # SQLAlchemy's class gives its last argument to eval() when an object of it is called.
    text = f"__import__('sys').modules[{__name__!r}].SPRUNG.append('x')"
    resolver = f"csqlalchemy.ext.declarative.clsregistry\n_class_resolver\n(c{__name__}\nOffer\nN}}V{text}\ntR)R."
    with pytest.raises(StateError, match="is not loaded"):
        read_pickle(b"\x80\x04" + resolver.encode())
    for reading in (dict(foreign=True), dict(lenient=True)):
        assert isinstance(read_pickle(b"\x80\x04" + resolver.encode(), **reading), StandIn)
    assert SPRUNG == []


def test_values_of_numpy_are_kept(tmp_path: Path) -> None:
    numpy = pytest.importorskip("numpy")
    draw = numpy.random.default_rng(3)
    assert read_pickle(pickle.dumps(draw, 4)).random() == draw.random()
    masked = numpy.ma.array([1, 2], mask=[False, True])
    assert read_pickle(pickle.dumps(masked, 4)).sum() == 1
    wanted = tmp_path / "made"
    with pytest.raises(StateError, match="memmap"):
        read_pickle(b"cnumpy\nmemmap\n(V%s\nVuint8\nVw+\nI0\nI9\ntR." % str(wanted).encode())
    assert not wanted.exists()


def test_frames_of_pandas_are_kept() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"a": [1, 2], "b": ["x", None], "c": pandas.to_datetime(["2026-01-01", "2026-01-02"])})
    frame["d"] = frame.b.astype("category")
    assert read_pickle(pickle.dumps(frame, 4)).equals(frame)
    for value in (pandas.Timestamp("2026-01-01"), pandas.Timedelta(1), pandas.NA, pandas.NaT, frame.index):
        assert repr(read_pickle(pickle.dumps(value, 4))) == repr(value)


def test_objects_of_ones_own_are_kept() -> None:
    assert read_pickle(pickle.dumps(Offer(3), 4)).amount == 3
    draw = random.Random(5)
    assert read_pickle(pickle.dumps(draw, 4)).random() == draw.random()
    numpy = pytest.importorskip("numpy")
    assert (read_pickle(pickle.dumps(numpy.arange(3), 4)) == numpy.arange(3)).all()
    assert read_pickle(pickle.dumps(numpy.float64(0.5), 4)) == 0.5
    error = read_pickle(pickle.dumps(ValueError("x"), 4))
    assert (type(error), str(error)) == (ValueError, "x")


def test_a_function_of_ones_own_is_a_value_but_a_store_calls_none() -> None:
    data = trap(parser, "sprung")
    SPRUNG.clear()
    assert "parser('sprung')" in repr(read_pickle(data, lenient=True))
    assert "parser('sprung')" in repr(read_pickle(data, foreign=True))
    assert SPRUNG == []


def test_a_stand_in_shows_its_values() -> None:
    held = {
        "offer": Offer(3),
        "mood": Mood.GOOD,
        "treatment": Treatment("low", reward=1),
        "at": datetime.date(2026, 1, 2),
    }
    found = read_pickle(pickle.dumps(held, 4), foreign=True)
    assert repr(found) == (
        "{'offer': Offer(amount=3), 'mood': Mood(1), 'treatment': Treatment(name='low', reward=1), "
        "'at': datetime.date(2026, 1, 2)}"
    )
    assert found["treatment"].reward == 1 and found["offer"].amount == 3
    own = read_pickle(pickle.dumps(held, 4), lenient=True)
    assert type(own["offer"]) is Offer and own["mood"] is Mood.GOOD and own["treatment"] == held["treatment"]


def test_places_far_away_take_no_room() -> None:
    for data in (b"\x80\x02Nr\xff\xff\xff\x0f.", b"Np900000000\n."):
        for reading in (dict(foreign=True), dict(lenient=True)):
            with pytest.raises(StateError, match="damaged"):
                read_pickle(data, **reading)


def test_what_unfolds_without_end_is_not_read() -> None:
    held: Any = ["x"]
    for _ in range(60):
        held = [held, held]
    circle: list[Any] = []
    circle.append(circle)
    deep: Any = 1
    for _ in range(300):
        deep = [deep]
    for value in (held, circle, deep):
        for reading in (dict(foreign=True), dict(lenient=True)):
            with pytest.raises(StateError, match="too large or nested too deeply"):
                read_pickle(pickle.dumps(value, 4), **reading)
    bomb = b"cbuiltins\nlist\n(cbuiltins\nrange\n(I99999999999\ntRtR."
    assert "range(99999999999)" in repr(read_pickle(bomb, lenient=True))
    assert "bytearray(99999999999)" in repr(read_pickle(b"cbuiltins\nbytearray\n(I99999999999\ntR.", foreign=True))


@pytest.mark.parametrize("data", [b"", b"no pickle", b"\x80\x05.", b"\x80\x04N", pickle.dumps([1])[:-3], b"\x80\xff"])
def test_a_damaged_pickle_is_a_state_error(data: bytes) -> None:
    for reading in (dict(), dict(foreign=True), dict(lenient=True)):
        with pytest.raises(StateError):
            read_pickle(data, **reading)


@settings(max_examples=50)
@given(st.binary(max_size=60))
def test_any_bytes_give_a_value_or_a_state_error(data: bytes) -> None:
    for reading in (dict(foreign=True), dict(lenient=True)):
        try:
            repr(read_pickle(b"\x80\x04" + data + b".", **reading))
        except StateError:
            continue


def test_the_kind_of_a_foreign_thread_imports_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "evil_kind.py").write_text(f"import pathlib\npathlib.Path({str(tmp_path / 'sprung')!r}).touch()\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert class_of("evil_kind:Thing", known_only=True) is Thread
    assert class_of("GPTThread", known_only=True).__name__ == "GPTThread"
    assert not (tmp_path / "sprung").exists()
    with pytest.raises(LinkError):
        class_of("evil_kind:Thing")
    assert (tmp_path / "sprung").exists(), "the trap works where a project's own database is read"
