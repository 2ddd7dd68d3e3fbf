"""Language models in oTree experiments. The public names, each loaded when it is first used."""

from __future__ import annotations

import os
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from .version import __version__ as __version__

_HOMES = {
    "binding": (
        "AIWaitPage", "CheckPage", "CompletionPage", "DebriefingPage", "EndPage", "ScreenedOutPage", "SessionRefused",
        "ai", "app_texts", "assign", "chat", "chat_error", "custom_export", "custom_export_assignments",
        "custom_export_decisions",
        "custom_export_entries", "custom_export_events", "custom_export_requests", "disclosure", "end_study",
        "form_groups", "group_chat", "hides_ais", "language_of", "link", "models_in_record", "outcome_of", "played_by",
        "screened_out", "session_setting", "thread_from_config",
    ),
    "threads": ("AsyncThread", "Conversation", "Policy", "Thread"),
    "experiment": ("Experiment", "Factorial", "Treatment", "factorial", "replicate"),
    "experiment.recordings": ("recording",),
    "agents": (
        "CLIThread", "ConstantThread", "ExternalThread", "GPTThread", "LocalThread", "OllamaThread", "OpenRouterThread",
        "ScriptedThread", "TextSynthThread",
    ),
    "prompts": ("Prompt", "from_file"),
    "questions.answer_forms": ("choice", "json_answer", "number", "yes_no"),
    "parsing": (
        "AmbiguousAnswer", "exclusive_response", "extract_number", "homogenize", "parse_choice", "parse_json",
        "parse_number", "to_html",
    ),
    "chat_rules.nicknames": ("nickname_error",),
    "chat_rules.pacing": ("Pace", "pace"),
    "chat_rules.personas": ("Persona", "personas_from_text"),
    "chat_rules.study_words": ("Partner",),
    "messages": ("Message", "Usage", "Request", "Reply"),
    "providers.declarations": ("declare_provider", "declare_service"),
    "providers.signing_key": ("secret_key",),
    "errors": (
        "EgoError", "ConfigError", "KeyMissing", "PromptError", "ParseError", "StateError", "LinkError",
        "InvalidAnswer", "ProviderError", "RunError", "RunStopped", "StoreError", "Unwritable",
    ),
}  # fmt: skip
_PICKLED = {
    "errors": (
        "BadReply", "BadRequest", "ContextExceeded", "CutByLength", "EmptyReply", "Interrupted", "KeyRejected",
        "LimitReached", "ModelUnknown", "Overloaded", "RateLimited", "Refused", "TimedOut", "Unreachable",
    ),
    "messages": ("Form",),
    "threads.context_policy": ("ContextMessage",),
    "chat_rules.personas": ("Rule",),
    "questions": ("Checked", "Choice", "Json", "Number", "Question", "Text", "YesNo"),
    "experiment": ("Replications", "Results"),
    "experiment.asking": ("Asked",),
    "experiment.built": ("Built", "Filter", "Seat"),
}  # fmt: skip
# Found here by pickles only (see `otree_ego.public`): these names are imported from where the docs say.
_HOME = {name: home for table in (_HOMES, _PICKLED) for home, names in table.items() for name in names}
# What oTree has stored may name modules of before.
__path__.append(os.path.join(os.path.dirname(__file__), "former_places"))
# `from otree_ego import *` asks for all of these, and the binding works only in an oTree project's folder.
_HERE = [name for home, names in _HOMES.items() if home != "binding" or os.path.exists("settings.py") for name in names]
__all__ = sorted([*_HERE, "__version__"])

if TYPE_CHECKING:
    from .agents import (
        CLIThread as CLIThread,
        ConstantThread as ConstantThread,
        ExternalThread as ExternalThread,
        GPTThread as GPTThread,
        LocalThread as LocalThread,
        OllamaThread as OllamaThread,
        OpenRouterThread as OpenRouterThread,
        ScriptedThread as ScriptedThread,
        TextSynthThread as TextSynthThread,
    )
    from .binding import (
        AIWaitPage as AIWaitPage,
        CheckPage as CheckPage,
        CompletionPage as CompletionPage,
        DebriefingPage as DebriefingPage,
        EndPage as EndPage,
        ScreenedOutPage as ScreenedOutPage,
        SessionRefused as SessionRefused,
        ai as ai,
        app_texts as app_texts,
        assign as assign,
        chat as chat,
        chat_error as chat_error,
        custom_export as custom_export,
        custom_export_assignments as custom_export_assignments,
        custom_export_decisions as custom_export_decisions,
        custom_export_entries as custom_export_entries,
        custom_export_events as custom_export_events,
        custom_export_requests as custom_export_requests,
        disclosure as disclosure,
        end_study as end_study,
        form_groups as form_groups,
        group_chat as group_chat,
        hides_ais as hides_ais,
        language_of as language_of,
        models_in_record as models_in_record,
        outcome_of as outcome_of,
        played_by as played_by,
        screened_out as screened_out,
        session_setting as session_setting,
        thread_from_config as thread_from_config,
    )
    from .binding.links.link import link as link
    from .chat_rules.nicknames import nickname_error as nickname_error
    from .chat_rules.pacing import Pace as Pace, pace as pace
    from .chat_rules.personas import Persona as Persona, personas_from_text as personas_from_text
    from .chat_rules.study_words import Partner as Partner
    from .errors import (
        ConfigError as ConfigError,
        EgoError as EgoError,
        InvalidAnswer as InvalidAnswer,
        KeyMissing as KeyMissing,
        LinkError as LinkError,
        ParseError as ParseError,
        PromptError as PromptError,
        ProviderError as ProviderError,
        RunError as RunError,
        RunStopped as RunStopped,
        StateError as StateError,
        StoreError as StoreError,
        Unwritable as Unwritable,
    )
    from .experiment import (
        Experiment as Experiment,
        Factorial as Factorial,
        Treatment as Treatment,
        factorial as factorial,
        replicate as replicate,
    )
    from .experiment.recordings import recording as recording
    from .messages import Message as Message, Reply as Reply, Request as Request, Usage as Usage
    from .parsing import (
        AmbiguousAnswer as AmbiguousAnswer,
        exclusive_response as exclusive_response,
        extract_number as extract_number,
        homogenize as homogenize,
        parse_choice as parse_choice,
        parse_json as parse_json,
        parse_number as parse_number,
        to_html as to_html,
    )
    from .prompts import Prompt as Prompt, from_file as from_file
    from .providers.declarations import (
        declare_provider as declare_provider,
        declare_service as declare_service,
    )
    from .providers.signing_key import secret_key as secret_key
    from .questions.answer_forms import (
        choice as choice,
        json_answer as json_answer,
        number as number,
        yes_no as yes_no,
    )
    from .threads.async_thread import AsyncThread as AsyncThread
    from .threads.conversation import Conversation as Conversation
    from .threads.thread import Thread as Thread
    from .threads.turns import Policy as Policy


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'otree_ego' has no attribute '{name}'")
    if home == "binding" and find_spec("settings") is None and not os.path.exists("settings.py"):
        raise ImportError(
            f"otree_ego.{name} works inside an oTree project: run this in the folder that holds settings.py."
        )
    found = getattr(import_module(f"otree_ego.{home}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return __all__
