"""What stands around a number: over, under or about it (近, 以上, 多), and whether it went up or down."""

import re
from itertools import chain

from schemas.items import Change, Qualifier
from streams.analysis.lexicon import Lexicon
from streams.analysis.numerals import Number, read

_ORDER: tuple[Qualifier, ...] = ("over", "under", "about")
_MAGNITUDE = re.compile(r"[十百千万亿]+")
_ABOUT = re.compile("约[为占是][^，。；、]{1,12}的$")
"""约为全省平均水平的1.7倍: the whole stands between the qualifier and its number."""
_BEYOND = re.compile(
    "超(?:过|出)?(?:历史|年度|原定|既定)?(?:警戒|保证|汛限|目标|计划|预期|任务|预算|限额?)[^，。；：、0-9]{0,4}$"
    "|超[过出][^，。；：、0-9]{1,8}的$"
)
"""超警戒水位0.8米, 超出目标60个: what is exceeded stands between the qualifier and its number."""
_EACH = re.compile("每(?:公斤|千克|斤|吨|亩|公顷|平方米|立方米|人|户|月|年|天|桶|度|千瓦时|股|盎司)$")
"""跌破每公斤5元: what the number is for stands between the qualifier and it."""
_NOT_NEAR = frozenset("附邻临靠最远亲贴")
"""Characters before 近 that make a word with it."""
_CLAUSE_ENDS = frozenset("，。；：、（")
_LONGEST_CLAUSE = 24
"""Characters before a number in which its clause may begin."""
_FARTHEST_CHANGE = 12
"""Characters between a verb of change and its number (新增新能源装机6482万千瓦)."""


class Qualifiers:
    """Reads the words before, within and after a number."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._before = {q: lexicon[f"quantities.qualifier_before.{q}"] for q in _ORDER}
        self._after = {q: lexicon[f"quantities.qualifier_after.{q}"] for q in _ORDER}
        # Beside most numbers stands no such word, and one look at the character tells.
        self._last = frozenset(chain(*(words.last_characters for words in self._before.values())))
        self.first_after = frozenset(chain(*(words.first_characters for words in self._after.values())))

    def before(self, digits: str, start: int) -> tuple[Qualifier | None, int]:
        """The qualifier that ends at ``start``, and where its words begin."""
        place = start - (digits[start - 1 : start] in (" ", "了"))
        each = _EACH.search(digits, max(0, start - 4), start) if "每" in digits[max(0, start - 4) : start] else None
        if each is not None and self._at(digits, each.start()) is not None:
            place = each.start()
        found = self._at(digits, place)
        if found is not None:
            return found
        if "超" in digits[max(0, start - 14) : start] and _BEYOND.search(digits, max(0, start - 14), start):
            return "over", start
        far = digits[start - 1 : start] == "的" and _ABOUT.search(digits, max(0, start - 16), start) is not None
        return ("about" if far else None), start

    def _at(self, digits: str, place: int) -> tuple[Qualifier, int] | None:
        """The qualifier that ends at ``place``, and where it begins: of 跌破 and 破 the longer one."""
        if digits[place - 1 : place] not in self._last:
            return None
        found: tuple[Qualifier, int] | None = None
        for qualifier in _ORDER:
            word = self._before[qualifier].ending_at(digits, place, max(0, place - 6))
            if word and (found is None or place - len(word) < found[1]):
                found = qualifier, place - len(word)
        return None if found and digits[found[1] : place] == "近" and digits[found[1] - 1] in _NOT_NEAR else found

    def after(self, digits: str, end: int) -> tuple[Qualifier | None, int]:
        """The qualifier that begins at ``end``, and where its words end."""
        if digits[end : end + 1] not in self.first_after:
            return None, end
        for qualifier in _ORDER:
            word = self._after[qualifier].starting_at(digits, end)
            if word and not (word == "来" and digits[end + 1 : end + 2] in "自到源访"):
                return qualifier, end + len(word)
        return None, end

    def inside(self, digits: str, end: int, number: Number) -> tuple[Qualifier | None, Number, int]:
        """多, 余 and 来 right after the digits, and what magnitude follows: 三十万多亿, 五个多亿, 4300来人."""
        word, step = digits[end : end + 1], 1
        if digits[end : end + 2] == "个多" and digits[end + 2 : end + 3] in ("万", "亿"):
            word, step = "多", 2
        if word not in ("多", "余", "来"):
            return None, number, end
        qualifier: Qualifier = "about" if word == "来" else "over"
        magnitude = _MAGNITUDE.match(digits, end + step)
        if magnitude:
            stop = before_kilo(digits, end + step, magnitude.end())
            factor = read("1" + digits[end + step : stop])
            if factor is not None and stop > end + step:
                return qualifier, number.times(factor.value), stop
        return qualifier, number, end + step


class Changes:
    """Finds the verb of change that a number belongs to."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lists = {change: lexicon[f"quantities.change.{change}"] for change in ("up", "down", "none")}
        words = {word for listed in self._lists.values() for word in listed.words}
        self._pattern = re.compile("|".join(sorted(words, key=lambda word: (-len(word), word))))

    def of(self, digits: str, floor: int, start: int, number_start: int) -> Change | None:
        """The change that the clause before the number speaks of; ``floor`` is where the number before it ends."""
        floor = max(floor, start - _LONGEST_CLAUSE)
        begin = start
        while begin > floor and digits[begin - 1] not in _CLAUSE_ENDS:
            begin -= 1
        last: re.Match[str] | None = None
        for match in self._pattern.finditer(digits, begin, number_start):
            last = match
        if last is None or last.group() in self._lists["none"]:
            return None
        gap = digits[last.end() : number_start]
        if (
            (gap.endswith("的") and "占" in digits[begin : last.start()])
            or len(gap) > _FARTHEST_CHANGE
            or (len(last.group()) == 1 and len(gap) > 2)
            or "的" in gap[:-1]
            or ("”" in gap and "“" not in gap)
        ):
            return None
        return "up" if last.group() in self._lists["up"] else "down"


def before_kilo(digits: str, start: int, end: int) -> int:
    """Where the numeral ends without the 千 of 千瓦, 千米 and their like."""
    if end - start > 1 and digits[end - 1] == "千":
        after, before = digits[end : end + 1], digits[end - 2]
        if after in ("瓦", "伏", "卡", "赫") or (after in ("米", "克") and (before in "万亿" or before.isdigit())):
            return end - 1
    return end
