"""consultations 协商在线: meetings and consultations: topic, who took part, points, advice, what came of it.

What names a topic in quotation marks or between 围绕 and 召开 is grouped by it; a report or a section that is about one
meeting (its heading names the form) is grouped by itself; counts (双月协商座谈会6次) by form, place and year.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from streams.analysis.lexicon import Lexicon
from streams.analysis.numerals import ascii_digits
from streams.analysis.sentences import Span
from streams.boards.board import Column, Entry, Json, Row, Title, entry, make_row, ordered
from streams.boards.rules.people import People
from streams.boards.rules.platform import UNKNOWN, by_count, commonest, said_in
from streams.boards.rules.proposals import normal
from streams.boards.rules.reading import Reading, any_of, names_of, pattern

_NUMBER = "(?P<n>[0-9]{1,4}|[一二三四五六七八九十两]{1,3})(?:多|余)?(?P<unit>次|场次|场|项|期|批)"
_ADVICE_COUNT = re.compile("(?:[0-9]{1,3}个方面)?(?P<n>[0-9]{1,4})(?:多|余)?条(?:[\u4e00-\u9fff]{0,4})(?:建议|意见)")
_OF_IT = re.compile("^(?:会议|会上|会后|与会|座谈会|协商会|调研组|视察组|为此|对此)|据此")
"""How a sentence begins that goes on about the consultation before it."""
_LONGEST_TOPIC = 160


class Consultations:
    """The board. A row is a consultation with a topic, a meeting told of at length, or a count of a form."""

    name = "consultations"
    title = Title("协商在线", "Consultations")
    statuses: tuple[str, ...] = ("planned", "held", "advised", "followed_up")
    columns: tuple[Column, ...] = (
        Column("topic", Title("议题", "Topic"), listed=False),
        Column("forms", Title("形式", "Forms"), "list", filtered=True),
        Column("place", Title("地区", "Place"), filtered=True),
        Column("year", Title("年度", "Year"), "number", filtered=True),
        Column("meetings", Title("场次", "Meetings"), "number"),
        Column("participants", Title("参加人", "Participants"), "list"),
        Column("points", Title("发言要点", "Points"), "list", listed=False),
        Column("advice", Title("建议", "Advice"), "list", listed=False),
        Column("follow_up", Title("成果转化", "Follow-up"), "list", listed=False),
    )

    def __init__(self, lexicon: Lexicon, people: People) -> None:
        self._people = people
        self._forms = names_of(lexicon, "consultations", "forms")
        every = any_of(self._forms)
        self._form = re.compile(every)
        self._count = re.compile(f"(?P<form>{every})(?:累计|共)?{_NUMBER}")
        # 就 opens a topic, and stands in 就业.
        opens = "|".join(
            f"{word}(?![业是要])" if word == "就" else word
            for word in lexicon["consultations.topic.opens"].longest_first()
        )
        closes = pattern(lexicon["consultations.topic.closes"]).pattern
        self._topic = re.compile(f"(?:{opens})(?P<topic>[^。；]{{2,{_LONGEST_TOPIC}}}?)(?:，)?(?:{closes})")
        self._never = lexicon["consultations.topic.never"]
        self._advice = pattern(lexicon["consultations.advice.words"])
        self._followed = pattern(lexicon["consultations.followed.words"])
        self._planned = pattern(lexicon["consultations.planned.words"])

    def facts(self, reading: Reading) -> list[Entry]:
        """Counts, topics, and what is said at a meeting that the report or the section is about."""
        meeting = self._meeting(reading)
        told = self._topics(reading) if meeting is None else self._of_meeting(reading, *meeting)
        return [*self._counts(reading), *told]

    def _counts(self, reading: Reading) -> Iterator[Entry]:
        digits = ascii_digits(reading.text)
        for found in self._count.finditer(digits):
            year = reading.year_of(found.start())
            form = self._forms[found["form"]]
            fields: dict[str, Json] = {
                **self._known(reading, form, year),
                "meetings": whole(found["n"]),
                "planned": self._is_planned(reading, found.start(), counted=True),
            }
            seen = reading.evidence(found.start(), found.end())
            yield entry(self.name, ("count", form, reading.scope, year), "count", seen, fields)

    def _topics(self, reading: Reading) -> Iterator[Entry]:
        """Topics of consultations, and what the sentences behind say of advice and of what came of it."""
        group: tuple[str, str, str] | None = None
        for sentence in reading.sentences:
            form = self._uncounted(sentence.slice(reading.text))
            topic = self._topic_of(reading, sentence) if form else None
            if form is not None and topic is not None:
                where = topic.slice(reading.text)
                group = ("topic", normal(where), reading.scope)
                yield self._topic_entry(reading, sentence, self._forms[form.group()], where, group)
            elif group is not None and _OF_IT.search(sentence.slice(reading.text)):
                came = self._came_of_it(reading, sentence)
                if came["advice"] or came["follow_up"]:
                    fields = {**self._known(reading, None, None), **came}
                    seen = reading.evidence(sentence.start, sentence.end)
                    yield entry(self.name, group, "came_of_it", seen, fields)

    def _topic_entry(
        self, reading: Reading, sentence: Span, form: str, topic: str, group: tuple[str, str, str]
    ) -> Entry:
        fields: dict[str, Json] = {
            **self._known(reading, form, reading.year_of(sentence.start)),
            "topic": topic,
            "planned": self._is_planned(reading, sentence.end - 1),
            "participants": self._participants(reading, sentence),
            **self._came_of_it(reading, sentence),
        }
        return entry(self.name, group, "topic", reading.evidence(sentence.start, sentence.end), fields)

    def _uncounted(self, words: str) -> re.Match[str] | None:
        """The first form of a sentence that is not counted there."""
        digits = ascii_digits(words)
        return next((each for each in self._form.finditer(words) if not self._count.match(digits, each.start())), None)

    def _topic_of(self, reading: Reading, sentence: Span) -> Span | None:
        """What stands in quotation marks behind 围绕 or 就, else the words up to 召开."""
        text = reading.text
        found = self._topic.search(text, sentence.start, sentence.end)
        if found is None:
            return None
        start, end = found.span("topic")
        quote = next((each for each in reading.quotes if each.mark == "“" and start <= each.start <= start + 1), None)
        if quote is not None:
            return quote.inside
        topic = Span(start, end)
        return None if self._never.starting_at(text, topic.start) else topic

    def _meeting(self, reading: Reading) -> tuple[str, str, str] | None:
        """The form, the group's part and the title of the meeting that the section, or the whole report, is about."""
        report, section = reading.record.report, reading.record.section or ""
        in_section = self._form.search(section)
        if in_section and section != report.title:
            return self._forms[in_section.group()], f"{report.id}/{section}", section
        title = report.title or ""
        in_title = self._form.search(title) or self._form.search(title.replace("到", "").replace("调研", "专题调研"))
        if in_title and (not section or section == title or section in title):
            return self._forms[in_title.group()], report.id, title
        return None

    def _of_meeting(self, reading: Reading, form: str, group: str, heading: str) -> Iterator[Entry]:
        topic = next((found for each in reading.sentences if (found := self._topic_of(reading, each))), None)
        base = self._known(reading, form, reading.day.year if reading.day else None)
        whole = Span(0, len(reading.text))
        fields: dict[str, Json] = {
            **base,
            "heading": heading,
            "topic": topic.slice(reading.text) if topic else None,
            "participants": self._participants(reading, whole),
            "planned": False,
        }
        yield entry(self.name, ("meeting", group), "meeting", reading.evidence(0, len(reading.text)), fields)
        for speech in reading.record.speeches:
            said = {**base, "heading": heading, "point": speech.quote, "speaker": self._people.somebody(speech.speaker)}
            event_id = reading.event("speech", speech)
            yield entry(self.name, ("meeting", group), "point", reading.of_item(speech), said, event_id)
        for item in reading.record.proposals:
            proposer = self._people.somebody(item.proposer)
            if proposer:
                said = {**base, "heading": heading, "advice": item.text, "speaker": proposer}
                event_id = reading.event("proposal", item)
                yield entry(self.name, ("meeting", group), "advice", reading.of_item(item), said, event_id)

    def _known(self, reading: Reading, form: str | None, year: int | None) -> dict[str, Json]:
        return {"form": form, "place": reading.place, "year": year}

    def _participants(self, reading: Reading, within: Span) -> list[str]:
        people = [*self._people.titled(reading), *self._people.speakers_listed(reading)]
        return list(dict.fromkeys(each.name for each in people if within.holds(each.start)))

    def _came_of_it(self, reading: Reading, sentence: Span) -> dict[str, Json]:
        """Advice and follow-up in the clauses of the sentence."""
        advice, followed = [], []
        for clause in re.split("，", sentence.slice(reading.text)):
            if _ADVICE_COUNT.search(clause) or self._advice.search(clause):
                advice.append(clause.strip("。；"))
            elif self._followed.search(clause):
                followed.append(clause.strip("。；"))
        return {"advice": advice, "follow_up": followed}

    def _is_planned(self, reading: Reading, place: int, *, counted: bool = False) -> bool:
        sentence = reading.sentence_at(place)
        head = self._form.search(reading.text, sentence.start)
        stop = min(place, head.start()) if head else place
        ahead = self._planned.search(reading.text, sentence.start, stop) is not None
        if ahead or reading.looks_ahead(reading.year_of(place)):
            return True
        done = (
            counted
            or self._followed.search(sentence.slice(reading.text))
            or _ADVICE_COUNT.search(sentence.slice(reading.text))
        )
        return not done and reading.intends(sentence)

    def rows(self, entries: Iterable[Entry]) -> list[Row]:
        """One row."""
        found = ordered(entries)
        if not found:
            return []
        first = found[0].fields
        topics = said_in(found, "topic")
        title = topics[0] if topics else first.get("heading") or first["form"]
        years = sorted({year for each in found if (year := each.fields["year"])})
        fields: dict[str, Json] = {
            "topic": topics[0] if topics else None,
            "forms": said_in(found, "form"),
            "place": commonest(Counter(place for each in found if (place := each.fields["place"]))),
            "year": years[0] if years else None,
            "meetings": max((each.fields.get("meetings", 0) for each in found), default=0) or None,
            "participants": sorted({*said_in(found, "participants"), *said_in(found, "speaker")}),
            "points": said_in(found, "point"),
            "advice": said_in(found, "advice"),
            "follow_up": said_in(found, "follow_up"),
        }
        return [make_row(self.name, (found[0].group,), title, found, fields, _status(found, fields))]

    def summary(self, rows: Iterable[Row]) -> dict[str, Json]:
        """Consultations by status, form and place; meetings counted, by form and year."""
        status, forms, places = Counter[str](), Counter[str](), Counter[str]()
        meetings: dict[str, Counter[str]] = {}
        for row in rows:
            fields = row.fields
            if fields["meetings"] and row.status != "planned":
                year = str(fields["year"] or UNKNOWN)
                meetings.setdefault(year, Counter())[fields["forms"][0]] += fields["meetings"]
            if fields["topic"] or fields["points"]:
                status[row.status or ""] += 1
                forms.update(fields["forms"])
                places[fields["place"] or UNKNOWN] += 1
        return {
            "status": by_count(status),
            "forms": by_count(forms),
            "places": by_count(places),
            "meetings": {year: by_count(meetings[year]) for year in sorted(meetings)},
        }


def _status(found: Sequence[Entry], fields: dict[str, Json]) -> str:
    if fields["follow_up"]:
        return "followed_up"
    if fields["advice"]:
        return "advised"
    return "planned" if all(each.fields.get("planned") for each in found if each.what != "came_of_it") else "held"


def whole(written: str) -> int:
    """A whole number of digits or of Chinese numerals up to 99."""
    if written.isdigit():
        return int(written)
    digits = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"两": 2}
    tens, ten, ones = written.rpartition("十")
    return (digits.get(tens, 1) * 10 if ten else 0) + digits.get(ones, 0)
