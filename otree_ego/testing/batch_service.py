"""The Batch API of a fake service: uploaded files, and batches of requests that are answered from them."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from . import wire
from .controls import FAULTS, LINE_FAULTS, Controls
from .http import Call

ENDPOINT = "/v1/chat/completions"
WINDOW = 24 * 3600
ENDED = ("completed", "failed", "expired", "cancelled")
UNDONE = {
    "expired": ("batch_expired", "This request could not be executed before the completion window expired."),
    "cancelled": ("batch_cancelled", "The batch was cancelled before this request was executed."),
    "timeout": ("request_timeout", "The call to the model timed out."),
}
QUEUE_FULL = {
    "code": "token_limit_exceeded",
    "line": None,
    "message": "Enqueued token limit reached. Please try again once some in_progress batches have been completed.",
    "param": None,
}

Asking = Callable[[dict[str, Any], str], tuple[int, dict[str, Any]]]
Sent = tuple[int, bytes, str]


@dataclass
class StoredFile:
    """A file at the service."""

    id: str
    name: str
    purpose: str
    data: bytes
    made: int = field(default_factory=lambda: int(time.time()))

    def row(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": "file",
            "bytes": len(self.data),
            "created_at": self.made,
            "expires_at": self.made + 30 * WINDOW if self.purpose == "batch" else None,
            "filename": self.name,
            "purpose": self.purpose,
            "status": "processed",
            "status_details": None,
        }


@dataclass
class Batch:
    """A batch as the service shows it, the lines that it is to answer, and how often it was asked for."""

    row: dict[str, Any]
    lines: list[dict[str, Any]]
    seen: int = 0

    def turn(self, status: str) -> None:
        """Take on a status, with the time of it."""
        self.row["status"] = status
        if status != "validating":
            self.row[f"{status}_at"] = self.row.get(f"{status}_at") or int(time.time())


class Batches:
    """What a fake service keeps of files and batches.

    Arguments:
        controls: what it does, as tests have said.
        ask: answers one request's body, with a fault or without: an HTTP status and what goes with it.
    """

    def __init__(self, controls: Controls, ask: Asking) -> None:
        self._controls, self._ask = controls, ask
        self._files: dict[str, StoredFile] = {}
        self._batches: dict[str, Batch] = {}

    def respond(self, call: Call) -> Sent | None:
        """The reply to a request for files or batches: status, content, content type; None for any other request."""
        if not self._controls.batches or not re.match(r"/v1/(files|batches)(/|$)", call.path):
            return None
        kind, *rest = call.path.removeprefix("/v1/").split("/")
        # OpenAI's paths have at most three parts: files/ID/content, batches/ID/cancel.
        action = " ".join([call.method, kind, *["ID"] * bool(rest), *rest[1:]])
        name = rest[0] if rest else ""
        if name and name not in (self._files if kind == "files" else self._batches):
            what = "File object" if kind == "files" else "batch"
            return _json(404, wire.error(f"No such {what}: {name}", "invalid_request_error", None, "id"))
        doing: dict[str, Callable[[], Sent]] = {
            "POST files": lambda: self._upload(call),
            "GET files": lambda: _page([one.row() for one in self._files.values()], call.query),
            "GET files ID": lambda: _json(200, self._files[name].row()),
            "GET files ID content": lambda: (200, self._files[name].data, "application/octet-stream"),
            "DELETE files ID": lambda: self._delete(name),
            "POST batches": lambda: self._create(call),
            "GET batches": lambda: _page([one.row for one in self._batches.values()], call.query),
            "GET batches ID": lambda: self._look(self._batches[name]),
            "POST batches ID cancel": lambda: self._cancel(self._batches[name]),
        }
        return doing[action]() if action in doing else None

    def _upload(self, call: Call) -> Sent:
        fields = _multipart(call)
        purpose = fields.get("purpose", ("", b""))[1].decode()
        if purpose != "batch" or "file" not in fields:
            return _json(400, wire.error("'file' and 'purpose' are required properties", "invalid_request_error"))
        name, data = fields["file"]
        if not name.endswith(".jsonl"):
            text = "Invalid file format for Batch API. Must be .jsonl"
            return _json(400, wire.error(text, "invalid_request_error"))
        return _json(200, self._store(name, "batch", data).row())

    def _store(self, name: str, purpose: str, data: bytes) -> StoredFile:
        stored = StoredFile(f"file-{uuid.uuid4().hex}", name, purpose, data)
        self._files[stored.id] = stored
        return stored

    def _delete(self, name: str) -> Sent:
        del self._files[name]
        return _json(200, {"id": name, "object": "file", "deleted": True})

    def _create(self, call: Call) -> Sent:
        try:
            body = json.loads(call.body)
        except ValueError:
            body = None
        body = body if isinstance(body, dict) else {}
        source = self._files.get(body.get("input_file_id") or "")
        wrong = ""
        if source is None:
            wrong = f"Invalid 'input_file_id': there is no file {body.get('input_file_id')!r}."
        elif body.get("endpoint") != ENDPOINT:
            wrong = f"Invalid value for 'endpoint': this service has {ENDPOINT} only."
        elif body.get("completion_window") != "24h":
            wrong = "Invalid value for 'completion_window': only '24h' is supported."
        if source is None or wrong:
            return _json(400, wire.error(wrong, "invalid_request_error"))
        lines, errors = _validated(source.data)
        now = int(time.time())
        stamps = ("in_progress", "finalizing", "completed", "failed", "expired", "cancelling", "cancelled")
        row: dict[str, Any] = {
            "id": f"batch_{uuid.uuid4().hex}",
            "object": "batch",
            "endpoint": ENDPOINT,
            "model": lines[0]["body"].get("model") if lines else None,
            "errors": {"object": "list", "data": errors} if errors else None,
            "input_file_id": source.id,
            "completion_window": "24h",
            "status": "validating",
            "output_file_id": None,
            "error_file_id": None,
            "created_at": now,
            "expires_at": now + WINDOW,
            **{f"{name}_at": None for name in stamps},
            "request_counts": {"total": 0, "completed": 0, "failed": 0},
            "metadata": body.get("metadata"),
        }
        batch = Batch(row, lines)
        self._batches[row["id"]] = batch
        return _json(200, row)

    def _look(self, batch: Batch) -> Sent:
        """The batch, one step further than when it was last asked for."""
        if batch.row["status"] not in ENDED:
            polls = self._controls.batch_polls
            ending = "cancelled" if batch.row["status"] == "cancelling" else self._controls.batch_fate
            if ending == "failed" and not batch.row["errors"]:
                batch.row["errors"] = {"object": "list", "data": [QUEUE_FULL]}
            if batch.row["errors"]:
                ending = "failed"
            batch.seen += 1
            if batch.row["status"] == "cancelling" or 0 <= polls < batch.seen:
                self._end(batch, ending)
            elif ending != "failed":
                last = batch.seen == polls > 1 and ending == "completed"
                batch.turn("finalizing" if last else "validating" if batch.seen == 1 and polls > 2 else "in_progress")
                total = len(batch.lines)
                done = total * (batch.seen - 1) // max(polls, batch.seen)
                batch.row["request_counts"] = {"total": total, "completed": done, "failed": 0}
        return _json(200, batch.row)

    def _cancel(self, batch: Batch) -> Sent:
        if batch.row["status"] in ENDED:
            text = f"Cannot cancel a batch with status '{batch.row['status']}'."
            return _json(409, wire.error(text, "invalid_request_error"))
        batch.turn("cancelling")
        return _json(200, batch.row)

    def _end(self, batch: Batch, ending: str) -> None:
        batch.turn(ending)
        if ending == "failed":
            return
        answered = len(batch.lines) if ending == "completed" else len(batch.lines) // 2
        good: list[bytes] = []
        bad: list[bytes] = []
        for line in batch.lines[:answered]:
            for right, text in self._answer(line):
                (good if right else bad).append(text)
        bad += [_line(line["custom_id"], None, ending) for line in batch.lines[answered:]]
        if self._controls.batch_shuffled:
            good.reverse()
        for which, lines in (("output", good), ("error", bad)):
            if lines:
                name = f"{batch.row['id']}_{which}.jsonl"
                stored = self._store(name, "batch_output", b"".join(line + b"\n" for line in lines))
                batch.row[f"{which}_file_id"] = stored.id
        batch.row["request_counts"] = {
            "total": len(batch.lines),
            "completed": len(batch.lines) - len(bad),
            "failed": len(bad),
        }

    def _answer(self, line: dict[str, Any]) -> Iterator[tuple[bool, bytes]]:
        """What the files say of one request: whether it belongs with the good, and the line."""
        failures = self._controls.batch_fail
        name, body = line["custom_id"], line["body"]
        fault = failures(body) if callable(failures) else failures.get(name)
        if isinstance(fault, (int, tuple, list)):
            status, message = (fault, "") if isinstance(fault, int) else fault
            yield False, _line(name, (status, wire.status_error(status, message)))
        elif fault and fault not in (*FAULTS, *LINE_FAULTS):
            yield False, _line(name, (500, wire.status_error(500, f"batch_fail knows no fault {fault!r}")))
        elif fault == "timeout":
            yield False, _line(name, None, fault)
        elif fault != "missing":
            status, answer = self._ask(body, "" if fault is None or fault in LINE_FAULTS else fault)
            text = _line("nobody's" if fault == "stray" else name, (status, answer))
            yield status == 200, text[: len(text) // 2] if fault == "malformed" else text
            if fault == "twice":
                yield status == 200, text


def _line(name: str, response: tuple[int, dict[str, Any]] | None, undone: str = "") -> bytes:
    """One line of an output or error file."""
    code, message = UNDONE.get(undone, ("", ""))
    value = {
        "id": f"batch_req_{uuid.uuid4().hex}",
        "custom_id": name,
        "response": response
        and {"status_code": response[0], "request_id": f"req_{uuid.uuid4().hex}", "body": response[1]},
        "error": {"code": code, "message": message} if code else None,
    }
    return json.dumps(value).encode()


def _validated(data: bytes) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The lines of an input file, and what is wrong with it, in the service's words."""
    lines: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []
    names: set[str] = set()
    for number, text in enumerate(data.splitlines(), start=1):
        try:
            line = json.loads(text)
        except ValueError:
            line = None
        code, message = "", ""
        if not isinstance(line, dict) or not isinstance(line.get("body"), dict):
            code, message = "invalid_json_line", "This line is not parseable as valid JSON."
        elif not isinstance(line.get("custom_id"), str):
            code, message = "missing_required_parameter", "Missing required parameter: 'custom_id'."
        elif line["custom_id"] in names:
            code, message = "duplicate_custom_id", f"The custom_id '{line['custom_id']}' was used before."
        elif line.get("url") != ENDPOINT or line.get("method") != "POST":
            code, message = "invalid_url", "The URL provided for this request does not match the batch endpoint."
        elif lines and line["body"].get("model") != lines[0]["body"].get("model"):
            code, message = "mismatched_model", "The model does not match the other requests of this batch."
        if code:
            errors.append({"code": code, "line": number, "message": message, "param": None})
        else:
            names.add(line["custom_id"])
            lines.append(line)
    if not lines and not errors:
        errors.append({"code": "empty_file", "line": None, "message": "The input file is empty.", "param": None})
    return lines, errors


