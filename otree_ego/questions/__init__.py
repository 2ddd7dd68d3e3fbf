"""Questions whose answers have a type, and how answers are read.

Each is asked with `Thread.ask(question, text)`. A type of your own is a subclass of `Question`.
"""

from ..json_text import fail
from ..messages import Form
from .base import Checked, Question
from .fields import register_form_fields
from .json_form import Json
from .kinds import Choice, Number, Text, YesNo

__all__ = [
    "Checked", "Choice", "Form", "Json", "Number", "Question", "Text", "YesNo", "fail", "register_form_fields",
]  # fmt: skip
