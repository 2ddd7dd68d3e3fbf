"""This app's rows for SESSION_CONFIGS. Only what a row names is shown in oTree's *Configure session* form."""

_SETTINGS = dict(
    recruit_consent="",
    recruit_screening=True,
    recruit_min_age=18,
    recruit_check=True,
    recruit_check_tries=2,
    recruit_check_failed="screen_out",
    ego_completion_platform="",
    ego_completion_code_completed="DEMO1",
    ego_completion_code_no_consent="",
    ego_completion_code_screened_out="",
    ego_completion_code_failed_check="",
    ego_completion_code_full="",
    ego_completion_link_completed="",
    ego_completion_link_no_consent="",
    ego_completion_link_screened_out="",
    ego_completion_link_failed_check="",
    ego_completion_link_full="",
    ego_language="",
)
SESSION_CONFIGS = [
    dict(
        name="recruit",
        display_name="Recruiting: consent, questions, and a code at the end",
        app_sequence=["recruit", "recruit_end"],
        num_demo_participants=2,
        **_SETTINGS,
    ),
    dict(
        name="recruit_ultimatum",
        display_name="Ultimatum game with an AI, from consent to code",
        app_sequence=["recruit", "ultimatum", "recruit_end"],
        num_demo_participants=2,
        ultimatum_role="responder",
        ultimatum_rounds=1,
        ego_model="local/smollm2",
        **_SETTINGS,
    ),
]