def _multipart(call: Call) -> dict[str, tuple[str, bytes]]:
    """The fields of a form: by name, the name of the file (if it is one) and the content."""
    boundary = re.search(r'boundary="?([^";]+)', call.headers.get("content-type", ""))
    fields: dict[str, tuple[str, bytes]] = {}
    if boundary is None:
        return fields
    for part in (b"\r\n" + call.body).split(b"\r\n--" + boundary[1].encode())[1:]:
        head, _, data = part.partition(b"\r\n\r\n")
        words = dict(re.findall(r'\b(name|filename)="([^"]*)"', head.decode("utf-8", "replace")))
        if "name" in words:
            fields[words["name"]] = (words.get("filename", ""), data)
    return fields


def _page(rows: list[dict[str, Any]], query: str) -> Sent:
    """A part of a list, newest first."""
    asked = dict(parse_qsl(query))
    rows = rows[::-1]
    ids = [row["id"] for row in rows]
    if (after := asked.get("after")) in ids:
        rows = rows[ids.index(after) + 1 :]
    limit = asked.get("limit", "")
    page = rows[: int(limit) if limit.isdecimal() else 20]
    first, last = (page[0]["id"], page[-1]["id"]) if page else (None, None)
    more = len(rows) > len(page)
    return _json(200, {"object": "list", "data": page, "first_id": first, "last_id": last, "has_more": more})


def _json(status: int, value: Any) -> Sent:
    return status, json.dumps(value).encode(), "application/json"
