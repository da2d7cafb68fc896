"""Statistics: what each quantity measures, since when, and the shortest text that shows it."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from streams.analysis.lexicon import Lexicon
from streams.analysis.sentences import Span
from streams.analysis.shares import Quantity
from streams.analysis.spans import Placed
from streams.analysis.times import Time
from streams.analysis.words import Words

_COMPARED = re.compile(
    r"(?:(?<![同环占])比(?![重例])|较(?!为|大|好|高|低|多|少|快)|与[^，。；]{1,12}相比)[^，。；比较]{0,14}?"
    r"(?:相比|增|下降|上升|提高|减少|高|低|多|少|快|慢|净增|收窄|扩大|回落|长|降|贵|便宜)"
)
_RATIO = re.compile(
    r"(?:约|仅|只|已|将近|接近)?(?:占到?|占了|占去|相当于|约?为|仅?为|是|高于|低于|约合|不及)[^，。；、]{1,20}?(?:的|平均水平|平均)$|(?:高于|低于|快于|慢于|优于|好于)[^，。；、]{1,12}$"
)
_EACH = re.compile(
    r"(?:每|一)(?:公斤|吨|亩|人|平方米|立方米|度|斤|户|年|月|天|台|片|粒|季|次|个|件|份|口|票|座|辆|日|桶|车)(?:每?次|每?月|每?年|每?天)?$"
)
_MOVED = re.compile(
    r"^[^，。；：]{0,3}?(?:涨|跌|滑落|压缩|压减|压|降|升|提高|提升|调整|调|添|增加|增|下降|缩短|缩小|缩|扩大|扩|变|减|回落|拓展|翻)[^，。；：、]{0,4}$"
)
_SHARES = ("比重", "比例", "份额", "占比")
_OF_WHOLE = re.compile("[、 ]?(?:约|仅|只|已|均)?(?:占(?!比)|相当于|约合|高于|低于|优于|快于|慢于)")
_NO_METRIC = re.compile("(?:按|按照|以|经|据|扣除|剔除)[^，。；]{0,16}(?:计算|口径|核算|统计|审查|测算|后|因素)")
_MARKS_PASSED = ("台阶", "大关", "关口")
"""What a number of steps is counted in; what took them is what is measured."""
_COMMAS = re.compile("、")
_LIST = re.compile(r"[、和与及]")
_BOUNDARY = frozenset("，。；：！？（）!?;:,“”\n…")
_PERCENT = frozenset(("%", "％", "个百分点", "百分点", "倍", "个点", "位", "‰", "折"))
_HAN = re.compile(r"[\u4e00-\u9fffA-Za-z0-9“]")
_TIMES = ("次", "度")
"""Units of what happens: a verb may follow (三次调研)."""
_AMONG = ("其中", "我国", "我省", "我市", "我县", "我区")
"""Openings of two characters that are no part of an indicator's name."""
_MARKS_BEFORE = frozenset("、 —")
_ENDED = ("。", "；", "！", "？", "”", "\n")
_SUBJECT = 12
"""Characters of the longest subject that is taken from an earlier clause."""
_REACH = 40
"""Characters before a number in which its metric is looked for."""
LONGEST = 11
_LONGEST_LIST = 24
"""Characters of the longest metric, and of the longest one that is a list; beyond it a phrase is a clause."""


class Metric(NamedTuple):
    """The phrase that says what is measured, as a place in the text."""

    start: int
    end: int


class Scope(NamedTuple):
    """What the search for one metric may look at: the text between ``floor`` and ``limit`` around a quantity."""

    text: str
    words: Words
    times: Sequence[Time]
    floor: int
    limit: int


