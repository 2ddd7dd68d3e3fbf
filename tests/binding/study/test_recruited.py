"""A game before `recruit_end`: who has finished and who was screened out come to their codes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from harness import Server
from harness.walks import ANSWERS, COMMON, GAMES


@pytest.fixture(scope="module")
def server(server_factory: Callable[..., Server]) -> Server:
    row = {
        "name": "study", "app_sequence": ["dictator", "recruit_end"], "num_demo_participants": 1, **COMMON,
        **GAMES["dictator"], "ego_model": "constant/30", "ego_check_tries": 1, "ego_check_failed": "screen out",
        "ego_completion_code_completed": "DONE7", "ego_completion_code_screened_out": "OUT9",
    }  # fmt: skip
    return server_factory(repo_apps=["dictator", "recruit_end"], session_configs=[row])


def test_both_get_their_code_and_no_other(server: Server) -> None:
    session = server.create_session("study", 2)
    one, two = session.participant(0).start().submit(), session.participant(1).start().submit()
    one.submit(**ANSWERS["dictator"]).until("End")
    assert "otree-btn-next" in one.html and "DONE7" not in one.html
    one.submit()
    assert "DONE7" in one.html and "OUT9" not in one.html
    two.submit(check1="rest", check2="nothing", check3="me")
    assert two.page == "ScreenedOut" and "OUT9" not in two.html
    two.submit()
    assert "OUT9" in two.html and "DONE7" not in two.html
