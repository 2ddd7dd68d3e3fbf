"""The fake service speaks the protocol as a real client reads it, fails on demand, and the network switch holds."""

from __future__ import annotations

import asyncio
import gc
import http.client
import json
import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import openai
import pytest
from harness import warm_python

from otree_ego.testing import FakeService, NetworkUsed, no_network

ASK: Any = [{"role": "user", "content": "How are you?"}]


@pytest.fixture
def service() -> Iterator[FakeService]:
    with FakeService() as fake:
        yield fake


@asynccontextmanager
async def client(service: FakeService, key: str = "sk-test") -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(base_url=service.base_url, api_key=key, max_retries=0) as made:
        yield made


async def whole(service: FakeService, **body: Any) -> Any:
    async with client(service) as ask:
        return await ask.chat.completions.create(**{"model": "gpt-6-luna", "messages": ASK, **body})


async def streamed(service: FakeService, **body: Any) -> list[Any]:
    options = {"include_usage": True}
    async with client(service) as ask:
        stream: Any = await ask.chat.completions.create(
            **{"model": "gpt-6-luna", "messages": ASK, "stream": True, "stream_options": options, **body}
        )
        return [chunk async for chunk in stream]


def text_of(chunks: list[Any]) -> str:
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


def reason_of(chunks: list[Any]) -> list[str]:
    return [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices and chunk.choices[0].finish_reason]


