"""PROTOCOL.md, held against the code of both sides and against the frames of real chats."""

from __future__ import annotations

import ast
import json
import re
import runpy
from collections.abc import Callable, Iterator
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from harness import Server
from harness.chat import CONFIG, Chat
from harness.group_rooms import ROOM_FILES, room_field
from harness.project import REPO

from otree_ego.testing import FakeService

CHATS = REPO / "otree_ego" / "binding" / "chats"
BESIDE = (REPO / "_static" / "otree_ego" / "reactions.js").read_text("utf-8")
SCRIPT = (REPO / "_static" / "otree_ego" / "chat.js").read_text("utf-8")
TEMPLATE = (REPO / "otree_ego" / "binding" / "templates" / "otree_ego" / "chat.html").read_text("utf-8")
OBJECTS = ("message", "status", "person", "reaction")
Rows = dict[tuple[str, str], tuple[str, str]]
"""Types and chats by frame (or object) and field."""


def tables() -> dict[str, list[list[str]]]:
    """The page's tables by the first cell of their heads, or by the heading above where that is an object's."""
    found: dict[str, list[list[str]]] = {}
    heading = name = ""
    for line in (CHATS / "PROTOCOL.md").read_text("utf-8").splitlines():
        if line.startswith("#"):
            heading, name = line.lstrip("# "), ""
        elif not line.startswith("|"):
            name = ""
        elif not line.startswith("|---"):
            cells = [cell.strip().strip("`") for cell in line.strip("|").split("|")]
            name = name or (heading if heading in OBJECTS else " ".join(cells[:2]))
            found.setdefault(name, []).append(cells)
    return {name: rows[1:] for name, rows in found.items()}


TABLES = tables()
FRAMES: Rows = {(t, field): (kind, chat) for t, field, kind, chat, _ in TABLES["t field"] if field}
PARTS: Rows = {(name, field): (kind, chat) for name in OBJECTS for field, kind, chat, _ in TABLES[name]}
COMMANDS: dict[str, dict[str, str]] = {}
for do, field, kind, _ in TABLES["do field"]:
    COMMANDS.setdefault(do, {}).update({field: kind} if field else {})


def fields(rows: Rows, name: str, chat: str = "") -> set[str]:
    """The fields of a frame or an object, in any chat or in this one."""
    return {field for (one, field), (_, where) in rows.items() if one == name and (not chat or where in ("all", chat))}


# --- the server's code ------------------------------------------------------------------------------------------------

CLASSES = {
    "MessageView": "message", "GroupMessageView": "message", "Status": "status", "Person": "person",
    "Reaction": "reaction", "Activity": "", "GroupActivity": "",
}  # fmt: skip


def in_words(kind: Any) -> str:
    """A type of frames.py as the page writes it."""
    if get_origin(kind) is list:
        return f"list of {in_words(get_args(kind)[0])}"
    if set(get_args(kind)) == {int, type(None)}:
        return "number or null"
    if get_origin(kind) is dict:
        return "words"
    return {str: "text", int: "number", bool: "yes/no"}.get(kind) or CLASSES[kind.__name__]


def test_the_types_of_the_frames_are_those_of_the_page() -> None:
    found: dict[str, dict[str, str]] = {}
    module = runpy.run_path(str(CHATS / "frames.py"))
    for name, made in module.items():
        if not isinstance(made, type) or CLASSES.get(name) == "":
            continue
        hints = get_type_hints(made, module)
        kind = get_args(hints.pop("t"))[0] if "t" in hints else CLASSES[name]
        found.setdefault(kind, {}).update({field: in_words(hint) for field, hint in hints.items()})
    wanted: dict[str, dict[str, str]] = {t: {} for t, *_ in TABLES["t when"]}
    for (name, field), (kind, _) in {**FRAMES, **PARTS}.items():
        wanted.setdefault(name, {})[field] = kind
    assert found == wanted


def test_every_frame_says_when_it_comes() -> None:
    assert [t for t, *_ in TABLES["t when"]] == list(dict.fromkeys(t for t, *_ in TABLES["t field"]))


def test_the_commands_are_those_of_the_page() -> None:
    tree = ast.parse((CHATS / "commands.py").read_text("utf-8"))
    (table,) = [
        node.value for node in tree.body if isinstance(node, ast.AnnAssign) and _name(node.target) == "COMMANDS"
    ]
    assert isinstance(table, ast.Dict)
    functions = {node.name: node for node in tree.body if isinstance(node, ast.AsyncFunctionDef)}
    found = {
        ast.literal_eval(key): set(re.findall(r"sent\.get\('(\w+)'\)", ast.unparse(functions[_name(value)])))
        for key, value in zip(table.keys, table.values, strict=True)
        if key is not None
    }
    assert found == {do: set(taken) for do, taken in COMMANDS.items()}


