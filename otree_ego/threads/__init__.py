"""Threads and Conversations: what a model remembers, and how it is asked."""

from .async_conversation import AsyncConversation
from .async_thread import AsyncThread
from .conversation import Conversation
from .thread import Thread
from .turns import Policy

__all__ = ["AsyncConversation", "AsyncThread", "Conversation", "Policy", "Thread"]
