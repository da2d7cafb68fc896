"""Persons whom a text names: with a title, without one at the head of a sentence, and again later."""

import re
from collections.abc import Iterator

from streams.analysis.names import ALSO_WORDS, FULL_NAME
from streams.analysis.people import Mention, People, Who
from streams.analysis.words import Words

_LONGEST_NAME = 24
"""Characters of a title before a name."""
_SCENE, _MOST_NAMES = 2000, 40
"""Characters in which a name is looked for again, and names that are: a paragraph without end has bounds, too."""
_TOLD_OF = ("今年", "说", "告诉", "坦言", "回忆", "介绍", "笑", "算")
_SHORT_CLAUSE = 14
"""Characters at the head of a sentence in which a clause says when (上月底，) before the subject comes."""
_MARKS = frozenset("，。；：“”、！？\n ")
_BEFORE_COLON = re.compile("[，；](?=[^，。；：“”]{3,16}：)")
_BEFORE_NAME = re.compile(
    "(?=[。；！？，”做养开卖种跑搞管住当摆修教带办拉捡送扫租经来从在会局委部厂院所站司学心社老年阿大班船店园股校馆饭医村业农技职民])"
    "(?:(?:^|[。；！？，”])(?:[做养开卖种跑搞管住当摆修教带办拉捡送扫租]|经营|来自|从事|在)[^，。；：“”]{1,10}的|[会局委部厂院所站司学心社]的|老板娘|年轻人|阿姨|大[妈爷叔姐]|班长|[船店园股社校馆]长|[经饭]理|医生|村医|业主|农户|[技教]师|大户|职工|民警)"
)
"""What is said of a person before the name; one look at a character passes most places."""
_DONE_TO = re.compile(".*(?:会见|会晤|接见|宴请|授予|致电|陪同|欢迎|祝贺|任命|来访的)")
"""What is done to somebody, before the title (在京会见某国总统)."""
_PLACES = frozenset("市县区镇乡村省州局厅委院校厂社街路河江湖海山岛港站队组部办所会家人户年月日天量率额费值度化性力")
_ACTS = frozenset("在给说把对从没也又还就却先则向拿指接递笑点摇叹")
"""What follows the name of whoever acts, so that a name cut wrongly is one all the same (钱步|云|在)."""
_OF = ("的", "、", "和", "与", "")


def mentions(text: str, people: People, words: Words) -> list[Mention]:
    """Every person whom the paragraph names with a title before the name, left to right."""
    found = []
    place = 0
    for match in people.titles(text):
        if match.end() <= place:
            continue
        ahead = people.names.start_before(text, place, match.start(), words)
        if ahead is not None:
            found.append(Mention(ahead, Who(text[ahead : match.start()], match.group(), named=True)))
            place = match.end()
            continue
        called = people.names.called(text[max(0, match.start() - 2) : match.end()])
        if called is not None and words.is_boundary(match.start() - 1):
            begin = _title_start(text, place, match.start())
            role = text[begin : match.start() - 1] or None
            found.append(Mention(match.start() - 1, Who(text[match.start() - 1 : match.end()], role, named=True)))
            place = match.end()
            continue
        stop = people.name_at(text, match.end(), words) if words.is_boundary(match.end()) else None
        if stop is not None:
            begin = _title_start(text, place, match.start())
            done = _DONE_TO.match(text, begin, match.start())
            begin = done.end() if done else begin
            found.append(Mention(match.end(), Who(text[match.end() : stop], text[begin : match.end()], named=True)))
            place = stop
    return found


def _title_start(text: str, floor: int, place: int) -> int:
    """Where the title begins whose last words stand at ``place``: after a mark, or as far back as titles go."""
    floor = max(floor, place - _LONGEST_NAME)
    while place > floor and text[place - 1] not in _MARKS:
        place -= 1
    return max(floor, place)


def again(text: str, named: list[Mention]) -> list[Mention]:
    """Every later place where someone is named who was named with a title before, all in order."""
    names = {mention.who.name: mention.who for mention in reversed(named) if mention.who.named}
    if not names:
        return named
    ordered = sorted(list(names)[:_MOST_NAMES], key=lambda name: (-len(name), name))
    first = {mention.start for mention in named}
    found = list(named)
    reached = 0
    for start, _, name in sorted(place for each in ordered for place in _places(text, each)):
        if start >= reached:
            reached = start + len(name)
            if start not in first and start > named[0].start:
                found.append(Mention(start, names[name]))
    return _apart(found)


def _places(text: str, name: str) -> Iterator[tuple[int, int, str]]:
    """Where a name stands, so that of names at one place the longest comes first.

    A pattern of the names would have to be compiled for each paragraph, which takes longer than the whole search.
    """
    place = text.find(name)
    while place >= 0:
        yield place, -len(name), name
        place = text.find(name, place + 1)


def _apart(found: list[Mention]) -> list[Mention]:
    kept: list[Mention] = []
    for mention in sorted(found, key=lambda mention: (mention.start, -len(mention.who.name))):
        if not kept or mention.start >= kept[-1].start + len(kept[-1].who.name):
            kept.append(mention)
    return kept


def heads(text: str, starts: list[int], people: People) -> list[int]:
    """Where a name without a title may stand: at the head of a sentence, after a short clause there, after 的 or
    after a word for what somebody is (老板娘, 车间班长); only where a character stands that names begin with.
    """
    found = set(starts)
    for start in starts:
        comma = text.find("，", start, start + _SHORT_CLAUSE)
        if comma >= 0:
            found.add(comma + 1)
    if "：" in text:
        found.update([match.end() for match in _BEFORE_COLON.finditer(text)])
    found.update([match.end() for match in _BEFORE_NAME.finditer(text)])
    first = people.names.first_characters
    return sorted([place for place in found if text[place : place + 1] in first])


def recurring(text: str, starts: list[int], people: People, words: Words) -> list[Mention]:
    """Persons with a name of two characters, told by what is said of them somewhere (肖丽今年35岁, 肖丽说)."""
    found = []
    for start in starts:
        name = text[start : start + 2]
        whole = people.is_person(name) and words.is_boundary(start) and words.is_boundary(start + 2)
        if whole and any(text.find(name + told, 0, _SCENE) >= 0 for told in _TOLD_OF):
            found.append(Mention(start, Who(name, None, named=True)))
    return found


def openings(text: str, starts: list[int], people: People, words: Words) -> list[Mention]:
    """Persons who are named without a title: a family name and two characters that are no word together."""
    found = []
    for start in starts:
        stop = None if text[start] in ALSO_WORDS else people.name_at(text, start, words)
        if stop is None or stop - start != FULL_NAME or text[stop - 1] in _PLACES or text[stop : stop + 1] in _OF:
            continue
        inside = words.between(start, stop)
        whole = len(inside) == 1 and words.is_boundary(stop)
        parted = len(inside) == 2 and len(inside[0]) == 1 and words.is_boundary(stop)
        acts = words.is_boundary(stop) and text[stop : stop + 1] in _ACTS and not people.names.opens_word(inside[0])
        if people.names.opens_word(text[start:stop]):
            continue
        if (whole or parted or acts) and not people.names.is_word(text[start:stop]):
            found.append(Mention(start, Who(text[start:stop], None, named=True)))
    return found
