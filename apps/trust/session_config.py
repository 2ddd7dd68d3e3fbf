"""This app's rows for SESSION_CONFIGS. Only what a row names is shown in oTree's *Configure session* form."""

SESSION_CONFIGS = [
    dict(
        name="trust",
        display_name="Trust game with an AI",
        app_sequence=["trust"],
        num_demo_participants=2,
        trust_partner="ai",
        trust_role="trustor, trustee",
        trust_method="direct",
        trust_endowment=10,
        trust_multiplier=3,
        trust_rounds=1,
        trust_timeout=0,
        trust_delay="0",
        trust_reasoning=False,
        ego_model="local/smollm2",
        ego_temperature=1.0,
        ego_system_prompt="",
        ego_deadline=60.0,
        ego_fallback_model="",
        ego_fallback_text="",
        ego_disclose="",
        ego_check_tries="",
        ego_check_failed="flag",
        ego_language="",
    ),
]
