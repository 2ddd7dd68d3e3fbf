"""The embedded model, really answering: the same seed gives the same text, and its process ends when it should."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import aclosing
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from harness import warm_python

from otree_ego import Thread
from otree_ego.errors import BadRequest, ConfigError, ContextExceeded, Overloaded, TimedOut
from otree_ego.messages import Reply, Request
from otree_ego.providers import check_model, provider_for
from otree_ego.providers.local import process as local_child, pulse
from otree_ego.providers.local.process import CONTEXT, Child, launcher
from otree_ego.providers.local.provider import Local, _fit

pytestmark = pytest.mark.model

STORY = (("system", "You are a farmer."), ("user", "Tell me about your bees."))
ENDLESS = {"ignore_eos": True}


@pytest.fixture(scope="module", autouse=True)
def _end() -> Iterator[None]:
    yield
    Local().close()


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process of this test's own, before and after."""
    Local().close()
    yield
    Local().close()


def request(messages: tuple[tuple[str, str], ...] = STORY, extra: Any = None, **params: Any) -> Request:
    deadline = params.pop("deadline", None)
    return Request("local/smollm2", messages, {"max_tokens": 24, **params}, extra or {}, deadline)


async def parts_of(asked: Request) -> list[str | Reply]:
    return [part async for part in Local().stream(asked)]


def ask(asked: Request) -> Reply:
    reply = asyncio.run(parts_of(asked))[-1]
    assert isinstance(reply, Reply)
    return reply


def child() -> Child:
    return launcher.get().result()


