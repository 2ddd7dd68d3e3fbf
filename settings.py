"""Makes this repository an oTree project: `otree devserver` here runs the ready-made apps in place."""

from os import environ
from pathlib import Path

from otree_ego import secret_key
from otree_ego.cli.shared.games import session_configs

# Each app that lies beside this file brings its own rows.
SESSION_CONFIGS = [
    row for file in sorted(Path(__file__).parent.glob("*/session_config.py")) for row in session_configs(file.parent)
]

# One of the two who chat with the AI is an AI itself: see docs/seats.md.
SEATED = dict(name="chat_seats", display_name="Chat, with an AI seat", num_demo_participants=2, ego_ai_seats="1 of 2")
SESSION_CONFIGS += [{**row, **SEATED} for row in SESSION_CONFIGS if row["name"] == "chat"]

# What a demo shows: a game of 100 points pays 2 euros, and 1 for coming.
SESSION_CONFIG_DEFAULTS = dict(real_world_currency_per_point=0.02, participation_fee=1.00, doc="")

PARTICIPANT_FIELDS = []
SESSION_FIELDS = []

LANGUAGE_CODE = "en"
REAL_WORLD_CURRENCY_CODE = "EUR"
USE_POINTS = True

ADMIN_USERNAME = "admin"
ADMIN_PASSWORD = environ.get("OTREE_ADMIN_PASSWORD")
# OTREE_SECRET_KEY; on a machine for development, a random one that is kept outside of this folder.
SECRET_KEY = secret_key()

DEMO_PAGE_INTRO_HTML = "Ready-made apps of otree_ego. The model runs on this machine; no key is needed."
