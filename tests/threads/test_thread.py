"""Threads: what they remember, what they send, what they keep."""

import asyncio
import pickle

import pytest

from otree_ego import (
    CLIThread,
    ConfigError,
    ConstantThread,
    ExternalThread,
    GPTThread,
    OllamaThread,
    Prompt,
    PromptError,
    ProviderError,
    ScriptedThread,
    StateError,
    Thread,
)
from otree_ego.errors import Overloaded
from otree_ego.threads.base import internals


def shout(request):
    return request.messages[-1][1].upper()


def test_turns_are_remembered_in_order_with_places():
    llm = ScriptedThread(["one", "two"])
    llm.system("Count.")
    assert [llm.submit("a"), llm.submit("b")] == ["one", "two"]
    assert [(m.seq, m.role, m.text) for m in llm.messages] == [
        (1, "system", "Count."), (2, "user", "a"), (3, "assistant", "one"), (4, "user", "b"), (5, "assistant", "two"),
    ]  # fmt: skip
    assert all(m.status == "complete" for m in llm.messages)


def test_history_is_a_copy():
    llm = ConstantThread("x")
    llm.user("q")
    llm.history.append("nonsense")
    llm.history[0]["content"] = "changed"
    assert llm.history == [{"role": "user", "content": "q"}]


def test_a_function_can_answer():
    assert ScriptedThread(shout).submit("hello") == "HELLO"


def test_a_used_up_script_says_so_and_the_question_is_there_once():
    llm = ScriptedThread(["one"])
    llm.submit("a")
    for _ in range(2):
        with pytest.raises(ProviderError, match="1"):
            llm.submit() if llm.messages[-1].status == "failed" else llm.submit("b")
    assert [m["content"] for m in llm.history] == ["a", "one", "b"]
    assert [m.status for m in llm.messages if m.role == "assistant"] == ["complete", "failed", "failed"]


@pytest.mark.parametrize(
    "text", ["{{ 7*7 }}", "{{ api_key }}", "{{", "{% raw", "{% for x in y %}", "a\r\nb ", "<b>", "", "😀 שלום"]
)
def test_a_plain_text_is_sent_word_for_word(text):
    seen = []
    llm = Thread("constant/ok")
    internals(llm).find_provider = _Recording(seen)
    llm.submit(text)
    assert seen[-1].messages[-1] == ("user", text)
    assert llm.history[0]["content"] == text


class _Recording:
    def __init__(self, seen):
        self.seen = seen

    def __call__(self, model):
        return self

    async def stream(self, request):
        from otree_ego import Reply

        self.seen.append(request)
        yield Reply("ok", model=request.model)


@pytest.mark.parametrize(("given", "kept"), [("a\ud83db", "a\ufffdb"), ("nul\x00l", "null")])
def test_what_no_database_takes_is_replaced(given, kept):
    llm = ConstantThread("ok")
    llm.submit(given)
    assert llm.history[0]["content"] == kept


def test_variables_with_a_plain_text_are_refused():
    with pytest.raises(TypeError, match="Prompt"):
        ConstantThread("ok").submit("Hello {{ name }}", name="Ada")


@pytest.mark.parametrize("text", [5, None, b"bytes", ["a"]])
def test_only_texts_can_be_said(text):
    with pytest.raises(TypeError, match="str or a Prompt"):
        ConstantThread("ok").system(text)


def test_a_prompt_sees_variables_and_public_attributes_only():
    llm = ConstantThread("ok", name="Ada")
    llm.submit(Prompt("{{ name }} {{ model }} {{ n }}"), n=3)
    assert llm.history[0]["content"] == "Ada constant/ok 3"
    for forbidden in ("api_key", "history", "messages", "_log", "_id", "id"):
        with pytest.raises(PromptError, match=forbidden):
            llm.submit(Prompt("{{ " + forbidden + " }}"))


def test_nothing_is_recorded_when_a_prompt_fails():
    llm = ConstantThread("ok")
    with pytest.raises(PromptError):
        llm.submit(Prompt("{{ nobody }}"))
    assert llm.messages == ()


def test_attributes_are_kept_and_lambdas_refused_by_name():
    llm = ConstantThread("ok")
    llm.choices.append(4)
    llm.mood = {"happy": 1}
    with pytest.raises(StateError, match=r"ConstantThread\.trick"):
        llm.trick = lambda: 0
    assert not hasattr(llm, "trick")
    again = Thread.revive(llm.kind, llm.id, pickle.loads(llm.pickled()))
    assert (again.choices, again.mood, type(again), again.model) == ([4], {"happy": 1}, ConstantThread, "constant/ok")


def test_a_lambda_hidden_in_a_list_is_refused_by_name_when_it_is_kept():
    llm = ConstantThread("ok")
    llm.choices.append(lambda: 0)
    with pytest.raises(StateError, match="choices"):
        llm.pickled()


def test_an_exception_that_cannot_be_loaded_again_is_refused():
    class Odd(Exception):
        def __init__(self, a, b):
            super().__init__(a)

    llm = ConstantThread("ok")
    with pytest.raises(StateError, match="last_error"):
        llm.last_error = Odd(1, 2)


def test_the_threads_own_names_cannot_be_overwritten():
    with pytest.raises(StateError, match="history"):
        ConstantThread("ok").history = []
    with pytest.raises(StateError, match="submit"):
        ConstantThread("ok", submit=3)


def test_keys_histories_and_clients_are_not_in_the_state():
    llm = GPTThread("gpt-6-luna", api_key="sk-very-secret")
    llm.user("a private question")
    assert b"sk-very-secret" not in llm.pickled()
    assert b"a private question" not in llm.pickled()