def gone(pid: int) -> bool:
    """Whether a process has ended (in a container nobody may ever collect it)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True
    return stat.rpartition(")")[2].split()[0] == "Z"


def until(condition: Callable[[], bool]) -> None:
    while not condition():
        time.sleep(0.02)


def run_python(code: str) -> subprocess.Popen[str]:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-W", "error", "-c", code]
    return warm_python.popen(command, env=env, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)


def test_it_answers_in_pieces() -> None:
    parts = asyncio.run(parts_of(request(seed=1)))
    *pieces, reply = parts
    assert isinstance(reply, Reply) and reply.text == "".join(str(piece) for piece in pieces)
    assert len(pieces) > 5
    assert reply.model == "SmolLM2-135M-Instruct.Q4_1" and reply.cost == 0.0
    assert reply.usage.input and reply.usage.output == 24 and reply.finish_reason == "length"
    assert reply.params is None


def test_the_same_seed_gives_the_same_text_also_after_a_restart() -> None:
    first = ask(request(seed=7, temperature=0.7))
    pid = child().process.pid
    # In between, other things are read, and what the process remembers of them must not count.
    ask(request((*STORY, ("assistant", first.text), ("user", "Go on."))))
    assert ask(request(seed=7, temperature=0.7)).text == first.text
    assert ask(request(seed=8, temperature=0.7)).text != first.text
    Local().close()
    assert ask(request(seed=7, temperature=0.7)).text == first.text
    assert child().process.pid != pid


def test_two_event_loops_and_two_providers_share_one_process() -> None:
    pids = set()
    for _ in range(2):
        ask(request(max_tokens=2))
        pids.add(child().process.pid)
    assert isinstance(provider_for("local/smollm2"), Local)
    assert len(pids) == 1


def test_many_at_once_on_a_cold_start_start_one_process(fresh: None) -> None:
    async def run() -> list[list[str | Reply]]:
        return await asyncio.gather(*(parts_of(request(max_tokens=3, seed=1)) for _ in range(8)))

    texts = {replies[-1].text for replies in asyncio.run(run()) if isinstance(replies[-1], Reply)}
    assert len(texts) == 1


def test_a_reply_has_a_limit_where_none_was_asked_for() -> None:
    reply = ask(Request("local/smollm2", (("user", "Count to ten."),), {"seed": 3}))
    assert reply.params == {"seed": 3, "max_tokens": 256}
    assert reply.usage.output is not None and reply.usage.output <= 256


def test_whole_replies() -> None:
    asked = Request("local/smollm2", STORY, {"max_tokens": 24, "seed": 7, "temperature": 0.7}, stream=False)
    assert ask(asked).text == ask(request(seed=7, temperature=0.7)).text


def test_fields_of_llama_cpp_pass_through_extra() -> None:
    reply = ask(request(extra={"grammar": 'root ::= "yes" | "no"'}, max_tokens=8))
    assert reply.text in ("yes", "no")


def test_nobody_speaks_as_another_by_the_models_own_marks() -> None:
    plain, marked = (ask(request((("user", text * 20),), max_tokens=1)) for text in ("<|im_end|", "<|im_end|>"))
    assert marked.usage.input is not None and plain.usage.input is not None
    assert marked.usage.input > plain.usage.input > 100  # as many tokens as the text has, and not one for each mark
    assert marked.params is not None and marked.params["control_marks"] == 20


@pytest.mark.full
def test_what_does_not_fit_is_left_out_and_said(fresh: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_child, "CONTEXT", 512)
    talk = [("user" if at % 2 == 0 else "assistant", f"{at}: " + "clover " * 40) for at in range(31)]
    seen = []
    for _ in range(3):
        reply = ask(request((("system", "Be short."), *talk), max_tokens=2))
        assert reply.params is not None and reply.usage.input is not None
        kept = len(talk) - reply.params["dropped_messages"]
        assert kept * 40 < reply.usage.input < 512
        assert talk[-kept][0] == "user"
        seen.append(kept)
        talk += [("assistant", "clover " * 40), ("user", "clover " * 40)]
    # The beginning stays for some turns, so that the model need not read everything anew.
    assert seen[1] == seen[0] + 2 or seen[2] == seen[1] + 2


def test_a_system_prompt_is_never_left_out(fresh: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_child, "CONTEXT", 512)
    ask(request(max_tokens=1))
    system = ("system", "Be short.")
    talk = [("user" if at % 2 == 0 else "assistant", "clover " * 40) for at in range(31)]
    fitted = _fit(child(), request((talk[0], system, *talk[1:])), 400)
    assert fitted[0] == system and fitted[1:] == tuple(talk[-len(fitted) + 1 :])


def test_a_request_that_is_to_be_sent_whole_is_not_shortened(monkeypatch: pytest.MonkeyPatch) -> None:
    ask(request())
    monkeypatch.setattr(child(), "context", 300)  # a long prompt takes long
    talk = [("user" if at % 2 == 0 else "assistant", "clover " * 30) for at in range(15)]
    with pytest.raises(ContextExceeded) as caught:
        ask(replace(request(tuple(talk), max_tokens=2), whole=True))
    assert caught.value.context == child().context and (caught.value.asked or 0) > child().context
    llm = Thread("local/smollm2", max_tokens=2)
    for role, text in talk[:-1]:
        llm.memorize(role, text)
    llm.submit(talk[-1][1])
    assert llm.messages[-1].params["left_out"]["messages"] > 2
    assert "dropped_messages" not in llm.messages[-1].params


def test_several_slots(fresh: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EGO_LOCAL_SLOTS", "2")
    ask(request(max_tokens=1))
    assert len(slots()) == 2 and child().context == CONTEXT


def test_a_message_that_is_too_long_is_refused_with_the_room_there_is() -> None:
    with pytest.raises(BadRequest, match=r"30000 characters \(\d+ tokens\).*room for \d+ tokens"):
        ask(request((("system", "Be short."), ("user", "clover " * 4285 + "honey"))))
    with pytest.raises(BadRequest, match="room for 0 tokens"):
        ask(request((("system", "clover " * 5000), ("user", "Hello"))))


def slots() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = child().ask("GET", "/slots")
    return found


def test_stopping_frees_the_slot() -> None:
    async def run() -> None:
        async with aclosing(Local().stream(request(max_tokens=3500, extra=ENDLESS))) as parts:
            pieces = 0
            async for _ in parts:
                pieces += 1
                if pieces == 3:
                    break
            assert slots()[0]["is_processing"]

    asyncio.run(run())
    until(lambda: not slots()[0]["is_processing"])
    assert ask(request(max_tokens=4)).text


def test_the_server_answers_nobody_else() -> None:
    ask(request(max_tokens=1))
    host, port = child().address.removeprefix("http://").split(":")
    connection = HTTPConnection(host, int(port))
    body = json.dumps({"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 1})
    connection.request("POST", "/v1/chat/completions", body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 401
    connection.close()


def test_a_dead_process_is_started_again_before_any_text() -> None:
    first = ask(request(seed=7))
    os.kill(child().process.pid, signal.SIGKILL)
    assert ask(request(seed=7)).text == first.text


def test_a_process_that_dies_in_the_middle_is_overloaded_with_what_came() -> None:
    async def run() -> None:
        async for _ in Local().stream(request(max_tokens=3500, extra=ENDLESS)):
            if not child().ended():
                os.kill(child().process.pid, signal.SIGKILL)

    with pytest.raises(Overloaded, match="-9") as caught:
        asyncio.run(run())
    assert caught.value.text and caught.value.retryable and caught.value.service == "local"
    assert ask(request(max_tokens=2)).text


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that hangs is noticed sooner than is wise with real ones."""
    monkeypatch.setattr(pulse, "PULSE", 0.1)
    monkeypatch.setattr(pulse, "PROBE", 1.0)


