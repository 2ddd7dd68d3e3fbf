"""One tree of errors.

::

    EgoError
    ├── ConfigError            a setting, a model name or a service is wrong (also a ValueError)
    │   └── KeyMissing         a service wants a key and none was found
    ├── PromptError            a template is broken or names something it was not given (also a ValueError)
    ├── ParseError             an answer does not have the form that was asked for (also a ValueError)
    │   ├── InvalidAnswer      a typed question got no answer of its form, also when it was asked again
    │   └── AmbiguousAnswer    several tokens where one was asked for (in parsing.py; also a RuntimeError)
    ├── StateError             something cannot be kept in the database (also a TypeError)
    ├── StoreError             a store cannot be opened, read or written
    │   └── Unwritable         one row cannot be written; the store itself is well
    ├── RunError               a run of an experiment cannot begin or go on; what it has is kept
    │   └── RunStopped         it was stopped before its end (by its budget, or for a reason that it names)
    ├── LinkError              `ai(...)` was used on the wrong thing, at the wrong time, or finds nothing
    └── ProviderError          a model's service did not give a usable reply
        ├── KeyRejected        the key is wrong or may not do this (HTTP 401, 403)
        ├── ModelUnknown       the service has no such model (HTTP 404)
        ├── BadRequest         the service does not take this request (other HTTP 4xx)
        │   └── ContextExceeded    the conversation is longer than the model's context
        ├── Refused            the service or the model declined to answer (content filter)
        ├── LimitReached           the session's limit of money leaves nothing for another request
        ├── CutByLength        the budget of tokens was spent before any text came
        ├── RateLimited        too many requests (HTTP 429); worth another try
        ├── Overloaded         the service failed (HTTP 5xx); worth another try
        ├── TimedOut           no reply before the deadline; worth another try
        ├── Unreachable        no connection, or it broke; worth another try
        ├── BadReply           what came is not the protocol; worth another try
        ├── EmptyReply         a reply without text; worth another try
        └── Interrupted        the server stopped while the reply was under way; worth another try

Every error can be pickled and loaded again, with its fields.
"""

from __future__ import annotations

from typing import Any

from .public import public


@public
class EgoError(Exception):
    """The root: catch it to catch everything that otree_ego raises on purpose."""

    def __init__(self, message: str = "", **fields: Any) -> None:
        super().__init__(message)
        for name, value in fields.items():
            setattr(self, name, value)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self.args, self.__dict__.copy()


@public
class ConfigError(EgoError, ValueError):
    """A setting, a model name or a service is wrong; the message names it and what it takes."""


@public
class KeyMissing(ConfigError):
    """A service wants a key and none was found; the message says where keys are looked for."""


@public
class PromptError(EgoError, ValueError):
    """A template is broken, or names something that it was not given."""


@public
class ParseError(EgoError, ValueError):
    """An answer does not have the form that was asked for.

    Fields:
        text: what was answered.
        expected: in words, what was asked for.
        told: what an app's own check says of the answer, in its participants' language; empty if it was not that.
    """

    text: str = ""
    expected: str = ""
    told: str = ""


@public
class InvalidAnswer(ParseError):
    """A typed question got no answer that has its form, also when it was asked again.

    Fields:
        text, expected: as in `ParseError`; the text is the last answer.
        answers: all answers, word for word, oldest first.
    """

    answers: tuple[str, ...] = ()


@public
class StateError(EgoError, TypeError):
    """Something cannot be kept in the database; the message names the attribute."""


@public
class StoreError(EgoError):
    """A store cannot be opened, read or written; what was committed before is safe."""


@public
class Unwritable(StoreError):
    """One row cannot be written; the store itself is well, and takes all others."""


@public
class RunError(EgoError):
    """A run of an experiment cannot begin or go on; what it has is kept.

    Fields:
        run: the run's id, empty if it has none yet.
    """

    run: str = ""


@public
class RunStopped(RunError):
    """A run was stopped before its end; running it again goes on where it was."""


@public
class LinkError(EgoError):
    """`ai(...)` was used on the wrong thing, at the wrong time, or finds nothing attached."""


@public
class ProviderError(EgoError):
    """A model's service did not give a usable reply.

    Fields:
        service: name of the service (`openai`, `ollama`, …).
        model: the model that was asked for.
        status: HTTP status, if there was one.
        retry_after: seconds that the service asked us to wait, if it did.
        text: what had come of the reply before it failed.
        thoughts: what the model had thought, as far as its service tells.
        retryable: whether the same request may succeed later.
        sent: whether the request may have reached the service.
    """

    retryable = False
    sent = True
    service: str = ""
    model: str = ""
    status: int | None = None
    retry_after: float | None = None
    text: str = ""
    thoughts: str = ""


@public
class KeyRejected(ProviderError):
    """The key is wrong, or may not use this model."""


@public
class ModelUnknown(ProviderError):
    """The service has no model of this name."""


@public
class BadRequest(ProviderError):
    """The service does not take this request as it is.

    Fields:
        too_long: whether the request and its reply are longer than the model's context, or than one request may be.
        context: tokens that fit, where the service says it. asked: tokens that the request has, where it says that.
    """

    too_long: bool = False
    context: int | None = None
    asked: int | None = None


@public
class ContextExceeded(BadRequest):
    """The conversation and its reply do not fit into the model's context, also without what may be left out of it."""

    too_long = True


@public
class Refused(ProviderError):
    """The service's filter or the model itself declined to answer."""


@public
class LimitReached(ProviderError):
    """What the session may spend is spent; no request was sent."""


@public
class CutByLength(ProviderError):
    """The budget of tokens was spent (perhaps on reasoning) before any text came."""


@public
class RateLimited(ProviderError):
    """The service asks for fewer requests."""

    retryable = True


@public
class Overloaded(ProviderError):
    """The service failed on its side."""

    retryable = True


@public
class TimedOut(ProviderError):
    """No reply before the deadline, or the stream stood still."""

    retryable = True


@public
class Unreachable(ProviderError):
    """No connection could be made, or it broke."""

    retryable = True


@public
class BadReply(ProviderError):
    """What came back is not what the protocol promises."""

    retryable = True


@public
class EmptyReply(ProviderError):
    """The reply had no text; it is never passed off as an answer."""

    retryable = True


@public
class Interrupted(ProviderError):
    """The server stopped while the reply was under way."""

    retryable = True
