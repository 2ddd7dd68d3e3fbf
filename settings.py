"""Makes this repository an oTree project: `otree devserver` here runs the ready-made apps in place."""

from os import environ

SESSION_CONFIGS = [
    dict(
        name="chat",
        display_name="Chat with a language model",
        app_sequence=["ego_chat"],
        num_demo_participants=2,
        ego_model="local/smollm2",
        ego_temperature=0.7,
        ego_system_prompt="You are a friendly and curious conversation partner. Answer in one to three sentences.",
        ego_max_tokens=256,
        ego_min_messages=1,
        ego_max_messages=30,
        ego_deadline=120.0,
        ego_fallback_model="",
        ego_fallback_text="",
        ego_show_model=True,
        ego_language="",
    ),
]

SESSION_CONFIG_DEFAULTS = dict(real_world_currency_per_point=1.00, participation_fee=0.00, doc="")

PARTICIPANT_FIELDS = []
SESSION_FIELDS = []

LANGUAGE_CODE = "en"
REAL_WORLD_CURRENCY_CODE = "EUR"
USE_POINTS = True

ADMIN_USERNAME = "admin"
ADMIN_PASSWORD = environ.get("OTREE_ADMIN_PASSWORD")
SECRET_KEY = environ.get("OTREE_SECRET_KEY", "otree_ego")

DEMO_PAGE_INTRO_HTML = "Ready-made apps of otree_ego. The model runs on this machine; no key is needed."
