"""members 委员履职在线: what each member does: speeches, proposals, meetings attended.

A group is a name; its rows are the people of that name. Within a report a name is one person, unless it is given as a
member here and a deputy there; across reports it is one person only where place and office are the same. Where a
report tells no place, its person stays apart: the row says how many others have the name.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from streams.boards.board import Column, Entry, Json, Row, Title, entry, make_row, ordered
from streams.boards.rules.people import People, Person, place_of
from streams.boards.rules.platform import UNKNOWN, by_count, commonest, said_in
from streams.boards.rules.proposals import Proposals
from streams.boards.rules.reading import Reading


class Members:
    """The board. Only who is called a member, a deputy or a chair of a conference somewhere has a row."""

    name = "members"
    title = Title("委员履职在线", "Members")
    statuses: tuple[str, ...] = ("member", "deputy")
    columns: tuple[Column, ...] = (
        Column("name", Title("姓名", "Name"), filtered=True, listed=False),
        Column("roles", Title("身份", "Roles"), "list"),
        Column("place", Title("地区", "Place"), filtered=True),
        Column("speeches", Title("发言", "Speeches"), "number"),
        Column("proposals", Title("提案建议", "Proposals"), "number"),
        Column("attended", Title("参加会议活动", "Attended"), "number"),
        Column("themes", Title("关注领域", "Themes"), "list", filtered=True),
        Column("reports", Title("报告数", "Reports"), "number"),
        Column("namesakes", Title("同名", "Namesakes"), "number"),
    )

    def __init__(self, people: People, proposals: Proposals) -> None:
        self._people, self._proposals = people, proposals

    def facts(self, reading: Reading) -> list[Entry]:
        """Words, proposals and appearances of people named in the paragraph."""
        titled = list(self._people.titled(reading))
        roles = self._roles(reading, titled)
        found = [*self._speeches(reading, roles), *self._proposed(reading, roles)]
        listed = list(self._people.speakers_listed(reading))
        spoken = {each.fields["name"] for each in found}
        seen = set[str]()
        for person in [*listed, *titled]:
            if person.name not in seen:
                seen.add(person.name)
                what = "attended" if person in listed or self._is_present(reading, person) else "named"
                if what == "attended" or person.name not in spoken:
                    found.append(self._entry(reading, person.name, person.role, what, person.start, person.end))
        headed = self._people.heading(reading.record.section)
        if headed and not any(each.fields["name"] == headed[1] for each in found):
            found.append(self._entry(reading, headed[1], headed[0], "named", 0, len(reading.text)))
        return found

    def _roles(self, reading: Reading, titled: Sequence[Person]) -> dict[str, str]:
        """The title of each person whom the paragraph or its heading names with one."""
        roles = {person.name: person.role for person in titled if person.role}
        headed = self._people.heading(reading.record.section)
        if headed:
            roles.setdefault(headed[1], headed[0])
        for speech in reading.record.speeches:
            # 邵启航代表市委表示祝贺: the word is a verb there.
            if speech.speaker and speech.role and speech.role != "代表" and self._people.kind(speech.role):
                roles.setdefault(speech.speaker, speech.role)
        return roles

    def _speeches(self, reading: Reading, roles: dict[str, str]) -> Iterator[Entry]:
        for speech in reading.record.speeches:
            name = self._people.person(speech.speaker)
            if name:
                event_id = reading.event("speech", speech)
                role = roles.get(name) or (None if speech.role == "代表" else speech.role)
                yield self._entry(reading, name, role, "speech", speech.start, speech.end, event_id)

    def _proposed(self, reading: Reading, roles: dict[str, str]) -> Iterator[Entry]:
        """Whom the board of proposals names as a proposer, of an item or of a title."""
        for each in self._proposals.facts(reading):
            name = self._people.person(each.fields.get("proposer"))
            # A motion's own item and its title tell of one motion: the title is counted.
            titled = each.what == "proposed" and each.fields["motion"] is not None
            if name and not titled:
                seen = each.evidence
                yield self._entry(
                    reading,
                    name,
                    roles.get(name),
                    "proposal",
                    seen.start,
                    seen.end,
                    each.event_id,
                    {**each.fields, "group": each.group},
                )

    def _is_present(self, reading: Reading, person: Person) -> bool:
        """Whether the sentence says that the person took part: 参加, 主持, 率调研组."""
        sentence = reading.sentence_at(person.start)
        behind = reading.text[person.end : min(sentence.end, person.end + _BEHIND)]
        return any(word in behind for word in _PRESENT)

    def _entry(
        self,
        reading: Reading,
        name: str,
        role: str | None,
        what: str,
        start: int,
        end: int,
        event_id: str | None = None,
        of: Json = None,
    ) -> Entry:
        fields: dict[str, Json] = {
            "name": name,
            "role": role,
            "office": self._people.kind(role),
            "place": reading.place,
            "of": place_of(role),
            "proposal": of["group"] if of else None,
            "theme": of.get("theme") if of else None,
            "motion": of["motion"] if of else None,
        }
        return entry(self.name, (name,), what, reading.evidence(start, end), fields, event_id)

    def rows(self, entries: Iterable[Entry]) -> list[Row]:
        """A row for each member of one name."""
        people = [each for each in _people(ordered(entries)) if any(one.fields["office"] for one in each[2])]
        return [self._row(place, office, found, len(people) - 1) for place, office, found in people]

    def _row(self, place: str, office: str, found: Sequence[Entry], namesakes: int) -> Row:
        counts = Counter(each.what for each in found)
        name = found[0].fields["name"]
        fields: dict[str, Json] = {
            "name": name,
            "roles": said_in(found, "role"),
            "place": None if place.startswith("report:") else place,
            "speeches": counts["speech"],
            "proposals": len(said_in(found, "proposal")),
            "attended": counts["attended"],
            "themes": said_in(found, "theme"),
            "reports": len({each.evidence.report_id for each in found}),
            "namesakes": namesakes,
        }
        return make_row(self.name, (name, place, office), name, found, fields, office or None)

    def summary(self, rows: Iterable[Row]) -> dict[str, Json]:
        """Activity of all members, members by place, and what the most active ones did; namesakes stay apart."""
        totals, places = Counter[str](), Counter[str]()
        active: dict[str, dict[str, int]] = {}
        for row in rows:
            fields = row.fields
            done = {name: fields[name] for name in ("speeches", "proposals", "attended")}
            totals.update(done)
            places[fields["place"] or UNKNOWN] += 1
            apart = fields["place"] or "，".join(fields["roles"][:1])
            name = f"{fields['name']}（{apart}）" if fields["namesakes"] else fields["name"]
            active[name] = {each: done[each] + active.get(name, {}).get(each, 0) for each in done}
        most = dict(sorted(active.items(), key=lambda one: (-sum(one[1].values()), one[0]))[:_MOST])
        return {"totals": {"members": places.total(), **totals}, "places": by_count(places), "most_active": most}


_PRESENT = (
    "参加",
    "主持",
    "出席",
    "列席",
    "率调研组",
    "率队",
    "来到",
    "走进",
    "到会",
    "代表市政协",
    "作工作报告",
    "看望",
)
_BEHIND = 24
_MOST = 20


def _people(entries: Sequence[Entry]) -> list[tuple[str, str, list[Entry]]]:
    """Entries of one name by person: the place (or report) and the office, each with its entries in order."""
    people: dict[tuple[str, str], list[Entry]] = {}
    reports: dict[str, list[Entry]] = {}
    for each in entries:
        reports.setdefault(each.evidence.report_id, []).append(each)
    for report_id in sorted(reports):
        inside = reports[report_id]
        places = Counter(place for each in inside if (place := each.fields["of"]))
        places = places or Counter(place for each in inside if (place := each.fields["place"]))
        place = commonest(places) or f"report:{report_id}"
        offices = sorted({office for each in inside if (office := each.fields["office"])})
        for each in inside:
            # Who is named without an office is the one who has one there; of two, the first by its name.
            office = each.fields["office"] or (offices[0] if offices else "")
            people.setdefault((place, office), []).append(each)
    _join_without_office(people)
    return [(place, office, ordered(found)) for (place, office), found in sorted(people.items())]


def _join_without_office(people: dict[tuple[str, str], list[Entry]]) -> None:
    """A report of the place that gives no office tells of the only one of that name and place who has one."""
    for place, office in list(people):
        others = [key for key in people if key[0] == place and key[1]]
        if not office and len(others) == 1:
            people[others[0]] += people.pop((place, office))
