"""This app's rows for SESSION_CONFIGS. Only what a row names is shown in oTree's *Configure session* form."""

SESSION_CONFIGS = [
    dict(
        name="recruit_end",
        display_name="The last page of a study: a code, or a link back",
        app_sequence=["recruit_end"],
        num_demo_participants=1,
        ego_completion_platform="",
        ego_completion_code_completed="DEMO1",
        ego_completion_link_completed="",
        ego_language="",
    ),
]
