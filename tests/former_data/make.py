#!/usr/bin/env python3
"""Makes the files in data/ with the code of commit 83aae1b (otree_ego 0.1.0, before the rearrangement).

What is in data/ was made by this script once and is kept: do not make it again with newer code, or it tests nothing.
To see how it was made, or to add to it:

    git worktree add /tmp/old 83aae1b            # the code that makes it
    git worktree add /tmp/first 542c221          # the first code that had a store: data/stores/first.sql
    python3 -m venv /tmp/old/.venv               # and PostgreSQL's programs: apt-get install postgresql
    /tmp/old/.venv/bin/pip install -e "/tmp/old[test]"
    /tmp/old/.venv/bin/python make.py --repo /tmp/old --first /tmp/first

It takes about two minutes. Whatever is drawn (codes of sessions and participants, ids) is new each time: tests read
it from the files.

    data/project/           an oTree project: its session configs, two apps of its own, and three copied from apps/
    data/study/             scripts, modules and built files of experiments without humans
    data/otree/*.sql        the project's database after a session of each config; the server was killed in the end
    data/stores/*.sql       the store of the study's runs; some of them were killed in the middle
    data/pickled_names.txt  the modules and names that pickles in these files look up

All .sql files are plain SQL: the SQLite ones for sqlite3's executescript, the PostgreSQL ones (pg_dump --inserts) for
one cursor.execute. The machine's name and folders in them are replaced by `host`, `/study` and `/code`; processes were
last seen, and decisions began, an hour before they really did, so that the files can be tested as soon as they are
made. Nothing else is changed.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import io
import itertools
import json
import os
import pickle
import pickletools
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
DATA = HERE / "data"
PORT = 47110
"""Of the fake service: its address stands in the texts of errors."""
KEY = "sk-fake-0123456789abcdefghij"
EARLIER = 3600.0


# --- SQL files --------------------------------------------------------------------------------------------------------


def dump_sqlite(file: Path) -> str:
    """A SQLite file as SQL."""
    with closing(sqlite3.connect(file)) as connection:
        (version,) = connection.execute("pragma user_version").fetchone()
        lines = [f"PRAGMA user_version={version};", *connection.iterdump()]
    return "\n".join(lines) + "\n"


def dump_postgres(database: Any) -> str:
    """A database of PostgreSQL's as SQL, without what is psql's or this server's own."""
    command = [database.cluster.bin / "pg_dump", "--inserts", "--no-owner", "--no-privileges", "-U", "postgres"]
    command += ["-h", database.cluster.folder, "-p", database.cluster.port, database.name]
    text = subprocess.run([*map(str, command)], check=True, capture_output=True, text=True).stdout
    lines, inside = [], False  # of a text, which may have lines of any kind
    for line in text.splitlines():
        if inside or not re.match(r"--|\\|SET |$", line):
            lines.append(line)
            inside ^= bool(line.count("'") % 2)
    return "\n".join(lines) + "\n"


def dump(database: Any) -> str:
    return dump_sqlite(database.file) if hasattr(database, "file") else dump_postgres(database)


def execute(database: Any, sql: str) -> None:
    """Change a database while no server uses it."""
    if hasattr(database, "cluster"):
        database.cluster.execute(sql, database.name)
        return
    with closing(sqlite3.connect(database.file)) as connection, connection:
        connection.executescript(sql)


def keep(path: str, text: str, names: dict[Path, str] | None = None) -> None:
    """Write a file of data/ in which nothing tells of this machine: its folders by other names."""
    found = DATA / path
    found.parent.mkdir(parents=True, exist_ok=True)
    for folder, name in (names or {}).items():
        text = text.replace(str(folder), name)
    for private in (socket.gethostname() + ":", tempfile.gettempdir(), str(HERE), str(Path.home()) + "/"):
        assert private not in text, f"{private!r} is in {path}: {text[max(0, text.index(private) - 200) :][:400]}"
    found.write_text(text, encoding="utf-8")
    print(f"  {path}: {found.stat().st_size:,} bytes", flush=True)


