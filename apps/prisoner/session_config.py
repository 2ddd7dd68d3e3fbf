"""This app's rows for SESSION_CONFIGS. Only what a row names is shown in oTree's *Configure session* form."""

SESSION_CONFIGS = [
    dict(
        name="prisoner",
        display_name="Prisoner's dilemma with an AI",
        app_sequence=["prisoner"],
        num_demo_participants=2,
        prisoner_rounds=10,
        prisoner_order="ai_first",
        prisoner_frame="neutral, cooperation, competition",
        prisoner_reward=20,
        prisoner_punishment=8,
        prisoner_sucker=0,
        prisoner_temptation=28,
        prisoner_timeout=0,
        prisoner_default="",
        prisoner_delay="0",
        prisoner_reasoning=False,
        ego_model="local/smollm2",
        ego_temperature=1.0,
        ego_system_prompt="",
        ego_deadline=60.0,
        ego_fallback_model="",
        ego_fallback_text="",
        ego_language="",
    ),
]
