"""This app's rows for SESSION_CONFIGS. Only what a row names is shown in oTree's *Configure session* form."""

SESSION_CONFIGS = [
    dict(
        name="group_chat",
        display_name="Group chat with AIs",
        app_sequence=["group_chat"],
        num_demo_participants=2,
        group_chat_size=2,
        group_chat_wait=0,
        group_chat_personas="Ada: You are friendly and curious. | Ben [addressed]: You doubt, politely.",
        group_chat_speaks="always",
        group_chat_pace="1-2 + 0.02/character",
        group_chat_in_a_row=3,
        group_chat_topic="What would you do with a free year?",
        group_chat_seconds=0,
        ego_model="local/smollm2",
        ego_temperature=0.7,
        ego_max_tokens=120,
        ego_deadline=60.0,
        ego_fallback_model="",
        ego_fallback_text="",
        ego_min_messages=1,
        ego_max_messages=50,
        ego_disclose="",
        ego_language="",
    ),
]