class Metrics:
    """Finds what quantities measure, left to right, so that a later one may share the metric of an earlier one."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._tail = lexicon["metrics.tail"]
        self._head = lexicon["metrics.head"]
        self._stop = lexicon["metrics.stop"]
        self._cutters = lexicon["metrics.cutters"]
        self._whole = lexicon["metrics.whole"]
        self._names = lexicon["metrics.names"]
        self._fates = lexicon["metrics.fates"]
        self._late = lexicon["metrics.late"]
        self._verbs = lexicon["metrics.verbs"]
        self._breaks = lexicon["metrics.breaks"]

    def find(
        self, text: str, words: Words, sentences: list[Span], quantities: list[Quantity], times: Placed[Time]
    ) -> list[Metric | None]:
        """For each quantity its metric, or None when only the unit says it."""
        starts = [sentence.start for sentence in sentences]
        found: list[Metric | None] = []
        last: Metric | None = None
        sentence_before = -1
        for index, quantity in enumerate(quantities):
            sentence = sentences[bisect_right(starts, quantity.number_start) - 1]
            if sentence.start != sentence_before:
                last, sentence_before = None, sentence.start
            floor = max(quantities[index - 1].end if index else 0, sentence.start)
            limit = min(sentence.end, quantities[index + 1].start if index + 1 < len(quantities) else sentence.end)
            near = times.within(quantity.start - _REACH, quantity.end)
            metric = self._one(Scope(text, words, near, floor, limit), quantity, last)
            found.append(metric)
            last = metric or last
        self._share(text, quantities, found)
        return found

    def _one(self, scope: Scope, quantity: Quantity, last: Metric | None) -> Metric | None:
        if last is not None and _MOVED.match(scope.text[scope.floor : quantity.start]):
            return last
        before = self._before(scope, quantity)
        if quantity.unit in _PERCENT:
            follows = scope.text[quantity.end : quantity.end + 1] == "的"
            return (
                (
                    self._after(scope, quantity)
                    if follows and (before is None or not _is_rate(scope.text, before))
                    else None
                )
                or before
                or self._subject(scope, quantity)
                or last
                or self._after(scope, quantity)
            )
        after = self._after(scope, quantity)
        if quantity.counts:
            if after is not None and before is not None and scope.text[: after.end].endswith(_MARKS_PASSED):
                return before
            return after or before or last
        if after is not None and scope.text[quantity.end : quantity.end + 1] == "的":
            return before if before is not None and before.end == quantity.start else after
        return before or after or self._subject(scope, quantity) or last

    def _subject(self, scope: Scope, quantity: Quantity) -> Metric | None:
        """What an earlier clause of the sentence, itself without a number, is about (天数一年比一年多，去年达到…)."""
        text, words = scope.text, scope.words
        start = max(scope.floor, quantity.start - _REACH)
        comma = text.rfind("，", start, quantity.start)
        begin = text.rfind("，", start, comma) + 1 if comma > start else -1
        begin = begin or start
        if comma < 0 or begin < 0 or (begin == scope.floor and text[begin - 1 : begin] not in ("", *_ENDED)):
            return None
        time = next((time for time in scope.times if time.start == begin), None)
        if _NO_METRIC.fullmatch(text, begin, comma):
            return None
        begin = self._strip_head(scope, time.end if time else begin, comma)
        index, end = words.index_at(begin), begin
        while words.starts[index] < comma:
            word = words.words[index]
            if (
                word in self._stop
                or word in self._late
                or word in self._tail
                or word in "，：、“”（）《》"
                or word[0] == "最"
            ):
                break
            index += 1
            end = words.starts[index]
        return Metric(begin, end) if 2 <= end - begin <= _SUBJECT and end < comma else None

    def _before(self, scope: Scope, quantity: Quantity) -> Metric | None:
        """The phrase that ends at the quantity, without predicate and adverbs at either side."""
        text = scope.text
        start = max(scope.floor, quantity.start - _REACH)
        place = quantity.start - 1
        while place >= start and text[place] not in _BOUNDARY:
            place -= 1
        if place >= start and text[place] == "”" and place < quantity.start - 1:
            opening = text.rfind("“", start, place)
            short = opening >= 0 and place - opening <= 12
            back = opening if short else place + 1
            while short and back > start and text[back - 1] not in _BOUNDARY:
                back -= 1
            start = back
        else:
            start = max(start, place + 1)
        compared = _COMPARED.search(text, start, quantity.start)
        end = self._cut_tail(scope, start, compared.start() if compared else quantity.start)
        ratio = _RATIO.search(text[start : quantity.start].removesuffix("近").removesuffix("约"))
        if ratio and not text[start : start + ratio.start()].endswith("比"):
            end = self._cut_tail(scope, start, start + ratio.start())
        if _NO_METRIC.fullmatch(text, start, end) or (
            quantity.unit in _PERCENT and _OF_WHOLE.match(text, start, end) and not text[:end].endswith(_SHARES)
        ):
            return None
        start = self._cut_head(scope, start, end, keeps_verbs=quantity.unit in _PERCENT)
        if end - start > (_LONGEST_LIST if "、" in text[start:end] else LONGEST):
            start = scope.words.starts[scope.words.index_at(end - LONGEST - 1) + 1]
        return Metric(start, end) if end - start >= 2 else None

    def _cut_tail(self, scope: Scope, start: int, end: int) -> int:
        """Where the phrase ends once copulas, predicates, adverbs and times are cut off its end."""
        text = scope.text
        while end > start:
            if text[end - 1] in "、 ，—":
                end -= 1
                continue
            each = _EACH.search(text, max(start, end - 6), end)
            if each:
                end = each.start()
                continue
            time = next((t for t in scope.times if t.end == end and t.start >= start), None)
            if time is not None:
                end = time.start
                continue
            if self._whole.ending_at(text, end, start):
                return end
            word = self._last_word(scope, start, end)
            if word is None:
                return end
            end -= len(word)
        return end

    def _last_word(self, scope: Scope, start: int, end: int) -> str | None:
        """The longest word of the list at the end that the segmenter's words bear out; else the longest."""
        longest = None
        for word in self._tail.endings(scope.text, end, start):
            if end - len(word) == start or scope.words.is_boundary(end - len(word)):
                return word
            longest = longest or word
        last = scope.text[end - 1]
        verb = last in self._verbs and scope.words.is_boundary(end - 1) and scope.words.is_boundary(end)
        return longest or (last if verb else None)

    def _cut_head(self, scope: Scope, start: int, end: int, *, keeps_verbs: bool) -> int:
        """Where the phrase begins: after times, after the last 的, after verbs that act on what is counted."""
        text, words = scope.text, scope.words
        for time in scope.times:
            if start <= time.start and time.end < end and not time.clock:
                start = time.end
        of = text.rfind("的", start, end - 1)
        of_share = text[start : start + 1] == "占" and text[:end].endswith(_SHARES)
        if of > start and end - of > 2 and "“" not in text[of:end] and not of_share:
            start = of + 1
        name = self._names.ending_at(text, end, start)
        if name:
            return end - len(name)
        cutters = self._breaks if keeps_verbs else self._cutters
        index = words.index_at(start)
        while index < len(words.words) and words.starts[index] < end:
            stop = words.starts[index + 1]
            if words.words[index] in cutters and start < stop <= end - 2:
                start = stop
            index += 1
        if not keeps_verbs:
            return self._strip_head(scope, start, end)
        start += text[start] in _MARKS_BEFORE
        return start + 2 * (text.startswith(_AMONG, start, end - 2))

    def _strip_head(self, scope: Scope, start: int, end: int) -> int:
        text, moved = scope.text, True
        while moved and start < end:
            moved = False
            if text[start] in "、 ，·—的了”）":
                start, moved = start + 1, True
                continue
            word = self._head.starting_at(text, start)
            if word and start + len(word) < end - 1 and scope.words.is_boundary(start + len(word)):
                start, moved = start + len(word), True
        return start

    def _after(self, scope: Scope, quantity: Quantity) -> Metric | None:
        """The noun phrase right after number and unit (57个国家和地区)."""
        text, words = scope.text, scope.words
        start = quantity.end + (text[quantity.end : quantity.end + 1] == "的")
        if start >= scope.limit or not _HAN.match(text[start]) or text[start] in "以之及的":
            return None
        fate = self._fates.starting_at(text, start)
        if fate and quantity.unit in ("人", "名", "家", "户"):
            return Metric(start, start + len(fate))
        end, index = start, words.index_at(start)
        while index < len(words.words) and words.starts[index] < scope.limit:
            word = words.words[index]
            stop = words.starts[index + 1]
            if word[0] in _BOUNDARY or word == "、" or stop - start > 16 or (word in self._stop and end > start):
                break
            if word in self._stop and not (quantity.unit in _TIMES and len(word) > 1):
                break
            if (word in self._late and end > start) or (word in "和与及" and stop >= scope.limit - 2):
                break
            end = min(stop, scope.limit)
            index += 1
        while end > start and text[end - 1] in "和与及 近约超":
            end -= 1
        return Metric(start, end) if end - start >= 1 else None

    def _share(self, text: str, quantities: list[Quantity], found: list[Metric | None]) -> None:
        """A、B分别为1和2: the parts of the first one's metric go to the numbers in turn."""
        for index, metric in enumerate(found):
            floor = max(metric.end, quantities[index - 1].end if index else 0) if metric else 0
            if metric is None or "分别" not in text[floor : quantities[index].number_start]:
                continue
            run = [index]
            while (
                run[-1] + 1 < len(found)
                and len(text[quantities[run[-1]].end : quantities[run[-1] + 1].start].strip("、和，与 ")) == 0
            ):
                run.append(run[-1] + 1)
            parts = _parts(text, metric, _COMMAS)
            if len(parts) != len(run):
                parts = _parts(text, metric, _LIST)
            if len(parts) == len(run) > 1:
                for place, part in zip(run, parts, strict=True):
                    found[place] = part