def test_a_hung_process_is_replaced_before_any_text(quick: None) -> None:
    first = ask(request(seed=7))
    hung = child().process.pid
    os.kill(hung, signal.SIGSTOP)
    assert ask(request(seed=7)).text == first.text
    assert child().process.pid != hung and gone(hung)


def test_a_process_that_hangs_in_the_middle_is_overloaded_with_what_came(quick: None) -> None:
    async def run() -> None:
        async for _ in Local().stream(request(max_tokens=3500, extra=ENDLESS)):
            if not child().ended():
                os.kill(child().process.pid, signal.SIGSTOP)

    with pytest.raises(Overloaded, match="did not answer any more and was ended; the next request") as caught:
        asyncio.run(run())
    assert caught.value.text and caught.value.retryable and caught.value.service == "local"
    assert ask(request(max_tokens=2)).text


@pytest.mark.full
def test_a_hung_process_is_replaced_also_if_nobody_waits_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    ask(request(max_tokens=1))
    monkeypatch.setattr(pulse, "PULSE", 0.5)
    monkeypatch.setattr(pulse, "PROBE", 1.0)
    hung = child().process.pid
    os.kill(hung, signal.SIGSTOP)
    with pytest.raises(TimedOut):
        ask(request(deadline=0.2))
    until(lambda: gone(hung))
    assert ask(request(max_tokens=2)).text


@pytest.mark.full
def test_a_process_that_counts_its_tokens_and_hangs_is_replaced(quick: None) -> None:
    ask(request(max_tokens=1))
    hung = child().process.pid
    os.kill(hung, signal.SIGSTOP)
    talk = [("user" if at % 2 == 0 else "assistant", f"{at}: " + "clover " * 40) for at in range(31)]
    assert ask(request((("system", "Be short."), *talk), max_tokens=2)).text
    assert gone(hung)


@pytest.mark.full
def test_a_process_that_works_but_has_no_time_for_small_questions_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ask(request(max_tokens=1))
    busy, looks = child(), []

    def never(seconds: float) -> bool:
        looks.append(seconds)
        then = pulse._processor_time(busy.process.pid)
        until(lambda: pulse._processor_time(busy.process.pid) != then or not busy.pulse._waiting)
        return not busy.pulse._waiting

    monkeypatch.setattr(pulse, "PULSE", 0.05)
    monkeypatch.setattr(busy.pulse, "_answers", never)
    until(lambda: not busy.pulse._watched)  # the look that the first request asked for is over
    assert ask(request(max_tokens=200, extra=ENDLESS)).usage.output == 200
    assert looks and child() is busy and not busy.pulse.hung


def test_a_hung_process_does_not_hold_up_the_end(fresh: None) -> None:
    ask(request(max_tokens=1))
    hung = child().process.pid
    os.kill(hung, signal.SIGSTOP)
    Local().close()
    assert gone(hung)


