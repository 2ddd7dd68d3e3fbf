"""TextSynth on this machine: a server that speaks its protocol, for the tests."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

KEY = "0123456789abcdef0123456789abcdef"
ENGINES = ("mistral_7B", "llama3.1_8B_instruct")


class Engines(ThreadingHTTPServer):
    """Speaks TextSynth's protocol: a key, engines in the address, texts in turn, one JSON object back."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.seen: list[dict[str, Any]] = []
        self.reply: dict[str, Any] = {}
        self.trouble: tuple[int, dict[str, str], dict[str, Any]] | None = None
        self.asked = threading.Event()
        self.free = threading.Event()
        self.free.set()
        self.gone = threading.Event()

        self.thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02})

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def __enter__(self) -> Engines:
        self.thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.free.set()
        self.shutdown()
        self.thread.join()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: Engines
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.seen.append({"path": self.path, "key": self.headers["Authorization"], **body})
        self.server.asked.set()
        self.server.free.wait(20)
        self._say(*self._answer(body))

    def _answer(self, body: dict[str, Any]) -> tuple[int, dict[str, str], dict[str, Any]]:
        parts = self.path.split("/")
        if self.headers["Authorization"] != f"Bearer {KEY}":
            return 401, {}, {"status": 401, "error": f"invalid API key {self.headers['Authorization']}"}
        if self.server.trouble:
            return self.server.trouble
        if parts[:3] != ["", "v1", "engines"] or parts[4:] != ["chat"] or parts[3] not in ENGINES:
            return 404, {}, {"status": 404, "error": "unknown engine"}
        texts = body["messages"]
        if not texts or not all(isinstance(text, str) for text in texts):
            return 400, {}, {"status": 400, "error": "messages: array of strings expected"}
        said = {"text": f"You said {texts[-1]}", "reached_end": True, "input_tokens": 7, "output_tokens": 3}
        return 200, {}, {**said, **self.server.reply}

    def _say(self, status: int, headers: dict[str, str], body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        try:
            self.send_response(status)
            for name, value in {**headers, "Content-Type": "application/json", "Content-Length": len(data)}.items():
                self.send_header(name, str(value))
            self.end_headers()
            self.wfile.write(data)
        except OSError:
            self.server.gone.set()

    def log_message(self, *_: Any) -> None:
        pass