def _is_rate(text: str, metric: Metric) -> bool:
    """Whether the phrase names a share or a rate, so that no noun after the number is needed."""
    return text[metric.start : metric.end].endswith(
        ("率", "比重", "比例", "占比", "份额", "增速", "涨幅", "降幅", "增幅")
    )


def _parts(text: str, metric: Metric, marks: re.Pattern[str]) -> list[Metric]:
    parts, start = [], metric.start
    for match in marks.finditer(text, metric.start, metric.end):
        parts.append(Metric(start, match.start()))
        start = match.end()
    parts.append(Metric(start, metric.end))
    return [part for part in parts if part.end > part.start]


def evidence(quantity: Quantity, metric: Metric | None) -> Span:
    """The shortest span with number, unit and metric."""
    if metric is None:
        return Span(quantity.start, quantity.end)
    return Span(min(metric.start, quantity.start), max(metric.end, quantity.end))


class Periods:
    """The expressions of time that a number may hold for."""

    def __init__(self, times: Sequence[Time]) -> None:
        past = [time for time in times if not time.clock and not time.future]
        self._times = Placed(past, lambda time: (time.start, time.end))

    def before(self, place: int) -> str | None:
        """The nearest one before ``place``, as written."""
        time = self._times.before(place)
        return time.text if time else None