# --- the project: sessions on a server --------------------------------------------------------------------------------


def talk(body: dict[str, Any]) -> str:
    """What the service answers to the sessions."""
    first, last = body["messages"][0]["content"], body["messages"][-1]["content"]
    schema = ((body.get("response_format") or {}).get("json_schema") or {}).get("schema")
    if schema is not None:
        wanted = schema["properties"]["answer"]
        return json.dumps({"answer": wanted["enum"][0] if "enum" in wanted else 40})
    if "Which number" in last:
        return "42"
    if "You keep order." in first:
        return "PASS"
    if who := re.search(r"You are (\w+) in a group chat", first):
        return f"{who[1]}: I have read {len(body['messages'])} messages."
    return f"You have said: {last}"


RARE = """
from otree_ego.errors import InvalidAnswer, ParseError, RateLimited
from otree_ego.experiment import Experiment, factorial
from otree_ego.experiment.asking import Asked
from otree_ego.experiment.built import Filter
from otree_ego.messages import Form
from otree_ego.personas import Rule
from otree_ego.stores import Replication

values = dict(
    form=Form("answer", {"type": "object"}, "root ::= [0-9]+"),
    rule=Rule("every", 2.0),
    experiment=Experiment("low", "high", seed=1),
    design=factorial("What is {{ a }}?", a=[1, 2]),
    asked=Asked("ACCEPT", "I accept.", 2),
    filter=Filter("exclusive_response", ("ACCEPT", "REJECT")),
    replication=Replication("r" * 32, 3, result={"a": 1}),
    parse_error=ParseError("There is no number in it.", text="None.", expected="a number"),
    invalid=InvalidAnswer("Not a number.", text="None."),
    limited=RateLimited("Too many requests.", service="openai", model="gpt-4o", status=429, retry_after=1.5),
)
for name, value in values.items():
    ai(player, "rare " + name).set(ConstantThread("Rare.", value=value))
player.participant.vars["rare"] = values
result = "done"
"""
"""What nobody is told to keep, and what could be kept all the same: names of modules that are nobody's business."""

PLAIN = """
with ai(player) as llm:
    llm.submit("First question.")
    llm.choices += [4, 9]
    llm.offers.append(5)
    llm.user(Prompt("Your plan is {{ plan['a']['b'] }}."))
    llm.assistant("I have no plan.")
    llm.temperature = 0.9
    llm.answer = llm.ask_number("How much of 100 do you want?", low=0, high=100)
with ai(player, "steady") as llm:
    llm.submit("Stay?")
    llm.mood = "stubborn"
with ai(player, "script") as llm:
    llm.submit("Count.")
with ai(player, "function") as llm:
    llm.submit("hello")
with ai(player, "own") as llm:
    llm.submit("Whose?")
with ai(group) as convo:
    for thread in convo:
        thread.choices.append(thread.submit(f"Round {thread.round}: how much?"))
    convo.all.round = 2
    convo.bob.said = "3"
    convo.weather = {"sun": 1}
with ai(group, "numbers") as convo:
    for thread in convo:
        thread.submit("Number?")
with ai(player.participant) as llm:
    llm.submit("Of whom?")
with ai(player.subsession) as llm:
    llm.submit("Of whom?")
with ai(session) as llm:
    llm.submit("Of whom?")
result = "done"
"""


