"""Horizons: by when a plan is to be done, in the words of the plan or of the heading above it."""

import re

from streams.analysis.context import Context
from streams.analysis.lexicon import Lexicon
from streams.analysis.sentences import Span
from streams.analysis.spans import Placed
from streams.analysis.times import Time

_DATE = re.compile("明天|后天|[0-9一二三四五六七八九十]{1,4}(?:[年月号]|日(?!前))|[一二三四]季度|[上下]半年")
"""A date in a plan is one to come, unless it looks back."""
_BACK = re.compile("来$|期间$|去年|上年|同期|^(?:目|日|此)前$")
_GOES_ON = re.compile(
    "(?:[底末初]|[上中下]旬|[^，。；、的年月日]{0,3}[季期节学暖冬])?(?:[之以]?前|期间)|头[一二两三四五]年|[春夏秋冬][天季]|（[^（）]{2,8}）"
)
"""What an expression goes on with (明年雪季前, 9月底前, 来年春天)."""


class Horizons:
    """Reads when plans are due."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._futures = lexicon["times.futures"]

    def of(self, text: str, span: Span, times: Placed[Time], context: Context, announced: str | None) -> str | None:
        """When a plan is due: in its own words, else when its list was announced for, else a heading on the future."""
        return self.within(text, span, times) or announced or (context.time if context.tense == "future" else None)

    def within(self, text: str, span: Span, times: Placed[Time]) -> str | None:
        """The first expression of time ahead within the span, as written."""
        for time in times.starting(span.start, span.end):
            if not time.clock and self._is_ahead(time):
                goes_on = _GOES_ON.match(text, time.end, span.end)
                return text[time.start : goes_on.end() if goes_on else time.end]
        return None

    def _is_ahead(self, time: Time) -> bool:
        if time.future or time.text in self._futures:
            return True
        return _DATE.search(time.text) is not None and _BACK.search(time.text) is None
