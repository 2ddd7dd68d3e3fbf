"""From a keystroke to the checked and painted preview of a large scenario, beside a bare textarea's own repaint.

python -m benchmarks.builder [--treatments 20] [--variables 30] [--rounds 5] [--keys 60]

A real browser types into a prompt and into a cell of `ego builder`, and into a page that has a textarea and nothing
else, in turn: while the machine has nothing else to do (*idle*), and while the builder plays a run of the same scenario
(*run*). The time is from the key's event to the frame after the preview shows what was typed; of the textarea, to the
frame after its own event.
*check*: the same request, asked of the server without a browser, alone and with another treatment to mark against; also
with a story of 900 words of which 30 differ. *end*: from Ctrl-C to the end of the builder, the
last one while a page listens and a run waits for a reply that never comes: it must be below 3 s.
OTREE_EGO_BENCH_PATH: another copy that is measured in the browser.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from harness.browser import Browser
from playwright.sync_api import Page

from otree_ego.builder.page_calls import Calls
from otree_ego.builder.scenario_file import ScenarioFile
from otree_ego.builder.started_runs import StartedRuns
from otree_ego.testing import FakeService

REPO = Path(__file__).resolve().parents[1]

ARM = """(wanted) => {
  window.measured = new Promise((resolve) => {
    let begun = 0;
    addEventListener("keydown", (event) => { begun = event.timeStamp; }, { capture: true, once: true });
    const done = () => requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - begun)));
    if (wanted === null) { addEventListener("input", done, { once: true }); return; }
    const place = document.getElementById("messages");
    const seen = () => { if (place.textContent.includes(wanted)) { watch.disconnect(); done(); } };
    const watch = new MutationObserver(seen);
    watch.observe(place, { childList: true, characterData: true, subtree: true });
  });
}"""


def scenario(treatments: int, variables: int, rounds: int) -> dict[str, Any]:
    """A large one, with a loop's worth of logic in its prompts and two seats that answer at once."""
    names = [f"t{n}" for n in range(treatments)]
    values = {
        f"v{n}": {name: f"value {n} of {name}" if n % 2 else n * 10 + at for at, name in enumerate(names)}
        for n in range(variables)
    }
    used = " ".join(f"{{{{ v{n} }}}}" for n in range(variables))
    return {
        "threads": [[1, ["ConstantThread", "7"]], [2, ["ConstantThread", "ACCEPT"]]], "treatments": names,
        "rounds": rounds,
        "variables": values, "filters": [["extract_number"], ["exclusive_response", "ACCEPT;REJECT"]],
        "prompts": {
            "system": f"You are player {{{{ i }}}}. {used} END",
            "user": "{% if i == 1 %}Round {{ round }}: which number from 0 to {{ v2 }}?{% else %}"
            "{% set number = other.choices[-1] %}{{ number }} of {{ v2 }}, {{ v2 - number }} are left. "
            "ACCEPT or REJECT?{% endif %}",
        },
    }  # fmt: skip


@contextmanager
def builder(file: Path, **more: str) -> Iterator[str]:
    """The address of `ego builder` on a file, as somebody starts it; ``more`` goes into its environment."""
    copy = os.environ.get("OTREE_EGO_BENCH_PATH") or str(REPO)
    command = [sys.executable, "-m", "otree_ego.cli", "builder", str(file), "--no-browser", "--store"]
    started = subprocess.Popen(
        [*command, str(file.with_name("ego.sqlite3"))], stdout=subprocess.PIPE, text=True, cwd=file.parent,
        env={**os.environ, "PYTHONPATH": copy, "PYTHONUNBUFFERED": "1", **more},
    )  # fmt: skip
    try:
        assert started.stdout is not None
        yield next(match[1] for line in started.stdout if (match := re.search(r"(http://\S+)", line)))
    finally:
        begun = time.monotonic()
        started.send_signal(signal.SIGINT)
        started.wait(20)
        print(f"end   Ctrl-C: {time.monotonic() - begun:.2f} s")


def opened(address: str, call: str, **given: Any) -> Any:
    """The answer to a call, of which nothing is read yet."""
    base, _, token = address.partition("/#")
    headers = {"Content-Type": "application/json", "X-Ego-Token": token}
    request = urllib.request.Request(f"{base}/api/{call}", json.dumps(given).encode(), headers)
    return urllib.request.urlopen(request)


def asked(address: str, call: str, **given: Any) -> Any:
    """What the page would get of a call."""
    with opened(address, call, **given) as answer:
        return json.load(answer)


