"""Who acts: the member whom a heading or a sentence names, and what of a proposer's or speaker's name is one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from streams.analysis.lexicon import Lexicon
from streams.analysis.names import PersonNames, is_name
from streams.boards.rules.reading import Reading, pattern

_HEADED = re.compile(
    "^(?P<role>[\u4e00-\u9fff“”]{0,12}?(?:政协委员|政协常委|人大代表|委员|代表))"
    "(?P<name>[\u4e00-\u9fff·]{2,8}?)\\s*(?:——|—|：|:)\\s*(?P<topic>.+)$"
)
_LIST = re.compile(
    "(?:(?P<role>(?:政协)?委员|(?:人大)?代表)(?P<names>[\u4e00-\u9fff]{2,4}(?:、[\u4e00-\u9fff]{2,4})+)"
    "|(?:^|[，。；：])(?:讨论中，)?(?P<names_first>[\u4e00-\u9fff]{2,4}(?:、[\u4e00-\u9fff]{2,4})+)"
    "等?[0-9一二三四五六七八九十]{1,3}[位名](?P<role_after>(?:政协)?委员|(?:人大)?代表))先后发言"
)


_SPOKE = "先后发言"


@dataclass(frozen=True, slots=True)
class Person:
    """A name with the title beside it; ``start`` and ``end`` are those of the name."""

    name: str
    role: str | None
    start: int
    end: int


class People:
    """Reads people; ``names`` are of the analysis."""

    def __init__(self, lexicon: Lexicon, analysis: Lexicon) -> None:
        self._names = PersonNames(analysis)
        self._not_names, self._groups = lexicon["members.not_names"].words, lexicon["members.groups"].words
        self._bodies, self._never_first = lexicon["members.bodies"], lexicon["members.never_first"]
        self._member, self._deputy = lexicon["members.member"], lexicon["members.deputy"]
        self._neither, self._not_first = lexicon["members.neither"], lexicon["members.not_first"]
        titles = pattern(lexicon["members.member"]).pattern + "|" + pattern(lexicon["members.deputy"]).pattern
        self._titled = re.compile(
            f"(?P<role>[\u4e00-\u9fff]{{0,20}}?(?:{titles}))(?P<name>[\u4e00-\u9fff]{{2,4}})"
            f"|(?P<first>[\u4e00-\u9fff]{{2,3}})(?P<behind>委员)(?=[关的建说提发])"
        )
        self.chair = re.compile(
            "(?P<role>[\u4e00-\u9fff]{0,8}政协(?:党组)?(?:副主席|主席|秘书长)|(?<![\u4e00-\u9fff])副主席)(?P<name>[\u4e00-\u9fff]{2,4})"
        )
        self.person = lru_cache(maxsize=4096)(self._person)

    def _person(self, name: str | None) -> str | None:
        """The name when it is a person's."""
        if not name or name in self._not_names or name in self._groups:
            return None
        return name if self._names.is_person(name) else None

    def somebody(self, name: str | None) -> str | None:
        """A person's or a body's name; None for groups, pieces of sentences and nobody."""
        if not name or name in self._groups or len(name) > _LONGEST:
            return None
        if self.person(name):
            return name
        body = self._bodies.ending_at(name, len(name)) is not None and self._never_first.starting_at(name, 0) is None
        return name if body and len(name) > 2 and not set(name) & _NEVER_IN_BODY else None

    def kind(self, role: str | None) -> str | None:
        """``member`` of a consultative conference, ``deputy`` of a people's congress, or neither."""
        if not role or self._neither.ending_at(role, len(role)) is not None:
            return None
        if self._deputy.ending_at(role, len(role)) is not None or "人大代表" in role:
            return "deputy"
        member = self._member.ending_at(role, len(role)) is not None or "政协委员" in role or "界委员" in role
        return "member" if member or ("政协" in role and role.endswith(("主席", "秘书长"))) else None

    def heading(self, section: str | None) -> tuple[str, str, str] | None:
        """Role, name and topic of a heading that gives a member's proposal (政协委员某某——题目)."""
        found = _HEADED.match(section or "")
        if found is None or self.person(found["name"]) is None:
            return None
        return found["role"], found["name"], found["topic"].strip()

    def titled(self, reading: Reading) -> Iterator[Person]:
        """Every member, deputy and chair named with the title, in the order of the text."""
        if "titled" not in reading.kept:
            found = {person.start: person for person in (*self._in_titles(reading), *self._chairs(reading))}
            reading.kept["titled"] = [found[start] for start in sorted(found)]
        yield from reading.kept["titled"]

    def acting_before(self, text: str, start: int, end: int) -> str | None:
        """The person whom the clauses of ``text[start:end]`` name last as the one who acts, title or none."""
        found = None
        for clause in re.split("[，。；：“”]", text[start:end]):
            for size in (3, 2):
                head, following = clause[:size], clause[size : size + 1]
                if len(head) == size and following and following in _ACTING and is_name(head) and self.person(head):
                    found = head
                    break
        return found

    def ending(self, phrase: str) -> str | None:
        """The person's name that a phrase ends with (教师代表封雁行)."""
        for size in (3, 2):
            tail = phrase[-size:]
            if len(phrase) >= size and is_name(tail) and self.person(tail):
                return tail
        return None

    def speakers_listed(self, reading: Reading) -> Iterator[Person]:
        """Everybody of a list of members who spoke one after the other."""
        # The pattern looks far ahead from each name: it is worth it only where somebody spoke.
        for found in _LIST.finditer(reading.text) if _SPOKE in reading.text else ():
            names = "names" if found["names"] else "names_first"
            place = found.start(names)
            listed = found[names].split("、")
            # Where most are names, the others are: no list holds every family name.
            known = 2 * sum(self.person(name) is not None for name in listed) > len(listed)
            for name in listed:
                if self.person(name) or (known and name not in self._not_names):
                    yield Person(name, found["role"] or found["role_after"], place, place + len(name))
                place += len(name) + 1

    def _in_titles(self, reading: Reading) -> Iterator[Person]:
        for found in self._titled.finditer(reading.text):
            if found["first"]:
                name, role, start = self.person(found["first"]), found["behind"], found.start("first")
            else:
                name, role, start = self._name_at(reading, found.start("name")), found["role"], found.start("name")
            if name and self.kind(role):
                yield Person(name, tidied(role), start, start + len(name))

    def _chairs(self, reading: Reading) -> Iterator[Person]:
        for found in self.chair.finditer(reading.text):
            name = self._name_at(reading, found.start("name"))
            if name:
                role = found["role"] if "政协" in found["role"] else f"政协{found['role']}"
                yield Person(name, tidied(role), found.start("name"), found.start("name") + len(name))

    def _name_at(self, reading: Reading, start: int) -> str | None:
        """The person's name that begins at a place of the text."""
        if self._not_first.starting_at(reading.text, start):
            return None
        text = reading.text
        end = self._names.end(text, start, reading.words)
        found = self.person(text[start:end]) if end is not None else None
        # Where a name was cut apart with what follows it (江望舒受), three characters are likelier than two.
        return found or next((name for size in (3, 2) if (name := self.person(text[start : start + size]))), None)


def tidied(role: str) -> str:
    """A title without the words before it (是市政协委员, 还有来自双槐镇的代表)."""
    bare = _BEFORE_ROLE.sub("", role)
    found = _OFFICE.search(bare)
    return _BEFORE_ROLE.sub("", found.group()) if found else bare


def place_of(role: str | None) -> str | None:
    """The place that a title names (云川市政协副主席)."""
    found = _ROLE_PLACE.search(role or "")
    return found["place"] if found else None


_BEFORE_ROLE = re.compile("^(?:特意|还有|有|来自|自|是|的|由|被|与|和|在|听了|听取|驻|位)+")
_OFFICE = re.compile(
    "(?:[\u4e00-\u9fff]{2,3}[省市县区州]|[省市县区州]|全国)?(?:政协|人大)[\u4e00-\u9fff]{0,6}(?:、[\u4e00-\u9fff]+)?$"
)
_ROLE_PLACE = re.compile("(?P<place>[一-鿿]{2,3}[省市县区州])(?=政协|人大)")
_ACTING = "在说提写把从也还又递带撰领"
"""What may follow a name that acts."""
_LONGEST = 24
_NEVER_IN_BODY = frozenset("，。；：“”《》0123456789")
