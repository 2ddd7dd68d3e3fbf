"""This app's rows for SESSION_CONFIGS. Only what a row names is shown in oTree's *Configure session* form."""

SESSION_CONFIGS = [
    dict(
        name="dictator",
        display_name="Dictator game with a language model",
        app_sequence=["dictator"],
        num_demo_participants=2,
        dictator_role="recipient,dictator",
        dictator_partner="ai",
        dictator_frame="give",
        dictator_rounds=1,
        dictator_endowment=100,
        dictator_delay="0",
        dictator_timeout=0,
        dictator_reasoning=False,
        dictator_fallback="",
        ego_model="local/smollm2",
        ego_temperature=0.7,
        ego_max_tokens=256,
        ego_deadline=60.0,
        ego_fallback_model="",
        ego_disclose="",
        ego_check_tries="",
        ego_check_failed="flag",
        ego_language="",
    ),
]