class Sessions:
    """Makes the sessions of data/project on a server, and kills it."""

    def __init__(self, server: Any, service: Any) -> None:
        from harness import chat as harness_chat
        from harness.chat import Chat

        harness_chat._numbers = itertools.count(10_001)  # the tests' browsers count from 1: theirs are new messages
        self.server, self.service, self.chat = server, service, Chat
        self.held: list[Any] = []

    def make(self) -> None:
        self.service.reply = talk
        ready = [self.chats(), self.rooms(), self.games(), self.decisions(), self.study()]
        self.service.hold()
        with ExitStack() as stack:
            for number, begin in enumerate(ready, 1):
                begin(stack)
                self.service.wait_until(lambda fake, number=number: fake.standing == number)
            pending = self.server.database.query("SELECT uid FROM otree_ego_message WHERE status = 'pending'")
            assert len(pending) == 5, pending
            states = [row["status"] for row in self.server.database.query("SELECT status FROM otree_ego_decision")]
            assert (states.count("pending"), states.count("answered")) == (2, 1), states
            self.server.kill()
        self.service.release()

    def chats(self) -> Callable[[ExitStack], Any]:
        """A long chat, partial replies, a failed one, one that is under way, an empty one, one that is over."""
        session = self.server.create_session("chat", 7)
        people = session.participants()
        for person, name in zip(people[:5] + people[6:], ["Ann", "Bob", "Cem", "Dea", "Eva", "Gus"], strict=True):
            person.start().submit(nickname=name)
        with self.chat(people[0]) as chat:
            for text in ("Hello, ünïcode ✓", "{{ api_key }}\n*Two* lines", "And a third"):
                assert chat.ask(text)["status"] == "complete"
        with self.chat(people[1]) as chat:
            self.service.fault("length")
            assert chat.ask("This one is cut")["status"] == "partial"
            self.service.hold()
            chat.say("This one is stopped")
            chat.until(lambda told: told["t"] == "text")
            chat.do(do="stop")
            told = chat.until(lambda told: told["t"] == "end")
            assert (told["message"]["status"], told["message"]["why"]) == ("partial", "stopped"), told
            self.service.release()
        with self.chat(people[2]) as chat:
            assert chat.ask("This one is answered")["status"] == "complete"
            self.service.fail(500)
            assert chat.ask("This one fails")["status"] == "failed"
        with self.chat(people[3]) as chat:
            assert chat.ask("Before")["status"] == "complete"
        with self.chat(people[6]) as chat:
            assert chat.ask("Goodbye")["status"] == "complete"
        people[6].submit()
        assert people[6].page == "End"

        def begin(stack: ExitStack) -> None:
            chat = stack.enter_context(self.chat(people[3]))
            chat.say("Is this lost?", "sent again")
            chat.until(lambda told: told["t"] == "text")

        return begin

    def rooms(self) -> Callable[[ExitStack], Any]:
        """A room of two people and three AIs, in which one of them is under way."""
        session = self.server.create_session("rooms", 4)
        people = session.participants()[:2]
        for person in people:
            person.start()
        for person, name in zip(people, ["Kim", "Lou"], strict=True):
            person.until("Introduction").submit(nickname=name)

        passed = "SELECT 1 AS n FROM otree_ego_message WHERE author = 'Mo' AND finish_reason = 'pass'"
        for number, (person, text) in enumerate([(people[0], "Hello all"), (people[1], "Ben, is it?")], 1):
            with person.live() as live:
                live.send({"ego": {"do": "open"}})
                live.send({"ego": {"do": "say", "text": text, "id": text}})
                self.until(passed, [{"n": 1}] * number)  # Mo is asked last

        def begin(stack: ExitStack) -> None:
            live = stack.enter_context(people[0].live())
            live.send({"ego": {"do": "open"}})
            live.send({"ego": {"do": "say", "text": "Is anybody there?", "id": "last"}})

        return begin

    def until(self, sql: str, rows: list[dict[str, Any]]) -> None:
        """Wait until a query finds these rows."""
        from harness.database import attempts

        for _ in attempts(30):
            if (found := self.server.database.query(sql)) == rows:
                return
        raise TimeoutError(f"{sql}: {found}")

    def games(self) -> Callable[[ExitStack], Any]:
        """Ultimatum games: one in its second round, one before the answer, one whose proposal is under way."""
        session = self.server.create_session("game", 4)
        people = session.participants()
        for person in people[:2]:
            person.start().submit()
            person.submit(check1="some", check2="nobody", check3="seen")
            person.until("Respond")
        people[0].submit(accepted="True")
        assert people[0].page == "Results"
        people[0].submit().until("Respond")
        people[2].start()

        return lambda stack: people[2].submit()

    def decisions(self) -> Callable[[ExitStack], Any]:
        """Decisions: stored, fallback, failed, pending, answered and waiting; one to come."""
        session = self.server.create_session("decide", 7)
        people = session.participants()
        for person in people[:6]:
            person.start()
        people[0].submit().until("After")
        for person, page in ((people[1], "After"), (people[2], "Partner")):
            self.service.fail(500)
            person.submit().until(page)
            self.until_decision(3 if person is people[2] else 2, "failed" if person is people[2] else "fallback")
        people[4].submit()
        self.until_decision(5, "answered")

        return lambda stack: people[3].submit()

    def until_decision(self, number: int, status: str) -> None:
        sql = f"""SELECT d.status FROM otree_ego_decision d JOIN otree_participant p ON d.owner LIKE
                  'player:decide:1:' || p.code || '/%' WHERE p.id_in_session = {number}"""
        self.until(sql, [{"status": status}])

    def study(self) -> Callable[[ExitStack], Any]:
        """Threads and Conversations of all kinds; the second group's is in the middle of a turn."""
        session = self.server.create_session("study", 4)
        people = session.participants()
        ann, cem, dea = (people[number].start().submit() for number in (0, 2, 3))
        for person, code in ((ann, PLAIN), (dea, RARE)):
            with person.live() as live:
                live.send({"code": code})
                told = live.until(lambda told: "ego" not in told)
                assert "result" in told, told
        cem.submit()
        with cem.live() as live:
            live.send({"code": "async with ai(group) as convo:\n    return await convo.ann.submit('Before.')"})
            assert live.until(lambda told: "ego" not in told) == {"result": "You have said: Before."}

        def begin(stack: ExitStack) -> None:
            live = stack.enter_context(cem.live())
            live.send({"code": "async with ai(group) as convo:\n    return await convo.ann.submit('Are you there?')"})

        return begin


