"""Units, and which numerals with a unit measure nothing: times, names, articles, capacities."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from streams.analysis.lexicon import Lexicon, WordSet
from streams.analysis.numerals import Number

_SPORT = ("台", "板", "自由泳", "蛙泳", "仰泳", "蝶泳", "混合", "跑", "栏", "接力", "个人", "短跑")
_CAPACITY = ("级", "型", "以上的", "以下的", "及以上", "（含）")
_SESSIONS = ("会议", "全会", "全体", "代表大会", "党代")
_AVERAGE = re.compile("寿命|平均[^，。；]{0,6}$|均龄")
"""Before 岁: an age that measures many people; any other is only told."""
_VERBS = ("提前", "延后", "推后", "省下", "剩下", "留下")
"""They end like words before a time, but say how much it is."""
SHORT_TIMES = frozenset(["秒", "分钟", "小时", "个小时", "个钟头", "钟头"])
_WITHIN = ("内", "以内", "之内")
"""两小时内上门: within how short a time something is done, unlike 三年内."""
_RATES = ("兑", "对人民币", "合人民币")
"""After one of a currency that another is counted for (1美元兑150日元)."""
_LIMITS = ("以内", "之内", "以上", "以下", "左右", "不到", "有余", "还多", "出头")
"""What makes one of something count (首次进入一小时以内)."""
_ONLY = re.compile("(?:(?<!不)(?:只|仅)(?![是要能好])|唯一)[^，。；：“”]{0,8}$")
_SIGNED = ("%", "％", "‰", "℃", "摄氏度", "个百分点")
_POINTS = 1000
"""From here on 点 counts points of an index whatever stands before it."""
_FEW = frozenset("分角度号期步口")
_ENDS = ("，", "。", "；", "、", "")
_CHINESE_OR_ARABIC = "二两三四五六七八九十0123456789"


class Reading(NamedTuple):
    """A numeral with its unit: ``digits[start:end]`` is the numeral, ``digits[end:unit_end]`` ends with the unit."""

    start: int
    end: int
    unit: str
    unit_end: int
    number: Number


class Units:
    """Knows the units of the lexicon and when they are none."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._classifiers = lexicon["quantities.classifiers"]
        self._measures = lexicon["quantities.measures"]
        self._all = WordSet(self._classifiers.words | self._measures.words)
        self._durations = lexicon["quantities.durations"]
        self._time_after = lexicon["quantities.duration_is_time_after"]
        self._time_before = lexicon["quantities.duration_is_time_before"]
        self._look_alikes = lexicon["quantities.look_alikes"]
        self._not_after = lexicon["quantities.not_after"]

    def counts(self, unit: str | None) -> bool:
        """Whether the unit counts things, so that the thing counted may follow it."""
        return unit is not None and unit in self._classifiers

    def __contains__(self, unit: str) -> bool:
        return unit in self._all

    def at(self, text: str, place: int) -> tuple[str | None, int]:
        """The longest unit at ``place``, after at most one blank, and where it ends."""
        begin = place + (text[place : place + 1] == " ")
        unit = self._all.starting_at(text, begin)
        return (unit, begin + len(unit)) if unit else (None, place)

    @property
    def first_characters(self) -> Iterable[str]:
        """The characters that units begin with."""
        return self._all.first_characters

    def is_name(self, digits: str, start: int, end: int) -> bool:
        """Whether the numeral is part of a name, an ordinal or a code (第十四届, 4/5G, PM2.5, 1+10, 三大)."""
        before = self._not_after.ending_at(digits, start, max(0, start - 3))
        if before == "-" and is_negative(digits, start, end):
            before = None
        # 总数1093551个 has a total before its digits, 数十个 says some tens.
        if (before and not (before == "数" and digits[start].isdigit())) or _is_latin(digits[start - 1 : start]):
            return True
        if digits.startswith("分之", end):
            return False
        after = digits[end : end + 1]
        if after in ("+", "×", "/", "＋", "号") or (_is_latin(after) and not self._measures.starting_at(digits, end)):
            return True
        if after == "大" and digits[end : end + 2] not in ("大类", "大关"):
            return True
        alike = self._look_alikes.starting_at
        return bool(alike(digits, start) or (start and alike(digits, start - 1)))

    def is_no_measure(self, digits: str, reading: Reading) -> bool:
        """Whether a numeral with a unit is a time, a name, an article or a capacity."""
        start, unit, after = reading.start, reading.unit, digits[reading.unit_end : reading.unit_end + 4]
        if (reading.number.value == 0 and digits[start] in "零〇○") or after.startswith(_RATES):
            return True
        if unit in self._durations and self._is_time(digits, start, reading.unit_end):
            return not (unit in SHORT_TIMES and after.startswith(_WITHIN))
        if digits[start : reading.end] == "一" and reading.number.value == 1 and unit not in ("倍", "折"):
            return not (
                after.startswith(_LIMITS) or _is_only(digits, start, reading) or _beside_another(digits, start, unit)
            )
        if unit in _GRADES:
            return not _GRADES[unit](digits, reading)
        if unit == "岁":
            return _AVERAGE.search(digits, max(0, start - 12), start) is None
        return _is_part_of_name(digits, reading, after) or _is_capacity(digits, reading, after)

    def _is_time(self, digits: str, start: int, unit_end: int) -> bool:
        """三年来, 五年内, 近两年, 2025年 and Chinese years without 的 name a time or say how long something went on."""
        after = digits[unit_end + (digits[unit_end : unit_end + 1] == "多") :][:4]
        if digits[unit_end - 1] == "年":
            arabic = digits[start].isdigit()
            if (arabic and unit_end - start == 5) or (
                not arabic and after[:1] != "的" and digits[max(0, start - 2) : start] != "试行"
            ):
                return True
        if self._time_after.starting_at(after, 0) or digits[max(0, start - 2) : start] == "以来":
            return True
        if digits[start - 1 : start] == "近" and digits[unit_end - 1] in "年月天周":
            return digits[max(0, start - 2) : start - 1] not in ("了", "达", "过")
        if digits[start] == "一" and unit_end - start <= 3 and after[:1] in ("一", "个", "到", "多", "又"):
            return True
        before = self._time_before.ending_at(digits, start, max(0, start - 2))
        return before is not None and digits[max(0, start - 2) : start] not in _VERBS


