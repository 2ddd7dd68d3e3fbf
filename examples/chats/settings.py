"""Small chats to copy from, as an oTree project: `otree devserver` here runs them."""

from os import environ

from otree_ego import secret_key

MODEL = environ.get("EGO_MODEL", "local/smollm2")


def row(app, title, people=1, **settings):
    return dict(name=app, display_name=title, app_sequence=[app], num_demo_participants=people, **settings)


SESSION_CONFIGS = [
    row("debate", "A debate with a moderator", 2),
    row("helper", "Two people and a helper", 2),
    row("rated", "A rating of each reply", ego_read_last=True),
    row(
        "status",
        "A reply with a status",
        ego_system_prompt="You are a customer whose new kettle leaks. You are annoyed, and fair.",
    ),
    row("reactions", "Reactions", 2, ego_tell_reactions=True),
    row("characters", "Three characters"),
    row(
        "bargain",
        "A bargain that ends by itself",
        ego_system_prompt="You sell a used bicycle. You want 150 euros and take 80. Write one or two sentences.",
        ego_max_seconds=600,
        ego_show_countdown=True,
    ),
    row(
        "interview",
        "An interview",
        ego_system_prompt="You interview somebody about how they spend their evenings.",
        ego_reminder="Ask one question, in one sentence. Do not comment on answers.",
        ego_opening="Hello! How did you spend yesterday evening?",
        ego_partner_name="Noor",
        ego_show_model=False,
        ego_pace="1-2 + 0.03/character",
        ego_min_replies=3,
    ),
    row("french", "A chat in French", ego_language="fr"),
]
SESSION_CONFIG_DEFAULTS = dict(ego_model=MODEL, participation_fee=0.00, real_world_currency_per_point=1.00, doc="")

PARTICIPANT_FIELDS = []
SESSION_FIELDS = []

LANGUAGE_CODE = "en"
REAL_WORLD_CURRENCY_CODE = "EUR"
USE_POINTS = True

ADMIN_USERNAME = "admin"
ADMIN_PASSWORD = environ.get("OTREE_ADMIN_PASSWORD")
SECRET_KEY = secret_key()

DEMO_PAGE_INTRO_HTML = "Small chats to copy from."
