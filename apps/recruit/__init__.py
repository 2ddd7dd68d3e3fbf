from otree.api import *

from otree_ego import app_texts, custom_export_entries, end_study, session_setting  # noqa: F401  (a table)

from .texts import CHECK, TEXTS

doc = """
What comes before a study: consent, screening questions, and a comprehension check with a limit of tries. Participants
who decline, are screened out or fail the check come to the last page of the study at once, and see nothing of what is
between. Put this app first and recruit_end last: app_sequence=["recruit", "ultimatum", "recruit_end"].
Settings of the session config: recruit_consent (your own consent text, one line for each paragraph; empty: the text of
texts.py), recruit_screening (whether to ask the screening questions), recruit_min_age, recruit_check (whether there is
a comprehension check), recruit_check_tries (0: no limit), recruit_check_failed (screen_out; or flag: participants who
fail go on and are marked in the data). Codes and links back are ego_completion_…: see docs/recruiting.md.
`people_only` on a page: no model takes over there for somebody who has left (ego_takeover_after).
"""


class C(BaseConstants):
    NAME_IN_URL = "recruit"
    PLAYERS_PER_GROUP = None
    NUM_ROUNDS = 1


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    consent = models.BooleanField()
    # The screening questions: change them here, in Screening.form_fields, in `fits` and in texts.py.
    age = models.IntegerField(min=1, max=120)
    fluent = models.BooleanField(widget=widgets.RadioSelect)
    screened_out = models.BooleanField(initial=False)
    check1 = models.StringField(widget=widgets.RadioSelect)
    check2 = models.StringField(widget=widgets.RadioSelect)
    check_tries = models.IntegerField(initial=0)
    check_errors = models.IntegerField(initial=0)
    check_failed = models.BooleanField(initial=False)


def settings(instance):
    """All settings of the session, checked one by one."""

    def read(name, *takes, **limits):
        return session_setting(instance, f"recruit_{name}", *takes, **limits)

    return dict(
        consent=read("consent", ""),
        screening=read("screening", True),
        min_age=read("min_age", 18, low=0, high=120),
        check=read("check", True),
        check_tries=read("check_tries", 2, low=0, high=100),
        check_failed=read("check_failed", "screen_out", ["screen_out", "flag"]),
    )


def creating_session(subsession):
    settings(subsession)


def fits(player):
    """Whether a participant with these answers may take part."""
    return player.age >= settings(player)["min_age"] and player.fluent


def texts(player):
    return app_texts(player, TEXTS, __package__)


def information(player):
    """The consent text, by paragraphs."""
    own = settings(player)["consent"].splitlines()
    return [line for line in own if line.strip()] or texts(player)["consent"]


def questions(player):
    said = app_texts(player, CHECK, f"{__package__}.check")
    return [dict(each, right=ours["right"]) for each, ours in zip(said, CHECK["en"], strict=True)]


# --- pages ------------------------------------------------------------------------------------------------------------


class Consent(Page):
    people_only = True
    form_model = "player"
    form_fields = ["consent"]

    @staticmethod
    def vars_for_template(player):
        return dict(texts=texts(player), paragraphs=information(player))

    @staticmethod
    def before_next_page(player, timeout_happened):
        if not player.consent:
            end_study(player, "no_consent")


def fluent_choices(player):
    said = texts(player)
    return [[True, said["yes"]], [False, said["no"]]]


class Screening(Page):
    people_only = True
    form_model = "player"
    form_fields = ["age", "fluent"]

    @staticmethod
    def is_displayed(player):
        return settings(player)["screening"]

    @staticmethod
    def vars_for_template(player):
        return dict(texts=texts(player))

    @staticmethod
    def before_next_page(player, timeout_happened):
        player.screened_out = not fits(player)
        if player.screened_out:
            end_study(player, "screened_out")


def check1_choices(player):
    return list(map(list, questions(player)[0]["options"].items()))


def check2_choices(player):
    return list(map(list, questions(player)[1]["options"].items()))


class Check(Page):
    people_only = True
    form_model = "player"
    form_fields = ["check1", "check2"]

    @staticmethod
    def is_displayed(player):
        return settings(player)["check"]

    @staticmethod
    def vars_for_template(player):
        said, most = texts(player), settings(player)["check_tries"]
        left = most - player.check_tries
        tries = said["last_try" if left == 1 else "tries_left"].format(n=left) if most else ""
        first, second = (one["text"] for one in questions(player))
        return dict(texts=said, ask1=first, ask2=second, tries=tries, paragraphs=information(player))

    @staticmethod
    def error_message(player, values):
        wrong = {
            field: one["why"]
            for field, one in zip(Check.form_fields, questions(player), strict=True)
            if values[field] != one["right"]
        }
        player.check_tries += 1
        player.check_errors += len(wrong)
        most = settings(player)["check_tries"]
        player.check_failed = bool(wrong and most and player.check_tries >= most)
        if wrong and not player.check_failed:
            return {**wrong, "__all__": texts(player)["check_again"]}
        return None

    @staticmethod
    def before_next_page(player, timeout_happened):
        if player.check_failed and settings(player)["check_failed"] == "screen_out":
            end_study(player, "failed_check")


page_sequence = [Consent, Screening, Check]