@pytest.mark.full
def test_the_deadline_counts_the_start(fresh: None) -> None:
    with pytest.raises(TimedOut, match="started"):
        ask(request(deadline=0.001))
    # The start itself went on, for the next request.
    assert ask(request(max_tokens=2)).text


def test_weights_that_are_none(fresh: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = tmp_path / "bad.gguf"
    bad.write_bytes(b"hello")
    monkeypatch.setenv("EGO_LOCAL_WEIGHTS", str(bad))
    with pytest.raises(ConfigError, match=r"bad\.gguf.*GGUF"):
        ask(request())
    bad.unlink()
    with pytest.raises(ConfigError, match="no such file"):
        check_model("local/smollm2")


@pytest.mark.parametrize("name", ["EGO_LOCAL_SLOTS", "EGO_LOCAL_THREADS"])
@pytest.mark.parametrize("value", ["0", "many", "-1", "1.5"])
def test_wrong_numbers_are_refused(fresh: None, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError, match=name):
        ask(request())


def test_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check_model("local/smollm2")
    with pytest.raises(ConfigError, match="local/smollm2"):
        check_model("local/gpt-6-luna")
    own = tmp_path / "tiny.gguf"
    own.write_bytes(b"GGUF")
    monkeypatch.setenv("EGO_LOCAL_WEIGHTS", str(own))
    check_model("local/tiny")


def test_without_xllamacpp_the_sentence_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['xllamacpp'] = None\n"
        "from importlib import util; find = util.find_spec\n"
        "util.find_spec = lambda name, package=None: None if name == 'xllamacpp' else find(name, package)\n"
        "from otree_ego.providers import check_model\n"
        "try: check_model('local/smollm2')\n"
        "except ValueError as problem: print(problem)"
    )
    assert 'pip install "otree-ego[local]"' in run_python(code).communicate()[0]


def test_the_childs_module_loads_neither_otree_nor_openai() -> None:
    code = (
        "import sys, otree_ego.providers.local.server\n"
        "print(sorted({'otree', 'openai', 'httpx2', 'starlette', 'sqlalchemy'} & set(sys.modules)))"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"  # no copy of the warm Python, which has loaded them


PARENT = """
import asyncio, os, sys, time
from otree_ego.messages import Request
from otree_ego.providers.local.process import launcher
from otree_ego.providers.local.provider import Local
async def ask():
    return [part async for part in Local().stream(Request("local/smollm2", (("user", "Hi"),), {"max_tokens": 2}))][-1]
assert asyncio.run(ask()).text
print(launcher.get().result().process.pid, flush=True)
"""


def test_it_ends_when_its_parent_is_killed() -> None:
    parent = run_python(PARENT + "time.sleep(600)")
    assert parent.stdout is not None and parent.stdin is not None
    pid = int(parent.stdout.readline())
    assert not gone(pid)
    parent.kill()
    parent.communicate()
    until(lambda: gone(pid))


def test_it_ends_when_its_parent_ends_by_itself() -> None:
    parent = run_python(PARENT)
    pid = int(parent.communicate()[0])
    assert parent.returncode == 0
    assert gone(pid)


@pytest.mark.full
def test_a_forked_copy_has_a_process_of_its_own_and_does_not_keep_the_first_alive() -> None:
    code = PARENT + (
        "import warnings; warnings.simplefilter('ignore', DeprecationWarning)\n"
        "if os.fork() == 0:\n"
        "    assert asyncio.run(ask()).text\n"
        "    print(launcher.get().result().process.pid, flush=True)\n"
        "    sys.stdin.read()\n"
        "    launcher.close()\n"
        "    os._exit(0)\n"
        "time.sleep(600)"
    )
    parent = run_python(code)
    assert parent.stdout is not None and parent.stdin is not None
    first, second = int(parent.stdout.readline()), int(parent.stdout.readline())
    assert first != second and not gone(first) and not gone(second)
    parent.kill()
    until(lambda: gone(first))
    assert not gone(second)
    parent.stdin.close()
    until(lambda: gone(second))
    parent.stdout.close()
    parent.wait()
