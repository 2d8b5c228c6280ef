"""What FEEL may raise. Everything else is null plus a warning, as the standard says.

FeelError
├── FeelSyntaxError    the text is not FEEL; carries line and column
└── BudgetExceeded     the text or its evaluation is larger than allowed
"""

from __future__ import annotations


class FeelError(Exception):
    """The expression could not be used. `message` is English, `message_zh` is for the screen."""

    def __init__(self, message: str, message_zh: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.message_zh = message_zh or message


class FeelSyntaxError(FeelError):
    """The text is not FEEL. `line` and `column` count from 1."""

    def __init__(self, message: str, line: int, column: int, text: str, message_zh: str = "") -> None:
        super().__init__(
            f"{message} (line {line}, column {column})", f"{message_zh or message}（第 {line} 行第 {column} 列）"
        )
        self.line = line
        self.column = column
        self.text = text


class BudgetExceeded(FeelError):
    """The expression asks for more than it is allowed. `limit` names the limit that was met."""

    def __init__(self, limit: str, allowed: int) -> None:
        super().__init__(
            f"the expression exceeds the limit of {allowed} {limit}", f"表达式超出上限：{limit} 不得超过 {allowed}"
        )
        self.limit = limit
        self.allowed = allowed