def raw(service: FakeService, body: Any, path: str = "/v1/chat/completions", **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", service.port)
    try:
        connection.request("POST", path, body if isinstance(body, bytes) else json.dumps(body), headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_streams_the_protocol_event_by_event(service: FakeService) -> None:
    service.reply = "Fine, thank you."
    body = {"model": "gpt-6-luna", "messages": ASK, "stream": True, "stream_options": {"include_usage": True}}
    events = raw(service, body)[1].decode().strip().split("\n\n")
    assert events[-1] == "data: [DONE]"
    parsed = [json.loads(event.removeprefix("data: ")) for event in events[:-1]]
    assert len({event["id"] for event in parsed}) == 1
    deltas = [event["choices"][0]["delta"] for event in parsed[:-1]]
    assert deltas[0] == {"role": "assistant", "content": "", "refusal": None}
    assert [delta["content"] for delta in deltas[1:-1]] == ["Fine, ", "thank ", "you."]
    assert deltas[-1] == {} and parsed[-2]["choices"][0]["finish_reason"] == "stop"
    assert parsed[-1]["choices"] == [] and parsed[-1]["usage"]["completion_tokens"] == 3
    assert all(event["usage"] is None for event in parsed[:-1])


def test_no_usage_where_none_was_asked_for(service: FakeService) -> None:
    events = raw(service, {"model": "gpt-6-luna", "messages": ASK, "stream": True})[1].decode()
    assert "usage" not in events


def test_a_real_client_reads_whole_and_streamed_replies(service: FakeService) -> None:
    async def run() -> None:
        reply = await whole(service)
        assert reply.choices[0].message.content == FakeService.DEFAULT_REPLY
        assert reply.usage.prompt_tokens == 3 and reply.model == "gpt-6-luna"
        assert text_of(await streamed(service)) == FakeService.DEFAULT_REPLY

    asyncio.run(run())


@pytest.mark.parametrize("text", ["", " ", "one", "  two\n\nwords ", "日本語 🙂 naïve", "x" * 200_000])
def test_pieces_make_the_text(service: FakeService, text: str) -> None:
    service.reply = text
    assert text_of(asyncio.run(streamed(service))) == text


def test_replies_from_a_list_and_a_function(service: FakeService) -> None:
    service.reply = ["a", "b"]
    texts = [asyncio.run(whole(service)).choices[0].message.content for _ in range(3)]
    assert texts == ["a", "b", "b"]
    service.reply = lambda body: f"You said {body['messages'][-1]['content']}"
    assert asyncio.run(whole(service)).choices[0].message.content == "You said How are you?"
    service.reply = lambda body: body["nothing"]
    with pytest.raises(openai.InternalServerError, match="KeyError"):
        asyncio.run(whole(service))


def test_a_hundred_at_once(service: FakeService) -> None:
    service.delay, service.pace = 0.1, 0.01
    body = {"model": "gpt-6-luna", "messages": ASK, "stream": True}

    async def one() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
        data = json.dumps(body).encode()
        head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: {len(data)}\r\n\r\n".encode()
        writer.write(head + data)
        answer = await reader.readuntil(b"0\r\n\r\n")
        writer.close()
        await writer.wait_closed()
        return answer

    async def run() -> list[bytes]:
        return await asyncio.gather(*(one() for _ in range(100)))

    assert all(b"[DONE]" in answer for answer in asyncio.run(run()))
    assert len(service.requests) == 100


def test_a_connection_is_kept_and_chunked_bodies_are_read(service: FakeService) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", service.port)
    data = json.dumps({"model": "gpt-6-luna", "messages": ASK}).encode()
    for _ in range(2):
        connection.request(
            "POST",
            "/v1/chat/completions",
            iter([data[:10], data[10:]]),
            encode_chunked=True,
            headers={"Transfer-Encoding": "chunked"},
        )
        answer = connection.getresponse()
        assert json.loads(answer.read())["choices"][0]["message"]["content"] == FakeService.DEFAULT_REPLY
        assert connection.sock is not None
    connection.close()


def test_status_errors_in_the_services_words_and_their_count(service: FakeService) -> None:
    service.fail(429, times=2, retry_after=7, message="Slow down.")
    for _ in range(2):
        with pytest.raises(openai.RateLimitError, match="Slow down") as caught:
            asyncio.run(streamed(service))
        assert caught.value.response.headers["retry-after"] == "7"
        assert caught.value.code == "rate_limit_exceeded"
    assert text_of(asyncio.run(streamed(service)))


def test_failures_last_until_healed(service: FakeService) -> None:
    service.fail(503, times=-1)
    for _ in range(3):
        assert raw(service, {"model": "gpt-6-luna", "messages": ASK})[0] == 503
    service.heal()
    assert raw(service, {"model": "gpt-6-luna", "messages": ASK})[0] == 200


@pytest.mark.parametrize("ask", [whole, streamed])
@pytest.mark.parametrize("kind", ["drop_before", "drop_mid"])
def test_drops(service: FakeService, kind: str, ask: Any) -> None:
    service.fault(kind)
    # The SDK lets errors of its transport through while a body is read.
    with pytest.raises(Exception, match=r"Connection error|peer closed|incomplete"):
        asyncio.run(ask(service))
    assert service.hangups == 0
    asyncio.run(ask(service))


@pytest.mark.parametrize("ask", [whole, streamed])
def test_malformed(service: FakeService, ask: Any) -> None:
    service.fault("malformed")
    with pytest.raises(json.JSONDecodeError):
        asyncio.run(ask(service))


@pytest.mark.parametrize(
    ("kind", "text", "reason"),
    [("empty", "", "stop"), ("length", "Hello from ", "length"), ("content_filter", "Hello from ", "content_filter")],
)
def test_faults_of_content(service: FakeService, kind: str, text: str, reason: str) -> None:
    service.fault(kind, times=2)
    chunks = asyncio.run(streamed(service))
    assert (text_of(chunks), reason_of(chunks)) == (text, [reason])
    choice = asyncio.run(whole(service)).choices[0]
    assert (choice.message.content, choice.finish_reason) == (text, reason)


def test_refusal(service: FakeService) -> None:
    service.fault("refusal", times=2)
    message = asyncio.run(whole(service)).choices[0].message
    assert message.content is None and message.refusal
    chunks = asyncio.run(streamed(service))
    assert not text_of(chunks) and any(chunk.choices[0].delta.refusal for chunk in chunks if chunk.choices)


@pytest.mark.parametrize("ask", [whole, streamed])
def test_a_stall_ends_when_healed(service: FakeService, ask: Any) -> None:
    async def run() -> None:
        service.fault("stall")
        task = asyncio.create_task(ask(service))
        await asyncio.to_thread(service.wait_until, lambda it: it.standing == 1)
        assert not task.done()
        service.heal()
        await task

    asyncio.run(run())


def test_who_hangs_up_is_counted(service: FakeService) -> None:
    async def run() -> None:
        service.fault("stall")
        task = asyncio.create_task(streamed(service))
        await asyncio.to_thread(service.wait_until, lambda it: it.standing == 1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.to_thread(service.wait_until, lambda it: it.hangups == 1 and it.standing == 0)

    asyncio.run(run())


def test_hold_stops_in_the_middle(service: FakeService) -> None:
    service.reply = "one two three four"
    service.hold()

    async def run() -> None:
        async with client(service) as ask:
            stream: Any = await ask.chat.completions.create(model="gpt-6-luna", messages=ASK, stream=True)
            text = ""
            async for chunk in stream:
                text += chunk.choices[0].delta.content or ""
                if text == "one two ":
                    await asyncio.to_thread(service.wait_until, lambda it: it.standing == 1)
                    service.release()
            assert text == service.reply

    asyncio.run(run())


def test_waiting_for_what_does_not_come_says_what_there_is(service: FakeService) -> None:
    with pytest.raises(TimeoutError, match="0 requests"):
        service.wait_until(lambda it: bool(it.requests), timeout=0.02)


def test_reasoning_models(service: FakeService) -> None:
    service.refuse = {"max_tokens", "temperature"}
    service.reasoning_tokens = 50
    with pytest.raises(openai.BadRequestError, match="max_completion_tokens") as caught:
        asyncio.run(whole(service, max_tokens=10))
    assert (caught.value.param, caught.value.code) == ("max_tokens", "unsupported_parameter")
    with pytest.raises(openai.BadRequestError) as caught:
        asyncio.run(whole(service, temperature=0.2))
    assert (caught.value.param, caught.value.code) == ("temperature", "unsupported_value")
    assert asyncio.run(whole(service, temperature=1)).usage.completion_tokens_details.reasoning_tokens == 50
    spent = asyncio.run(whole(service, max_completion_tokens=20))
    assert spent.choices[0].message.content == "" and spent.choices[0].finish_reason == "length"
    assert spent.usage.completion_tokens_details.reasoning_tokens == 20
    cut = asyncio.run(whole(service, max_completion_tokens=52))
    assert cut.choices[0].message.content == "Hello from "


def test_stop_words(service: FakeService) -> None:
    service.reply = "one, two, three"
    assert asyncio.run(whole(service, stop=[" three", "two"])).choices[0].message.content == "one, "


def test_keys_and_models(service: FakeService) -> None:
    service.key = "sk-right"
    with pytest.raises(openai.AuthenticationError, match="sk-test"):
        asyncio.run(whole(service))
    service.key, service.models, service.answers_as = "sk-test", {"gpt-6-luna", "gpt-6-sol"}, "gpt-5.4-mini-2026-03-17"
    with pytest.raises(openai.NotFoundError) as caught:
        asyncio.run(whole(service, model="gpt-5000"))
    assert caught.value.code == "model_not_found"
    assert asyncio.run(whole(service)).model == "gpt-5.4-mini-2026-03-17"

    async def names() -> list[str]:
        async with client(service) as ask:
            return [model.id async for model in ask.models.list()]

    assert asyncio.run(names()) == ["gpt-6-luna", "gpt-6-sol"]
    assert service.requests[-1].headers["authorization"] == "Bearer sk-test"


@pytest.mark.parametrize(
    "body",
    [
        b"not json",
        [],
        {"messages": ASK},
        {"model": "m", "messages": []},
        {"model": "m", "messages": [{"role": "king", "content": "x"}]},
        {"model": "m", "messages": [{"role": "user", "content": 5}]},
    ],
)
def test_requests_that_are_not_the_protocol_are_refused(service: FakeService, body: Any) -> None:
    status, answer = raw(service, body)
    assert status == 400 and json.loads(answer)["error"]["type"] == "invalid_request_error"


def test_unknown_paths_and_faults(service: FakeService) -> None:
    assert raw(service, {}, "/v1/embeddings")[0] == 404
    with pytest.raises(ValueError, match="drop_mid"):
        service.fault("explode")


def test_the_port_is_kept_over_a_restart() -> None:
    service = FakeService()
    with service:
        port = service.port
    with pytest.raises(ConnectionRefusedError):
        raw(service, {})
    with service:
        assert service.port == port
        assert raw(service, {"model": "m", "messages": ASK})[0] == 200
        with pytest.raises(OSError, match="in use"):
            FakeService(port).start()


def test_another_process_can_steer_it() -> None:
    process = warm_python.popen(
        [sys.executable, "-m", "otree_ego.testing", "--port", "0", "--reply", "First."],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert process.stdout is not None
    try:
        service = FakeService()
        service.port = int(process.stdout.readline().rsplit(":", 1)[1].removesuffix("/v1\n"))
        body = {"model": "m", "messages": ASK}
        assert b"First." in raw(service, body)[1]
        assert raw(service, {"set": {"reply": "Second."}, "method": "fail", "args": [500]}, "/control")[0] == 200
        assert raw(service, body)[0] == 500
        assert b"Second." in raw(service, body)[1]
        state = json.loads(raw(service, {}, "/control")[1])
        assert state["requests"] == 3 and state["bodies"][0] == body
        for wrong in ({"method": "stop"}, {"set": {"port": 1}}, {"method": "fail"}, b"{"):
            status, answer = raw(service, wrong, "/control")
            assert status == 400 and json.loads(answer)["error"]
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


class TestNoNetwork:
    @pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1"])
    @pytest.mark.parametrize("method", ["connect", "connect_ex"])
    def test_sockets(self, address: str, method: str) -> None:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with pytest.raises(NetworkUsed, match=address), no_network(), socket.socket(family) as sock:
            getattr(sock, method)((address, 80))

    def test_datagrams_and_names(self) -> None:
        with no_network() as tried:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock, pytest.raises(NetworkUsed):
                sock.sendto(b"x", ("192.0.2.1", 53))
            with pytest.raises(NetworkUsed, match=r"example\.org"):
                socket.getaddrinfo("example.org", 80)
            assert tried == ["192.0.2.1", "example.org"]
            tried.clear()

    def test_asyncio_and_urllib(self) -> None:
        async def reach() -> None:
            await asyncio.open_connection("192.0.2.1", 80)

        with no_network() as tried:
            with pytest.raises(NetworkUsed):
                asyncio.run(reach())
            with pytest.raises(NetworkUsed):
                urllib.request.urlopen("http://example.org/")
            tried.clear()

    def test_a_swallowed_error_comes_up_at_the_end(self) -> None:
        async def swallow() -> None:
            async with openai.AsyncOpenAI(base_url="https://llm.example.org/v1", api_key="x", max_retries=0) as ask:
                with pytest.raises(openai.APIConnectionError):
                    await ask.models.list()

        with pytest.raises(NetworkUsed, match=r"llm\.example\.org"), no_network():
            asyncio.run(swallow())

    def test_this_machine_is_allowed_and_everything_is_put_back(self, service: FakeService) -> None:
        before = [socket.socket.connect, socket.getaddrinfo, socket.create_connection]
        with no_network(), no_network():
            assert raw(service, {"model": "m", "messages": ASK})[0] == 200
            assert socket.getaddrinfo("localhost", 80) and socket.getaddrinfo(None, 80)
            left, right = socket.socketpair()
            left.close(), right.close()
        assert [socket.socket.connect, socket.getaddrinfo, socket.create_connection] == before


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_it_leaves_nothing_open_when_it_stops() -> None:
    for _ in range(6):
        service = FakeService().start()
        clients = [socket.create_connection(("127.0.0.1", service.port)) for _ in range(10)]  # accepted just now
        service.stop()
        for client in clients:
            client.close()
        del service, clients
        gc.collect()  # whatever is open says so now, in this test
