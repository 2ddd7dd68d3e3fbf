"""This app's rows for SESSION_CONFIGS. Only what a row names is shown in oTree's *Configure session* form."""

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
        ego_disclose="",
        ego_language="",
    ),
]
