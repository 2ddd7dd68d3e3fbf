"""botex on a session of oTree's, in its own environment: a browser for each bot, asked one thing after the other.

python with_botex.py BASE_URL DATABASE LINK …
"""

from __future__ import annotations

import logging
import os
import sys

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # prices are not what is measured, and are fetched otherwise

import botex
import litellm
from botex.otree import setup_botex_db


def main() -> None:
    base_url, database, *links = sys.argv[1:]
    logging.getLogger("botex").setLevel(logging.ERROR)
    litellm.suppress_debug_info = True
    setup_botex_db(database)
    botex.run_bots_on_session(
        session_id="bench", bot_urls=links, botex_db=database, model="gpt-4o-2024-08-06", api_key="none",
        api_base=base_url,
    )  # fmt: skip


main()
