"""This app's rows for SESSION_CONFIGS. Only what a row names is shown in oTree's *Configure session* form."""

SESSION_CONFIGS = [
    dict(
        name="ultimatum",
        display_name="Ultimatum game with a language model",
        app_sequence=["ultimatum"],
        num_demo_participants=2,
        ultimatum_role="responder,proposer",
        ultimatum_partner="ai",
        ultimatum_adviser=False,
        ultimatum_method="direct",
        ultimatum_frame="split",
        ultimatum_rounds=1,
        ultimatum_endowment=100,
        ultimatum_delay="0",
        ultimatum_timeout=0,
        ultimatum_models="",
        ultimatum_reasoning=False,
        ultimatum_fallback="",
        ego_model="local/smollm2",
        ego_temperature=0.7,
        ego_max_tokens=256,
        ego_deadline=60.0,
        ego_fallback_model="",
        ego_language="",
    ),
]
