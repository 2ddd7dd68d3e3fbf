"""The server's log names models that end, and the session configs that use them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from harness import Server
from harness.chat import KEY, TALK_FILES
from harness.scripts import until

from otree_ego.testing import FakeService


def test_the_log_says_which_models_end_and_who_names_them(
    server_factory: Callable[..., Server], model: FakeService
) -> None:
    model.models = {"gpt-4", "soon-1", "gpt-6-luna"}
    model.endings = {"soon-1": (date.today() + timedelta(days=30)).isoformat()}
    usual = dict(app_sequence=["talk"], num_demo_participants=1)
    configs = [
        dict(name="old", ego_model="gpt-4", **usual),
        dict(name="soon", ego_model="gpt-6-luna", ego_fallback_model="soon-1", **usual),
    ]
    environment = {"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": KEY}
    server = server_factory(apps={"talk": TALK_FILES}, session_configs=configs, env=environment)
    said = [
        "gpt-4 ended on 2026-10-23: write gpt-6-sol. Named in old: ego_model.",
        f"soon-1 ends on {model.endings['soon-1']}: write gpt-6-sol. Named in soon: ego_fallback_model.",
    ]
    until(lambda: all(line in server.log for line in said))
    assert "gpt-6-luna ends" not in server.log
    model.models, model.endings = None, {}
