"""proposals 提案在线: who proposes what, and how far it has come by what later paragraphs say that name its title.

Entries are ``proposed`` (a proposal item), ``named`` (the title stands somewhere) and the steps of ``chain``. What has
a title is grouped by it, normalised; what a heading gives as a member's topic, by both; all else by its paragraph.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from schemas.items import ProposalItem
from streams.analysis.lexicon import Lexicon
from streams.analysis.sentences import Quotation, Span
from streams.boards.board import Column, Entry, Json, Row, Title, entry, make_row, ordered
from streams.boards.rules.chain import ENDS, STEPS, Chain, departments, status_of
from streams.boards.rules.people import People
from streams.boards.rules.platform import UNKNOWN, by_count, commonest, said_in
from streams.boards.rules.reading import Reading, pattern
from streams.boards.rules.themes import Themes

_MARKS = re.compile(r"[\s“”‘’《》「」『』（）()、，,·—-]+")
_OWN_PROPOSER = re.compile(
    "》(?:，)?(?:由|是)(?P<behind>[\u4e00-\u9fff、]{2,24}?)(?:等[0-9一二三四五六七八九十]{1,3}[名位][\u4e00-\u9fff]{0,4})?(?:提出|提交|领衔|联名|牵头)"
)
_HEADING_SUGGEST = re.compile("(?:^|[，。；他她们还并]|\\s)建议[，：:]?$")
_HANDED_IN = re.compile("》[^。；]{0,24}提出，?$")
_IN_TITLE = re.compile("》(?:中|里)，?(?:还)?(?:建议|提出|呼吁|写道|提议)")
_PAPERS = re.compile("(?:督办|办理|件|条|接到|采纳|吸纳|代表|重点|作为)建议$")
"""Suggestions as papers, which nobody makes there."""
_NEAR = 12
"""Characters before a proposal in which a word of proposing ends."""
_BEFORE = 40
"""Characters before a title in which its proposer stands."""


class Proposals:
    """The board. A row is a motion or a proposal."""

    name = "proposals"
    title = Title("提案在线", "Proposals")
    statuses: tuple[str, ...] = ("named", *STEPS, *ENDS)
    columns: tuple[Column, ...] = (
        Column("proposers", Title("提案人", "Proposers"), "list", filtered=True),
        Column("motion", Title("提案题目", "Title of the motion"), listed=False),
        Column("topic", Title("主题", "Theme"), filtered=True),
        Column("place", Title("地区", "Place"), filtered=True),
        Column("departments", Title("涉及部门", "Departments"), "list", filtered=True),
        Column("main", Title("主办单位", "In charge"), "list", filtered=True),
        Column("helping", Title("会办单位", "Co-handling"), "list", listed=False),
        Column("key", Title("重点提案", "Key motion"), "text", filtered=True),
        Column("led_by", Title("领办督办", "Led by"), "list", listed=False),
        Column("cosigners", Title("联名人数", "Co-signers"), listed=False),
        Column("grade", Title("办理类别", "Grade"), filtered=True),
        Column("satisfaction", Title("满意度", "Satisfaction"), filtered=True, listed=False),
        Column("gaps", Title("未见记载的环节", "Steps not told of"), "list", listed=False),
        Column("points", Title("建议内容", "Points"), "list", listed=False),
    )

    def __init__(self, lexicon: Lexicon, people: People, themes: Themes) -> None:
        self._people, self._themes, self._chain = people, themes, Chain(lexicon)
        self._ends, self._documents = lexicon["chain.titles.ends"], lexicon["chain.titles.documents"]
        self._heads = lexicon["chain.urging.heads"]
        self._inside = re.compile(f"(?:^|[，；。])(?:{pattern(lexicon['chain.urging.inside']).pattern})")
        self._markers, self._encouraged = lexicon["chain.urging.markers"], lexicon["chain.urging.encouraged"]
        self._to_all = lexicon["chain.urging.to_all"]
        self._submits = pattern(lexicon["chain.steps.submitted"])

    def facts(self, reading: Reading) -> list[Entry]:
        """What is proposed, which motions are named, and their steps."""
        if self.name not in reading.kept:
            reading.kept[self.name] = self._found(reading)
        return list(reading.kept[self.name])

    def _found(self, reading: Reading) -> list[Entry]:
        titles = list(self.titles(reading))
        found = [made for item in reading.record.proposals if (made := self._proposed(reading, item, titles))]
        for index, title in enumerate(titles):
            end = titles[index + 1].start - 1 if index + 1 < len(titles) else len(reading.text)
            found += self._of_title(reading, title, end)
        return found

    def titles(self, reading: Reading) -> Iterator[Quotation]:
        """The titles of motions that stand in the text."""
        for quote in reading.quotes:
            if quote.mark == "《" and quote.depth == 0 and self.is_motion(quote.inside.slice(reading.text)):
                yield quote

    def is_motion(self, title: str) -> bool:
        """Whether a title is a motion's rather than a document's."""
        if len(title) < _SHORTEST_TITLE:
            return False
        return self._ends.ending_at(title, len(title)) is not None and not self._documents.ending_at(title, len(title))

    def proposer(self, reading: Reading, item: ProposalItem) -> str | None:
        """Who made a proposal: as the analysis says, where that names somebody, else as the heading does."""
        named = self._people.somebody(item.proposer)
        headed = self._people.heading(reading.record.section)
        return named or (headed[1] if headed else None)

    def _proposed(self, reading: Reading, item: ProposalItem, titles: Sequence[Quotation]) -> Entry | None:
        proposer, title = self.proposer(reading, item), item.title
        text = reading.text
        if title is None and not self._urges(reading, item, proposer):
            return None
        if title is not None and not self.is_motion(title):
            return None
        own = next((quote for quote in titles if quote.inside.slice(text) == title), None) if title else None
        if own is not None:
            proposer = proposer or self._by_title(reading, own)
        headed = self._people.heading(reading.record.section)
        topic = headed[2] if headed and title is None else None
        # An item that is the title, or begins with it, says nothing beyond: the steps are told of by themselves.
        bare = title is not None and (
            item.text.lstrip("《").startswith(title)
            or _HANDED_IN.search(text[: item.start]) is not None
            or not self._urges(reading, item, proposer)
        )
        fields: dict[str, Json] = {
            "proposer": proposer,
            "motion": title,
            "headed": topic,
            "theme": self._themes.of(title or topic or item.text) or self._themes.of(item.text),
            "place": reading.place,
            "departments": [] if bare else departments(item.text),
            "point": None if bare else item.text,
        }
        seen, event_id = reading.of_item(item), reading.event("proposal", item)
        return entry(self.name, self._group(reading, title, topic, proposer), "proposed", seen, fields, event_id)

    def _group(
        self, reading: Reading, title: str | None, topic: str | None, proposer: str | None
    ) -> tuple[str | None, ...]:
        if title is not None:
            return ("title", normal(title))
        if topic is not None:
            return ("topic", normal(topic), proposer)
        return ("paragraph", reading.record.id, proposer)

    def _urges(self, reading: Reading, item: ProposalItem, proposer: str | None) -> bool:
        """Whether something is put to somebody: after a word of proposing, or in words that urge."""
        text, start = reading.text, item.start
        if self._to_all.starting_at(item.text.removeprefix("希望"), 0) or self._encouraged.ending_at(text, start):
            return False
        if self._heads.starting_at(item.text, 0) or self._inside.search(item.text):
            return True
        if proposer is None:
            return _HEADING_SUGGEST.search(text[:start]) is not None
        if self._people.heading(reading.record.section):
            return True
        near = text[max(0, start - _NEAR) : start].rstrip("，：:“")
        goes_on = text[start - 1 : start] in "；，" and any(
            other.end < start and other.proposer == item.proposer and text[other.end : start].strip("；，并还") == ""
            for other in reading.record.proposals
        )
        return goes_on or (self._markers.ending_at(near, len(near)) is not None and not _PAPERS.search(near))

    def _of_title(self, reading: Reading, title: Quotation, end: int) -> Iterator[Entry]:
        """That a motion is named, and the steps told of it, up to the next title."""
        text, words = reading.text, title.inside.slice(reading.text)
        first = reading.sentence_at(title.start)
        start = max(first.start, _closing_before(reading, title))
        about = Span(start, max(end, title.end))
        group = ("title", normal(words))
        proposer = self._by_title(reading, title)
        named: dict[str, Json] = {
            "proposer": proposer,
            "motion": words,
            "theme": self._themes.of(words),
            "place": reading.place,
            "departments": departments(about.slice(text).replace(words, "")),
        }
        yield entry(self.name, group, "named", reading.evidence(first.start, first.end), named)
        for step in self._chain.of(reading, about):
            fields = {"motion": words, "place": reading.place, **step.fields}
            yield entry(self.name, group, step.name, reading.evidence(step.start, step.end), fields)

    def _by_title(self, reading: Reading, title: Quotation) -> str | None:
        """Whom the sentence names as the one who hands the motion in; a pronoun stands for the person named last."""
        text = reading.text
        behind = _OWN_PROPOSER.match(text, title.end)
        people = list(self._people.titled(reading))
        if behind:
            inside = [person for person in people if title.end <= person.start < behind.end()]
            return inside[0].name if inside else self._people.somebody(behind["behind"])
        before = text[max(0, title.start - 1 - _BEFORE) : title.start - 1]
        clause = re.split("[。；]", before)[-1]
        if _IN_TITLE.match(text, title.end):
            return self._people.ending(re.sub("在$", "", clause))
        if not self._submits.search(clause):
            return None
        earlier = [person for person in people if person.end <= title.start]
        if earlier:
            return earlier[-1].name
        return self._people.acting_before(text, 0, title.start) or self._spoken(reading, title.start)

    def _spoken(self, reading: Reading, place: int) -> str | None:
        """Who speaks before a place of the text."""
        speeches = [speech for speech in reading.record.speeches if speech.start <= place]
        names = [name for speech in speeches if (name := self._people.person(speech.speaker))]
        return names[-1] if names else None

    def rows(self, entries: Iterable[Entry]) -> list[Row]:
        """One row: the motion, or the proposal without a title."""
        found = ordered(entries)
        if not found:
            return []
        steps = {each.what for each in found}
        if any(each.what == "proposed" and each.fields["proposer"] for each in found) or (
            "named" in steps and any(each.fields.get("proposer") for each in found)
        ):
            steps.add("submitted")
        status, gaps = status_of(steps - {"proposed", "named", "key"})
        if status == "named" and "proposed" in steps and not any(each.fields.get("motion") for each in found):
            status = "submitted"
        title = _title(found)
        fields = self._fields(found, steps, gaps)
        return [make_row(self.name, (found[0].group,), title, found, fields, status)]

    def _fields(self, found: Sequence[Entry], steps: set[str], gaps: list[str]) -> dict[str, Json]:
        grades = [each for each in found if each.what == "graded"]
        rated = [each for each in found if each.what == "rated"]
        cosigners = said_in(found, "cosigners")
        return {
            "proposers": said_in(found, "proposer"),
            "motion": next(iter(said_in(found, "motion")), None),
            "topic": commonest(Counter(said for each in found if (said := each.fields.get("theme")))),
            "place": commonest(Counter(said for each in found if (said := each.fields.get("place")))),
            "departments": said_in(found, "departments"),
            "main": said_in(found, "main"),
            "helping": said_in(found, "helping"),
            "key": "yes" if "key" in steps else None,
            "led_by": said_in(found, "led_by"),
            "cosigners": cosigners[-1] if cosigners else None,
            "grade": grades[-1].fields["grade"] if grades else None,
            "satisfaction": rated[-1].fields["satisfaction"] if rated else None,
            "gaps": gaps,
            "points": said_in(found, "point"),
        }

    def summary(self, rows: Iterable[Row]) -> dict[str, Json]:
        """Proposals by status, theme and place, and how many are key motions."""
        status, themes, places = Counter[str](), Counter[str](), Counter[str]()
        key = 0
        for row in rows:
            status[row.status or ""] += 1
            themes[row.fields["topic"] or UNKNOWN] += 1
            places[row.fields["place"] or UNKNOWN] += 1
            key += row.fields["key"] is not None
        return {
            "status": by_count(status),
            "themes": by_count(themes),
            "places": by_count(places),
            "key": {"yes": key, "no": status.total() - key},
        }


def normal(title: str) -> str:
    """A title as it is compared: without marks, without 关于 before it and 的建议, 的提案, 的议案 behind."""
    bare = _MARKS.sub("", unicodedata.normalize("NFKC", title)).lower()
    bare = bare.removeprefix("关于")
    return re.sub("的?(?:建议案|建议|提案|议案)$", "", bare) or bare


def _closing_before(reading: Reading, title: Quotation) -> int:
    """Where the words about an earlier title end: behind it, in the same sentence."""
    sentence = reading.sentence_at(title.start)
    earlier = reading.quotes_within(sentence.start, title.start)
    return max((quote.end + 1 for quote in earlier if quote.mark == "《" and quote.end < title.start), default=0)


def _title(found: Sequence[Entry]) -> str:
    """The motion's title, the heading's topic, or the beginning of what is proposed."""
    for name in ("motion", "headed", "point"):
        said = said_in(found, name)
        if said:
            return said[0] if len(said[0]) <= _LONGEST else said[0][:_LONGEST] + "…"
    return found[0].evidence.text[:_LONGEST]


_LONGEST = 60
_SHORTEST_TITLE = 6