def _is_part_of_name(digits: str, reading: Reading, after: str) -> bool:
    unit = reading.unit
    if (unit == "米" and after.startswith(_SPORT)) or after[:1] == "岁":
        return True
    if unit == "周" and after[:1] in tuple("年岁边围密一二三四五六日"):
        return True
    if unit == "个" and after[:1] in ("字", "多", "百", "千"):
        return True
    if unit in _FEW and not digits[reading.start].isdigit() and reading.number.value <= 10:
        return unit != "口" and after[:1] != "会"
    return unit == "次" and after.startswith(_SESSIONS)


def _is_only(digits: str, start: int, reading: Reading) -> bool:
    """产线只开了一条: one of something counts where there is no other; 只提了一条： opens a list."""
    return (
        _ONLY.search(digits, max(0, start - 12), start) is not None
        and digits[reading.unit_end : reading.unit_end + 1] not in "：:"
    )


def is_negative(digits: str, start: int, end: int) -> bool:
    """由-2.4‰降至-2.9‰: a sign after a word, before a number that can be below zero."""
    return not digits[max(0, start - 2) : start - 1].isascii() and digits.startswith(_SIGNED, end)


def _is_index(digits: str, reading: Reading) -> bool:
    """指数为125.1点: points of an index, unlike hours and articles."""
    if not digits[reading.start].isdigit():
        return False
    value = reading.number.value
    return (
        value >= _POINTS
        or "." in digits[reading.start : reading.end]
        or "指数" in digits[max(0, reading.start - 16) : reading.start]
    )


def _is_strength(digits: str, reading: Reading) -> bool:
    """7.0级地震, 风力达15级: how strong it was, unlike 二级响应 and 三级医院."""
    if digits.startswith(("地震", "强震", "大风", "阵风"), reading.unit_end):
        return True
    return "风" in digits[max(0, reading.start - 8) : reading.start] and digits[reading.start].isdigit()


_GRADES = {"点": _is_index, "级": _is_strength}
"""Units that seldom measure, and when they do."""


def _is_capacity(digits: str, reading: Reading, after: str) -> bool:
    """30万吨级, 单站10万千瓦及以上装机: the size of a thing, not how much there is."""
    if not after.startswith(_CAPACITY) or reading.unit in ("%", "％"):
        return False
    return after.startswith(("级", "型")) or digits[reading.unit_end + 3 : reading.unit_end + 4] not in _ENDS


def _beside_another(digits: str, start: int, unit: str) -> bool:
    """两家国企、一家民企: the article counts where the same unit was counted just before."""
    window = digits[max(0, start - 10) : start]
    place = window.rfind(unit)
    return place > 0 and window[place - 1] in _CHINESE_OR_ARABIC and "、" in window[place:]


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