def make_sessions(repo: Path, folder: Path, kind: str, cluster: Any) -> None:
    from harness import Project, Server

    from otree_ego.testing import FakeService

    apps = {each.name: each for each in (DATA / "project").iterdir() if each.is_dir()}
    configs = json.loads((DATA / "project/session_configs.json").read_text("utf-8"))
    project = Project(folder / kind / "project", apps=apps, session_configs=configs)
    with FakeService(PORT) as service:
        server = Server(project, cluster, {"OPENAI_BASE_URL": service.base_url, "OPENAI_API_KEY": KEY})
        with server:
            Sessions(server, service).make()
            server.stop()  # what is left of its group
    assert not server.complaints(), server.complaints()
    earlier = ", ".join(f"{name} = {name} - {EARLIER}" for name in ("started", "answered", "ended"))
    execute(server.database, f"UPDATE otree_ego_decision SET {earlier}")
    keep(f"otree/{kind}.sql", dump(server.database))


# --- the study: runs in a store ---------------------------------------------------------------------------------------


class Store:
    """The study's folder with its scripts, and the store that they write to."""

    def __init__(self, repo: Path, folder: Path, service: Any, database: Any = None) -> None:
        self.folder, self.service, self.database = folder, service, database
        shutil.copytree(DATA / "study", folder)
        self.file = folder / "ego.sqlite3"
        self.url = database.env["DATABASE_URL"] if database else "ego.sqlite3"
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "EGO_"))}
        self.env = {**kept, "PYTHONPATH": str(repo), "EGO_STORE": self.url, "OPENAI_API_KEY": KEY, "NO_COLOR": "1"}
        self.env |= {"OPENAI_BASE_URL": service.base_url, "PYTHONDONTWRITEBYTECODE": "1"}

    def query(self, sql: str) -> list[dict[str, Any]]:
        if self.database is not None:
            return self.database.query(sql)
        with closing(sqlite3.connect(self.file, timeout=30)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(sql)]

    def start(self, *line: str) -> subprocess.Popen[str]:
        command = [sys.executable, *(("-m", "otree_ego.cli") if line[0] == "run" else ()), *line]
        pipes: dict[str, Any] = dict(stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        return subprocess.Popen(command, cwd=self.folder, env=self.env, text=True, start_new_session=True, **pipes)

    def run(self, *line: str) -> None:
        """To its end."""
        self.service.reply = Replies(self.service)
        process = self.start(*line)
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, f"{line}: {out}{err}"

    def killed(self, *line: str, at: int) -> None:
        """Until the service has begun its reply to a request, by number; then the process is killed."""
        self.service.reply = Replies(self.service, at)
        process = self.start(*line)
        self.service.wait_until(lambda fake: fake.standing == 1)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        self.service.release()
        self.service.wait_until(lambda fake: fake.standing == 0)

    def waits(self, *line: str) -> None:
        """Until its batch is at the service; then the process is killed."""
        self.service.reply, self.service.batch_polls = Replies(self.service), -1
        process, end = self.start(*line), time.monotonic() + 60
        while not self.query("SELECT id FROM otree_ego_batch WHERE status = 'sent'"):
            assert time.monotonic() < end and process.poll() is None, process.communicate()
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        self.service.batch_polls = 0


class Replies:
    """What the service answers to the runs; at the request of this number it stands still in the middle."""

    def __init__(self, service: Any, at: int = 0) -> None:
        self.service, self.at, self.count = service, at, 0

    def __call__(self, body: dict[str, Any]) -> str:
        self.count += 1
        if self.count == self.at:
            self.service.hold()
        said = [each["content"] for each in body["messages"] if each["role"] == "user"]
        asked, seed = said[0], body.get("seed") or 0
        if asked.startswith("Estimate"):
            if seed == 101 or (seed == 103 and len(said) == 1):
                return "I would rather not say."
            return str(seed - 50)
        if numbers := re.search(r"(\d+) (times|plus) (\d+)", asked):
            one, other = int(numbers[1]), int(numbers[3])
            return f"It is {one * other if numbers[2] == 'times' else one + other}."
        if "YES or NO" in asked:
            return "YES."
        if said[-1].startswith("Pair 2"):
            return "I take 95."
        if said[-1].startswith("Pair 3, round 2"):
            return "Nothing."
        if said[-1].startswith("Pair 5"):
            raise RuntimeError("on purpose")
        return "I take 7."


def make_store(repo: Path, folder: Path, kind: str, cluster: Any) -> None:
    from otree_ego.testing import FakeService

    (folder / kind).mkdir(parents=True, exist_ok=True)
    home = folder / kind / "study"
    with FakeService(PORT) as service:
        store = Store(repo, home, service, cluster.database() if cluster else None)
        service.fail(429, retry_after=0.01)
        store.run("approval.py")
        store.killed("stopped.py", at=6)
        store.run("described.py")
        store.run("pairs.py")
        store.run("run", "ultimatum.json", "-n", "3", "--balanced", "--seed", "1")
        store.killed("run", "bargain.json", "-n", "4", "--seed", "2", "--concurrency", "1", at=6)
        store.run("run", "oldloop", "-n", "2", "-p", "rounds", "2")
        store.killed("run", "oldloop", "-n", "3", at=4)
        store.killed("run", "oldsplit", "-n", "4", "--seed", "5", at=3)
        store.run("queued.py")
        store.waits("waiting.py")
        found = store.database or store
        holder = "host:999999999:00000000"
        execute(found, f"UPDATE otree_ego_run SET beat = beat - {EARLIER};"
                       f"UPDATE otree_ego_run SET holder = '{holder}' WHERE holder != ''")  # fmt: skip
        for row in store.query("SELECT name, kind, status, planned, holder FROM otree_ego_run ORDER BY id"):
            print("   ", *row.values())
        keep(f"stores/{kind}.sql", dump(found), {home: "/study", repo: "/code"})


SQLSTORE = """
import sys
from otree_ego import Conversation, GPTThread, Message, Thread
from otree_ego.stores import SQLStore, opening
from otree_ego.stores.rows import ThreadRow
{before}
store = SQLStore("sqlite:///" + sys.argv[1])
one = Thread("constant/Fine, thanks.", name="Ada", offers=[1, 2])
two = GPTThread("gpt-4o", temperature=0.5)
store.save(ThreadRow(one.id, "demo", one.kind, one.pickled()))
store.save(ThreadRow(two.id, "other#advisor", two.kind, two.pickled()))
store.append(one.id, [Message("system", "Be brief."), Message("user", "How are you?"),
                      Message("assistant", "Fine, thanks.", author="constant/Fine, thanks.", tokens_out=2)])
failed, = store.append(two.id, [Message("assistant", "", status="pending", model="gpt-4o")])
store.close()
"""


def make_first(repo: Path, first: Path, folder: Path) -> None:
    """Stores of version 1: as the first code of all made it, and as the first of today's steps makes it."""
    one_step = "opening.STEPS = opening.STEPS[:1]"
    for name, code, before in (("first", first, ""), ("step1", repo, one_step)):
        file = folder / f"{name}.sqlite3"
        script = SQLSTORE.format(before=before)
        if name == "first":
            script = script.replace(", opening", "")
        env = {**os.environ, "PYTHONPATH": str(code), "PYTHONDONTWRITEBYTECODE": "1"}
        subprocess.run([sys.executable, "-c", script, str(file)], check=True, env=env, cwd=folder)
        keep(f"stores/{name}.sql", dump_sqlite(file))


# --- what is in it ----------------------------------------------------------------------------------------------------


def names_in(data: bytes) -> set[str]:
    """The modules and names that a pickle looks up."""
    found: set[str] = set()

    class Reader(pickle.Unpickler):
        def find_class(self, module: str, name: str) -> Any:
            found.add(f"{module} {name}")
            try:
                return super().find_class(module, name)
            except ModuleNotFoundError:  # an app's own
                return type(name, (), {})

    Reader(io.BytesIO(data)).load()
    for code, argument, _ in pickletools.genops(data):
        assert code.name != "GLOBAL", argument  # protocol 4 has none
    return found


def keep_names() -> None:
    """Write down what the pickles in data/ look up, and where."""
    pattern = re.compile(r"X'(80049[0-9A-F]+)'|'\\x(80049[0-9a-f]+)'|'(gASV[A-Za-z0-9+/=]+)\n?'")
    by_name: dict[str, set[str]] = {}
    for file in sorted(DATA.glob("*/*.sql")):
        for one, other, text in pattern.findall(file.read_text("utf-8")):
            data = base64.b64decode(text) if text else bytes.fromhex(one or other)
            for name in names_in(data):
                by_name.setdefault(name, set()).add(f"{file.parent.name}/{file.stem}")
    lines = [f"{name}: {', '.join(sorted(places))}" for name, places in sorted(by_name.items())]
    keep("pickled_names.txt", "\n".join(lines) + "\n")


@contextlib.contextmanager
def scratch(given: str) -> Iterator[Path]:
    if given:
        Path(given).mkdir(parents=True)
        yield Path(given)
        return
    with tempfile.TemporaryDirectory(prefix="old-", ignore_cleanup_errors=True) as made:
        yield Path(made)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repo", type=Path, required=True, help="a checkout of 83aae1b")
    parser.add_argument("--first", type=Path, required=True, help="a checkout of 542c221")
    parser.add_argument("--folder", default="", help="where to work; kept afterwards")
    parser.add_argument("--only", choices=("otree", "stores", "first"), help="make only these")
    options = parser.parse_args()
    repo = options.repo.resolve()
    sys.path[:0] = [str(repo / "tests"), str(repo)]
    from harness import PostgreSQL

    assert Path(sys.modules["harness"].__file__).is_relative_to(repo)
    with scratch(options.folder) as folder, PostgreSQL() as cluster:
        for kind, pg in (("sqlite", None), ("postgres", cluster)):
            if options.only in (None, "otree"):
                print(f"sessions, {kind}")
                make_sessions(repo, folder / "otree", kind, pg)
            if options.only in (None, "stores"):
                print(f"runs, {kind}")
                make_store(repo, folder / "stores", kind, pg)
        if options.only in (None, "first"):
            print("first stores")
            make_first(repo, options.first.resolve(), folder)
    keep_names()


if __name__ == "__main__":
    main()