def _name(node: ast.AST) -> str:
    assert isinstance(node, ast.Name)
    return node.id


def test_the_server_makes_all_frames_of_the_page_and_no_other() -> None:
    made = {t for file in CHATS.glob("*.py") for t in re.findall(r'"t": "(\w+)"', file.read_text("utf-8"))}
    assert made == {t for t, *_ in TABLES["t when"]}


# --- the page's code --------------------------------------------------------------------------------------------------


def test_the_page_handles_each_frame_with_each_of_its_fields() -> None:
    handlers = SCRIPT[SCRIPT.index("const on = {") : SCRIPT.index("function append(")]
    found = {
        t: {field.partition(":")[0].strip() for field in taken.split(",") if taken}
        for t, taken in re.findall(r"^        (\w+)\((?:\{([^}]*)\})?\) \{$", handlers, re.MULTILINE)
    }
    assert found == {t: fields(FRAMES, t) for t, *_ in TABLES["t when"]}


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("message", r"\bmessage\.(\w+)|const \{([^}]*)\} = row\.message;"),
        ("status", r"\bstatus\.(\w+)|const \{([^}]*)\} = chat\.status;"),
        ("person", r"\(\(\{([^}]*)\}\) =>()"),
        ("reaction", r"const \{([^}]*)\} = found|\bone\.(reaction), one"),
    ],
)
def test_the_page_reads_the_fields_of_the_objects(name: str, read: str) -> None:
    listed = SCRIPT[SCRIPT.index("function list(people)") : SCRIPT.index("function setTyping(")]
    matches = re.findall(read, {"person": listed, "reaction": BESIDE}.get(name, SCRIPT))
    assert {field.strip() for match in matches for field in ",".join(filter(None, match)).split(",")} == fields(
        PARTS, name
    )


def test_the_page_sends_each_command_with_each_of_its_fields() -> None:
    found: dict[str, set[str]] = {do: set() for do in re.findall(r'data-ego-do="(\w+)"', TEMPLATE)}
    for do, more in re.findall(r"send\(\{ do: '(\w+)'([^}]*)\}\)", SCRIPT):
        found.setdefault(do, set()).update(re.findall(r"(\w+): ", more))
    assert found == {do: set(taken) for do, taken in COMMANDS.items()}


TIMED = {"ego_min_seconds": 0.2, "ego_max_seconds": 3600, "ego_show_countdown": True}


# --- real chats -------------------------------------------------------------------------------------------------------


class Recorder(Chat):
    """A tab that takes every frame, a group chat's too, and keeps what it sends and gets."""

    def next(self) -> dict[str, Any]:
        frame: dict[str, Any] = self.live.receive()["ego"]
        if frame["t"] == "state":
            self.messages = {message["id"]: message for message in frame["messages"]}
        for message in (frame.get("message"), frame.get("reply")):
            if message:
                self.messages[message["id"]] = message
        self.busy = frame.get("busy", self.busy)
        return frame

    def frames(self, way: str) -> list[dict[str, Any]]:
        """The frames that went one way."""
        carried = [json.loads(frame.text) for frame in self.live.frames if frame.way == way]
        return [frame["ego"] if way == "sent" else frame["live_method_payload"]["ego"] for frame in carried]

    def heard(self, t: str) -> None:
        """Waits until such a frame has come, which may be long ago."""
        while not any(frame["t"] == t for frame in self.frames("received")):
            self.next()


@pytest.fixture(scope="module")
def server(chat_server: Callable[..., Server]) -> Server:
    config = {"name": "salon", "app_sequence": ["room"], **CONFIG, "room": ""}
    return chat_server(apps={"room": ROOM_FILES}, configs=[config])


def alone(server: Server, model: FakeService) -> list[Recorder]:
    """A chat with one AI in which everything happens: a reply in pieces, a stop, a failure, a refusal, another tab."""
    model.reply = "one two three four five six"
    told = {"ego_max_messages": 4, "ego_reactions": "👍 👎", **TIMED}
    person = server.create_session("talk", 1, **told).participant().start()
    with Recorder(person) as chat, Recorder(person) as other:
        chat.heard("status")
        model.hold()
        chat.say("Hello", "hello")
        chat.until(lambda frame: frame["t"] == "text")
        chat.do(do="ping")
        chat.until(lambda frame: frame["t"] == "pong")
        chat.do(do="stop")
        chat.until(lambda frame: frame["t"] == "end")
        model.release()
        (stopped,) = (uid for uid, message in chat.messages.items() if message["role"] == "assistant")
        chat.do(do="react", message=stopped, reaction="👍")
        chat.until(lambda frame: frame["t"] == "reactions")
        chat.open()
        model.fail(400)
        chat.say("Are you there?")
        chat.until(lambda frame: frame["t"] == "end")
        chat.do(do="retry")
        chat.until(lambda frame: frame["t"] == "end")
        chat.say("Hello", "hello")
        chat.until(lambda frame: frame.get("client_id") == "hello")
        chat.say(" ")
        chat.until(lambda frame: frame["t"] == "no")
        for text in ("three", "four"):
            chat.say(text)
            chat.until(lambda frame: frame["t"] == "end")
        chat.say("five")
        chat.until(lambda frame: frame["t"] == "no")
        chat.do(do="retry")
        chat.until(lambda frame: frame["t"] == "state")
        other.until(lambda frame: frame["t"] == "end" and not frame["status"]["open"])
    return [chat, other]


