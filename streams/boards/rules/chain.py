"""The way of a motion, as paragraphs tell of it that name its title: which steps were taken, by whom, how it ended.

Only what is said is a step: words behind 尚未 or 将 are none, and neither are words inside a title or inside what the
motion itself asks for. A step that must have been taken but is not told of (a reply without filing) is a gap.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from streams.analysis.lexicon import Lexicon, WordSet
from streams.analysis.sentences import Span
from streams.boards.rules.reading import Reading, pattern

STEPS = ("submitted", "cosigned", "filed", "assigned", "replied", "fulfilled")
"""The chain. ``cosigned`` may be absent without being a gap."""
ENDS = ("refused", "unfulfilled")
_NOT_BEFORE = 6
"""Characters before a word in which a negation or a future stands."""
_DEPARTMENT = re.compile(
    "[\u4e00-\u9fff]{2,14}?(?:局|委员会|发展改革委|卫健委|卫生健康委|供销社|部门)(?![长面势域部限级])"
)
_ROLE = re.compile(
    "(?:^|[，、；。由交和])(?P<main>[\u4e00-\u9fff、]{2,40}?)(?:主办|承办|牵头办理|负责办理)"
    "|主办单位(?:为|是|：)?(?P<main_named>[\u4e00-\u9fff、]{2,40})"
    "|(?:，|、|；|和|由)(?P<helping>[\u4e00-\u9fff、]{2,60}?)(?:会办|协办)"
)
_BETWEEN = re.compile("、|(?<=[局委会厅社])和")
_LEADER = re.compile(
    "由(?P<who>[\u4e00-\u9fff]{2,12}?)(?:领办|领衔督办|督办|领衔)|(?P<self>[\u4e00-\u9fff]{2,14}?(?:负责人|负责同志|书记|市长|县长|主席))(?:亲自领办|领办|多次督办|督办)"
)
_COSIGNERS = re.compile(
    "(?:得到|获|有|与|和|联合)?(?P<n>[0-9一二三四五六七八九十]{1,4})[名位](?:政协)?(?:代表|委员)(?:的)?(?:附议|联名|联署)"
)
_GRADE = re.compile("(?P<grade>[ABCＡＢＣ])[类级]")
_TAKEN = re.compile("(?:吸纳|采纳|接到|办理|落实|作为)[^，。；]{0,4}建议[，：]?$")
_LEADING = re.compile("^(?:由|交|请|会同|向|给|为|在|经|和|与|对|把|将|是|从|让|其中|同时|并|由市|据|市里|接到|该)+")


@dataclass(frozen=True, slots=True)
class Step:
    """A step said to be taken: its name, what it is told by, and its details."""

    name: str
    start: int
    end: int
    fields: dict[str, str | int | list[str]]


class Chain:
    """Finds steps in the words about a title."""

    def __init__(self, lexicon: Lexicon) -> None:
        names = (*STEPS, "key", *ENDS)
        self._steps = {name: pattern(lexicon[f"chain.steps.{name}"]) for name in names}
        self._not_yet = lexicon["chain.before.not_yet"]
        self._grades = {grade: pattern(lexicon[f"chain.grades.{grade}"]) for grade in "ABC"}
        self._satisfaction: dict[str, WordSet] = {
            name: lexicon[f"chain.satisfaction.{name}"] for name in ("dissatisfied", "mostly", "satisfied")
        }

    def of(self, reading: Reading, about: Span) -> Iterator[Step]:
        """The steps told in ``about``, the words about a title; at most one of each sort."""
        text = reading.text
        quotes = reading.quotes_within(about.start, about.end)
        skipped = [Span(quote.start, quote.end) for quote in quotes if quote.mark == "《"]
        skipped += [span for span in self._asked_for(reading) if span.start < about.end and about.start < span.end]
        for name, words in self._steps.items():
            found = next(
                (match for match in words.finditer(text, about.start, about.end) if self._told(text, match, skipped)),
                None,
            )
            if found is not None:
                sentence = reading.sentence_at(found.start())
                yield Step(name, sentence.start, sentence.end, self._details(name, text, about))
        yield from self._judged(reading, about, skipped)

    def _asked_for(self, reading: Reading) -> list[Span]:
        if "asked" not in reading.kept:
            items = reading.record.proposals
            reading.kept["asked"] = [Span(item.start, item.end) for item in items if _asked(reading.text, item.start)]
        asked: list[Span] = reading.kept["asked"]
        return asked

    def _told(self, text: str, match: re.Match[str], skipped: list[Span]) -> bool:
        if any(span.holds(match.start()) for span in skipped):
            return False
        before = text[max(0, match.start() - _NOT_BEFORE) : match.start()]
        clause = re.split("[，。；：》]", before)[-1]
        if match.group() in ("开工", "动工", "投用", "到位") and re.search("[0-9]月$", clause):
            return True
        return not any(word in clause for word in self._not_yet.words)

    def _details(self, name: str, text: str, about: Span) -> dict[str, str | int | list[str]]:
        words = about.slice(text)
        fields: dict[str, str | int | list[str]] = {}
        if name == "assigned":
            main, helping = responsible(words)
            fields = {"main": main, "helping": helping}
        elif name == "key":
            leader = _LEADER.search(words)
            if leader:
                fields["led_by"] = leader["who"] or leader["self"]
        elif name == "cosigned":
            count = _COSIGNERS.search(words)
            if count:
                fields["cosigners"] = count["n"]
        return fields

    def _judged(self, reading: Reading, about: Span, skipped: list[Span]) -> Iterator[Step]:
        """The grade of a reply, and how content with it its proposer is."""
        text = reading.text
        for grade, words in self._grades.items():
            for match in words.finditer(text, about.start, about.end):
                if self._told(text, match, skipped):
                    sentence = reading.sentence_at(match.start())
                    yield Step("graded", sentence.start, sentence.end, {"grade": grade, "words": match.group()})
                    break
        place = text.find("满意", about.start, about.end)
        if place >= 0 and not any(span.holds(place) for span in skipped) and "满意率" not in text[place : place + 3]:
            end = place + len("满意")
            level = next(name for name, words in self._satisfaction.items() if words.ending_at(text, end, about.start))
            sentence = reading.sentence_at(place)
            yield Step("rated", sentence.start, sentence.end, {"satisfaction": level})


def responsible(words: str) -> tuple[list[str], list[str]]:
    """The departments in charge, and those that help, as the words name them."""
    main: list[str] = []
    helping: list[str] = []
    for match in _ROLE.finditer(words):
        named = match["main"] or match["main_named"]
        if named:
            main += [name for name in map(_bare, _BETWEEN.split(named)) if name]
        else:
            helping += [name for name in map(_bare, _BETWEEN.split(match["helping"] or "")) if name]
    return list(dict.fromkeys(main)), list(dict.fromkeys(helping))


def departments(words: str) -> list[str]:
    """Every department that the words name, in their order."""
    named = (_bare(match.group()) for match in _DEPARTMENT.finditer(words))
    return list(dict.fromkeys(name for name in named if len(name) > _SHORTEST and not _NOBODY.search(name)))


_SHORTEST = 2
_NOBODY = re.compile("(?:有关|相关|各|承办|职能|主管|管理)(?:单位)?部门$|提案委员会$|专门委员会$|主席团$")


def _bare(name: str) -> str:
    return _LEADING.sub("", name.strip("，。；：、"))


def _asked(text: str, start: int) -> bool:
    """Whether what begins at ``start`` is what the motion asks for: the steps in it are yet to be taken."""
    if _TAKEN.search(text[max(0, start - 2 * _NOT_BEFORE) : start]):
        return False
    return text[max(0, start - _NOT_BEFORE) : start].rstrip("，：:“").endswith(("建议", "提议", "呼吁", "希望"))


def status_of(steps: set[str]) -> tuple[str | None, list[str]]:
    """How far a motion has come by the steps told of, and the gaps on the way there."""
    if "refused" in steps:
        return "refused", []
    end = "unfulfilled" if "unfulfilled" in steps and "fulfilled" not in steps else None
    last = max((place for place, name in enumerate(STEPS) if name in steps), default=-1)
    if end or steps & {"graded", "rated"}:
        last = max(last, STEPS.index("replied"))
    gaps = [name for name in STEPS[: max(last, 0)] if name not in {*steps, "cosigned"}]
    return end or (STEPS[last] if last >= 0 else "named"), gaps
