"""Questions whose answers have a type, and how answers are read."""

from .base import Checked, Question
from .json_form import Json
from .kinds import Choice, Number, Text, YesNo

__all__ = ["Checked", "Choice", "Json", "Number", "Question", "Text", "YesNo"]
