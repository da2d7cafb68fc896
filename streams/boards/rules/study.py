"""study 学习在线: study sessions, trainings, talks and readings: how many, on what, how many people.

Only what is written is counted: 共读会28场 is 28 sessions, 开展学习 without a number none. Rows are by form,
 place and year; what is yet to come stands apart from what was held.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from streams.analysis.lexicon import Lexicon
from streams.analysis.numerals import ascii_digits
from streams.analysis.sentences import Span
from streams.boards.board import Column, Entry, Json, Row, Title, entry, make_row, ordered
from streams.boards.rules.consultations import whole
from streams.boards.rules.platform import UNKNOWN, by_count, said_in
from streams.boards.rules.reading import Reading, any_of, names_of, pattern

_SESSIONS = "[”》]?(?:累计|共|活动)?(?P<n>[0-9]{1,4}|[一二三四五六七八九十两]{1,3})(?:多|余)?(?:次|场次|场|期|讲)(?!以)"
_PEOPLE = re.compile(
    "(?:培训|参训|听众|覆盖|轮训|宣讲)[\u4e00-\u9fff]{0,6}?(?:超过|达|近|约)?"
    "(?P<n>[0-9]{1,6}(?:\\.[0-9]+)?)(?P<wan>万)?(?:余|多)?(?:人次|人|名)"
)


class Study:
    """The board. A row is a form of learning of one place and year."""

    name = "study"
    title = Title("学习在线", "Study")
    statuses: tuple[str, ...] = ("planned", "held")
    columns: tuple[Column, ...] = (
        Column("form", Title("形式", "Form"), filtered=True, listed=False),
        Column("place", Title("地区", "Place"), filtered=True),
        Column("year", Title("年度", "Year"), "number", filtered=True),
        Column("sessions", Title("场次", "Sessions"), "number"),
        Column("people", Title("参加人数", "People"), "number"),
        Column("themes", Title("主题", "Themes"), "list"),
        Column("organisers", Title("组织者", "Organisers"), "list"),
    )

    def __init__(self, lexicon: Lexicon) -> None:
        self._forms = names_of(lexicon, "study", "forms")
        every = any_of(self._forms)
        self._form = re.compile(every)
        self._counted = re.compile(f"(?:{every}){_SESSIONS}")
        self._never = pattern(lexicon["study.never.words"])
        self._planned = pattern(lexicon["study.planned.words"])

    def facts(self, reading: Reading) -> list[Entry]:
        """An entry for each form that a sentence names: with sessions and people where it counts them."""
        return [made for sentence in reading.sentences for made in self._of_sentence(reading, sentence)]

    def _of_sentence(self, reading: Reading, sentence: Span) -> Iterator[Entry]:
        words = sentence.slice(reading.text)
        if self._never.search(words):
            return
        digits = ascii_digits(words)
        counted = list(self._counted.finditer(digits))
        people = _PEOPLE.search(digits)
        # Who came is told behind the form that they came to.
        attended = [match for match in counted if people and match.start() < people.start()]
        floor = 0
        for match in counted:
            inside = self._form.match(match.group())
            form = self._forms[inside.group()] if inside else ""
            came = people if attended and match is attended[-1] else None
            yield self._entry(reading, sentence, form, (floor, match.start()), whole(match["n"]), came)
            floor = match.end()
        if not counted:
            yield from self._uncounted(reading, sentence, words, people)

    def _uncounted(self, reading: Reading, sentence: Span, words: str, people: re.Match[str] | None) -> Iterator[Entry]:
        """Forms without a number, each once."""
        seen = set[str]()
        for match in self._form.finditer(words):
            form = self._forms[match.group()]
            if form not in seen:
                seen.add(form)
                yield self._entry(reading, sentence, form, (0, match.start()), 0, None if len(seen) > 1 else people)

    def _entry(
        self,
        reading: Reading,
        sentence: Span,
        form: str,
        place: tuple[int, int],
        sessions: int,
        people: re.Match[str] | None,
    ) -> Entry:
        floor, start = sentence.start + place[0], sentence.start + place[1]
        year = reading.year_of(start) or reading.past_year
        planned = self._is_planned(reading, sentence, start, year) or (not sessions and reading.intends(sentence))
        fields: dict[str, Json] = {
            "form": form,
            "place": reading.place,
            "year": year,
            "sessions": sessions,
            "people": _people(people) if people else 0,
            "themes": _themes(reading, floor, start),
            "organiser": _organiser(sentence.slice(reading.text)),
            "planned": planned,
        }
        seen = reading.evidence(sentence.start, sentence.end)
        return entry(self.name, (form, reading.scope, year, planned), "study", seen, fields)

    def _is_planned(self, reading: Reading, sentence: Span, place: int, year: int | None) -> bool:
        ahead = self._planned.search(reading.text, sentence.start, place) is not None
        return ahead or reading.looks_ahead(year)

    def rows(self, entries: Iterable[Entry]) -> list[Row]:
        """One row."""
        found = ordered(entries)
        if not found:
            return []
        first = found[0].fields
        fields: dict[str, Json] = {
            "form": first["form"],
            "place": first["place"],
            "year": first["year"],
            "sessions": sum(each.fields["sessions"] for each in found),
            "people": sum(each.fields["people"] for each in found),
            "themes": said_in(found, "themes"),
            "organisers": said_in(found, "organiser"),
        }
        status = "planned" if first["planned"] else "held"
        return [make_row(self.name, (found[0].group,), first["form"], found, fields, status)]

    def summary(self, rows: Iterable[Row]) -> dict[str, Json]:
        """Sessions held and people by form, sessions by year."""
        sessions, people, years = Counter[str](), Counter[str](), Counter[str]()
        for row in rows:
            if row.status == "held":
                sessions[row.fields["form"]] += row.fields["sessions"]
                people[row.fields["form"]] += row.fields["people"]
                years[str(row.fields["year"] or UNKNOWN)] += row.fields["sessions"]
        return {"sessions": by_count(sessions), "people": by_count(people), "years": dict(sorted(years.items()))}


_ORGANISER = re.compile("(?P<who>[\u4e00-\u9fff]{0,8}?(?:政协|党组|常委会|专委会|机关|街道|县委|市委))")


def _organiser(words: str) -> str | None:
    found = _ORGANISER.match(words)
    return found["who"] if found else None


def _themes(reading: Reading, floor: int, start: int) -> list[str]:
    """What stands in quotation or title marks behind ``floor`` and up to the form."""
    inside = [quote for quote in reading.quotes_within(floor, start + _NAME + 1) if quote.depth == 0]
    return [quote.inside.slice(reading.text) for quote in inside]


_NAME = 8


def _people(found: re.Match[str]) -> int:
    return int(float(found["n"]) * (10_000 if found["wan"] else 1))
