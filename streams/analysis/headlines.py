"""Headlines that run into the text: broadcast news put several reports in one paragraph, with nothing between a
headline and the report that it belongs to (乌方称击退进攻乌克兰总参谋部5日称，…).

A report opens with whoever acts in it and a date or a verb of saying, or with when or after what it happened. Where
such an opening stands in the middle of what has gone on without a comma since its sentence began, a headline ends.
"""

import re

from streams.analysis.lexicon import Lexicon
from streams.analysis.sentences import Span

_SHORTEST, _LONGEST = 5, 60
"""Characters of a headline."""
_SUBJECT = 40
"""Characters from the beginning of a subject to the date after it."""
_DATE = "[0-9]{1,2}日|日前|近日|今天|当天|同一天|同日"
_WHEN = re.compile(
    "(?=[0-9当今近日针受据])(?:(?<![0-9月年至到从于自间—、和])(?:(?:当地时间)?(?:[0-9]{1,2}月)?[0-9]{1,2}日(?:上午|下午|晚|凌晨)?，"
    "|今天（[0-9月日]{4,6}）|近日，|日前，|当地时间)"
    "|针对(?!性)|受(?=[^，。受]{2,14}影响，)|据(?=[^，。]{2,12}(?:报道|消息|通报)，))"
)
"""When or after what something happened, at the beginning of a report; one look at a character passes most places."""
_ON_DATE = re.compile("今天（[0-9月日]{4,6}）(?!，)")
_JOINS = frozenset("在对与和同向及的访于由被为给把将、驻至从到自比届次（《“·0123456789")
"""Characters before a name that make it no subject."""


class Headlines:
    """Finds where headlines end."""

    def __init__(self, lexicon: Lexicon) -> None:
        names = sorted(lexicon["speech.openings"].words, key=lambda word: (-len(word), word))
        self._names = re.compile("|".join(map(re.escape, names)))
        verbs = lexicon["speech.headline_verbs"].longest_first()
        self._acts = re.compile(f"{_DATE}|(?:{'|'.join(map(re.escape, verbs))})，")

    def joints(self, text: str, sentences: list[Span]) -> list[int]:
        """Places where a report begins right after its headline, left to right."""
        found = []
        for start, end in sentences:
            comma = text.find("，", start, end)
            stop = comma + 1 if comma >= 0 else end
            place = self._joint(text, start, min(stop, start + _LONGEST + _SUBJECT))
            if place is not None:
                found.append(place)
        return found

    def _joint(self, text: str, start: int, stop: int) -> int | None:
        floor = start + _SHORTEST
        when = _WHEN.search(text, floor, stop)
        if when is not None and _ON_DATE.match(text, when.start()) is None:
            return when.start()
        acts = self._acts.search(text, floor, stop)
        if acts is None:
            return None
        last = None
        begin = max(floor, acts.start() - _SUBJECT)
        for name in self._names.finditer(text, begin, acts.start()):
            together = last is not None and last[1] == name.start()
            if together or text[name.start() - 1] in _JOINS:
                last = (last[0], name.end()) if together and last else last
                continue
            last = (name.start(), name.end())
        return last[0] if last else None