def test_a_thread_cannot_be_put_into_a_variable_of_otrees():
    with pytest.raises(StateError, match=r"ai\(player\)\.set"):
        pickle.dumps(ConstantThread("ok"))


def test_an_external_thread_takes_its_reply_along():
    human = ExternalThread()
    assert human.submit("I offer 3.", response="Accepted.") == "Accepted."
    with pytest.raises(ConfigError, match="response="):
        human.submit("And now?")
    with pytest.raises(ConfigError, match="ExternalThread"):
        ConstantThread("ok").submit("q", response="r")


def test_names_of_models():
    assert OllamaThread("llama3.2", endpoint="http://box:11434/api/chat").base_url == "http://box:11434/v1"
    assert CLIThread("Ada").model == "terminal/Ada"
    assert GPTThread().model == "local/smollm2"
    assert GPTThread("openai/gpt-6-luna").model == "openai/gpt-6-luna"


def test_async_is_the_same_thread():
    llm = ScriptedThread(["one", "two"], name="Ada")

    async def talk():
        aio = llm.aio
        await aio.system("Count.")
        first = await aio.submit(Prompt("{{ name }}"))
        aio.mood = "good"
        return first

    assert asyncio.run(talk()) == "one"
    assert llm.mood == "good"
    assert llm.submit("b") == "two"
    assert [m.text for m in llm.messages] == ["Count.", "Ada", "one", "b", "two"]


def test_plain_code_works_below_a_running_loop():
    async def outer():
        return ConstantThread("ok").submit("q")

    assert asyncio.run(outer()) == "ok"


def test_pieces_come_as_they_are_said():
    pieces = []
    ConstantThread("one two three").submit("q", on_piece=pieces.append)
    assert "".join(pieces) == "one two three"


class _Failing:
    """Fails some times, then answers."""

    def __init__(self, *errors):
        self.errors = list(errors)
        self.asked = []

    def __call__(self, model):
        return self

    async def stream(self, request):
        from otree_ego import Reply

        self.asked.append(request)
        if self.errors:
            yield "half a"
            raise self.errors.pop(0)
        yield Reply("whole", model=request.model)


def failing(*errors, **policy):
    llm = Thread("openai/gpt-6-luna", backoff=0.001, **policy)
    internals(llm).find_provider = _Failing(*errors)
    return llm


def test_a_failure_that_may_pass_is_tried_again_and_recorded():
    llm = failing(Overloaded("HTTP 503"), Overloaded("HTTP 500"))
    assert llm.submit("q") == "whole"
    reply = llm.last_reply
    assert (reply.status, reply.attempts, [t["error"] for t in reply.trouble]) == ("complete", 3, ["Overloaded"] * 2)


def test_retries_end():
    llm = failing(*[Overloaded(f"try {n}") for n in range(9)], retries=2)
    with pytest.raises(Overloaded, match="try 2"):
        llm.submit("q")
    reply = llm.last_reply
    assert (reply.status, reply.error, reply.text, reply.attempts) == ("failed", "Overloaded", "half a", 3)
    assert llm.history == [{"role": "user", "content": "q"}]


def test_what_cannot_pass_is_not_tried_again():
    from otree_ego.errors import KeyRejected

    llm = failing(KeyRejected("wrong key"))
    with pytest.raises(KeyRejected):
        llm.submit("q")
    assert len(internals(llm).find_provider.asked) == 1


def test_the_fallback_model_is_asked_after_the_retries():
    llm = failing(Overloaded("1"), Overloaded("2"), retries=1, fallback_model="openai/gpt-5.4-mini")
    assert llm.submit("q") == "whole"
    asked = [request.model for request in internals(llm).find_provider.asked]
    assert asked == ["openai/gpt-6-luna", "openai/gpt-6-luna", "openai/gpt-5.4-mini"]
    assert llm.last_reply.model_answered == "openai/gpt-5.4-mini"


def test_the_fallback_text_comes_last_and_is_marked():
    llm = failing(Overloaded("1"), retries=0, fallback_text="Sorry.")
    assert llm.submit("q") == "Sorry."
    reply = llm.last_reply
    assert (reply.status, reply.finish_reason, reply.error, reply.model_answered) == (
        "complete",
        "fallback",
        "Overloaded",
        "",
    )


def test_the_deadline_counts_for_all_attempts():
    from otree_ego.errors import TimedOut

    class Slow:
        def __call__(self, model):
            return self

        async def stream(self, request):
            yield "a"
            await asyncio.sleep(60)

    llm = Thread("openai/gpt-6-luna", deadline=0.05)
    internals(llm).find_provider = Slow()
    with pytest.raises(TimedOut):
        llm.submit("q")
    assert (llm.last_reply.status, llm.last_reply.text) == ("failed", "a")


def test_a_cut_reply_is_kept_marked_and_sent_again():
    class Cut:
        def __call__(self, model):
            return self

        async def stream(self, request):
            from otree_ego import Reply

            yield Reply("half a sen", model="m", finish_reason="length")

    llm = Thread("openai/gpt-6-luna")
    internals(llm).find_provider = Cut()
    assert llm.submit("q") == "half a sen"
    assert llm.last_reply.status == "partial"
    assert llm.history[-1] == {"role": "assistant", "content": "half a sen"}


def test_ctrl_c_leaves_a_truthful_record():
    llm = Thread("openai/gpt-6-luna")
    internals(llm).find_provider = lambda model: (_ for _ in ()).throw(KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        llm.submit("q")
    assert (llm.last_reply.status, llm.last_reply.error) == ("failed", "Interrupted")