def together(server: Server, model: FakeService, hide: bool) -> list[Recorder]:
    """Two people and two AIs: one AI answers, one reply fails and is tried again, one message is refused."""
    ais = [{"name": name, "speaks": "addressed"} for name in ("Ada", "Ben")]
    told = room_field(*ais, more={"reveal_ais": not hide})
    session = server.create_session("salon", 2, room=told, ego_reactions="👍 👎", **TIMED)
    people = [person.start() for person in session.participants()]
    model.reply = "I am here."
    with Recorder(people[0]) as ann, Recorder(people[1]) as bob:
        ann.heard("status")
        ann.say("Ada?")
        for chat in (ann, bob):
            chat.until(lambda frame: frame["t"] == "add" and frame["message"]["text"] == "I am here.")
        bob.do(do="react", message=next(iter(bob.messages)), reaction="👍")
        ann.until(lambda frame: frame["t"] == "reactions")
        bob.say("")
        bob.until(lambda frame: frame["t"] == "no")
        if not hide:
            model.fail(400)
            bob.say("Ben?")
            bob.until(lambda frame: frame["t"] == "add" and frame["message"]["status"] == "failed")
            bob.do(do="retry")
            ann.until(
                lambda frame: frame["t"] == "add" and frame["message"]["author"] == "Ben" and frame["message"]["text"]
            )
        ann.open()
    return [ann, bob]


def problems(value: Any, kind: str, chat: str) -> Iterator[str]:
    """How a value is not of a type of the page."""
    if kind.endswith(" or null"):
        if value is not None:
            yield from problems(value, kind.removesuffix(" or null"), chat)
    elif kind.startswith("list of "):
        assert isinstance(value, list)
        for one in value:
            yield from problems(one, kind.removeprefix("list of "), chat)
    elif kind in OBJECTS:
        if value.keys() != fields(PARTS, kind, chat):
            yield f"{kind} has {sorted(value)}"
        for field, one in value.items():
            yield from (f"{field}: {each}" for each in problems(one, PARTS[kind, field][0], chat))
    else:
        plain = {"text": str, "number": int, "yes/no": bool, "words": dict}[kind]
        if type(value) is not plain:
            yield f"{value!r:.60} is not {kind}"


def check(frames: list[dict[str, Any]], chat: str) -> set[tuple[str, str]]:
    """Holds frames against the page; the fields that were there."""
    seen = set()
    for frame in frames:
        t = frame.pop("t")
        missing = fields(FRAMES, t, chat) - frame.keys()
        assert missing <= ({"reply"} if t == "add" else set()), (t, missing)
        assert frame.keys() <= fields(FRAMES, t, chat), (t, frame)
        for field, value in frame.items():
            assert list(problems(value, FRAMES[t, field][0], chat)) == [], (t, field)
            seen.add((t, field))
    return seen


def test_a_chat_with_one_ai_keeps_to_the_page(server: Server, model: FakeService) -> None:
    chats = alone(server, model)
    seen = check([frame for chat in chats for frame in chat.frames("received")], "one")
    assert seen == {(t, field) for (t, field), (_, where) in FRAMES.items() if where in ("all", "one")}
    sent = [frame for chat in chats for frame in chat.frames("sent")]
    assert {frame["do"]: set(frame) - {"do"} for frame in sent} == {do: set(taken) for do, taken in COMMANDS.items()}


def test_a_group_chat_keeps_to_the_page(server: Server, model: FakeService) -> None:
    chats = together(server, model, hide=False)
    seen = check([frame for chat in chats for frame in chat.frames("received")], "group")
    assert seen == {(t, field) for (t, field), (_, where) in FRAMES.items() if where in ("all", "group")}


def test_where_ais_are_hidden_no_frame_tells_of_them(server: Server, model: FakeService) -> None:
    chats = together(server, model, hide=True)
    frames = [frame for chat in chats for frame in chat.frames("received")]
    assert {frame["t"] for frame in frames} == {"state", "add", "no", "status", "reactions"}
    shown = [message for frame in frames for message in [frame.get("message"), *frame.get("messages", ())] if message]
    assert {message["role"] for message in shown} == {"user"}
    assert {frame["typing"] for frame in frames if "typing" in frame} == {""}
    assert {frame["stop"] for frame in frames if "stop" in frame} == {False}
    check(frames, "group")