def typed(page: Page, wanted: str | None) -> float:
    """Milliseconds of one key."""
    page.evaluate(ARM, wanted)
    page.keyboard.press("x")
    return float(page.evaluate("window.measured"))


def in_turn(ours: Page, bare: Page, keys: int) -> dict[str, list[float]]:
    """A key in a prompt, one in a cell, one in the textarea, and again."""
    found: dict[str, list[float]] = {"prompt": [], "cell": [], "textarea": []}
    for n in range(keys):
        ours.bring_to_front()
        ours.locator("#prompt-system").press("Control+End")
        found["prompt"].append(typed(ours, "END" + "x" * (n + 1)))
        ours.locator("#cell-1-0").press("End")
        found["cell"].append(typed(ours, "value 1 of t0" + "x" * (n + 1) + " "))
        bare.bring_to_front()
        found["textarea"].append(typed(bare, None))
    return found


def line(what: str, found: dict[str, list[float]]) -> None:
    base = statistics.median(found["textarea"])
    for name, times in found.items():
        worst, middle = max(times), statistics.median(times)
        print(f"{what:5} {name:9} median {middle:6.1f} ms, worst {worst:6.1f} ms, {middle / base:5.2f} × the textarea")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, usual in (("treatments", 20), ("variables", 30), ("rounds", 5), ("keys", 60)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    options = parser.parse_args()
    data = scenario(options.treatments, options.variables, options.rounds)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "large.json")
        file.write_text(json.dumps(data), "utf-8")
        checks(file)
        with builder(file) as address, Browser() as browser, browser.tab() as (ours, _):
            bare = ours.context.new_page()
            bare.set_content("<textarea></textarea>")
            bare.locator("textarea").focus()
            ours.goto(address)
            ours.locator("#messages article").first.wait_for()
            line("idle", in_turn(ours, bare, options.keys))
            ours.reload()
            ours.locator("#messages article").first.wait_for()
            asked(address, "run", times="100000")
            while not asked(address, "watch").get("run"):
                time.sleep(0.1)
            file.write_text(json.dumps(data), "utf-8")
            ours.reload()
            ours.locator("#messages article").first.wait_for()
            line("run", in_turn(ours, bare, options.keys))
        ending(Path(folder, "ending.json"))


def checks(file: Path) -> None:
    """What the server needs, asked without a browser."""
    runs = StartedRuns(file, str(file.with_name("ego.sqlite3")))
    calls = Calls(ScenarioFile(file), runs)
    form = calls.answer("open", {})["form"]  # type: ignore[index]
    size = f"{len(form['treatments'])} × {len(form['variables'])}"
    keys = {"system": ("prompts", "system"), "user": ("prompts", "user"), "cell": ("variables", 1, "cells", 0, "typed")}
    for name, (*path, last) in keys.items():
        times: dict[str, list[float]] = {"": [], "t1": []}
        for beside in [*times] * 20:
            place: Any = form
            for part in path:
                place = place[part]
            place[last] += "x"
            begun = time.process_time()
            calls.answer("look", {"form": form, "treatment": "t0", "beside": beside})
            times[beside].append((time.process_time() - begun) * 1000)
        alone, marked = map(statistics.median, times.values())
        print(f"check of {size} after a key in {name}: {alone:.1f} ms of CPU, {marked / alone:.2f} × that with marks")
        if name == "user":
            tell_a_story(form)
            size = "a story"
    runs.close()


def ending(file: Path) -> None:
    """Ctrl-C with a stream and a run open."""
    game = {**scenario(1, 1, 1), "threads": [[1, ["GPTThread", "gpt-6-luna"]], [2, ["ConstantThread", "ACCEPT"]]]}
    game["prompts"] = {"system": "", "user": "A number? ACCEPT or REJECT?"}
    file.write_text(json.dumps(game), "utf-8")
    with FakeService() as service:
        service.hold()
        key = {"OPENAI_API_KEY": "sk-none", "OPENAI_BASE_URL": service.base_url}
        with contextlib.ExitStack() as open_still:
            with builder(file, **key) as address:
                open_still.enter_context(opened(address, "events"))
                asked(address, "run", times="3")
                while not service.requests:
                    time.sleep(0.1)
            service.release()


def tell_a_story(form: dict[str, Any]) -> None:
    """Let both seats read 900 words in each round, 30 of which differ between treatments."""
    for at, cell in enumerate(form["variables"][1]["cells"]):
        cell["typed"] = " ".join(f"{at}other{n}" if n % 30 == 7 else f"word{n % 300}" for n in range(900))
    form["prompts"]["user"] += " {{ v1 }}"


if __name__ == "__main__":
    main()
