"""What a paragraph's surroundings say: the section's heading, the report's genre."""

import re
from dataclasses import dataclass
from typing import Literal

from streams.analysis.lexicon import Lexicon
from streams.analysis.words import Segmenter

Tense = Literal["past", "future"]

_MEMBER = re.compile(
    r"(?P<role>[\w“”]{0,12}?(?:政协委员|政协常委|人大代表|界别委员|常委|委员|代表))(?!审议|热议|议|讨论|发言|建议|提案|[风心声座之家与和的们谈见关说])(?P<name>[\u4e00-\u9fff·]{2,12}?)"
    r"(?:反映|建议|提出|提议|呼吁|来信|谈|说)?(?:——|—|：|:|（|$)"
)
_MEMBER_AFTER = re.compile(
    r"(?:^|[、：—\s])(?P<name>[\u4e00-\u9fff·]{2,4}?)(?P<role>政协委员|人大代表|委员|代表)(?:建议|提出|提议|呼吁)?(?:——|—|：|:|$)"
)
_PARTY = re.compile(
    r"^(?P<name>(?:民盟|民进|民革|民建|农工党|九三学社|致公党|台盟)[\u4e00-\u9fff]{0,8}?|[\u4e00-\u9fff]{0,6}(?:工商联|总工会|妇联|团委|科协|侨联|残联|文联))"
    r"(?:——|—|：|:)"
)
_YEAR = re.compile(r"20[0-9]{2}年|“[^”]{2,4}”时期|“十[一二三四五六七八九]五”|过去[一三五]年|[一三五]年来")
_RESULT = re.compile(
    r"(?:稳步|持续|不断|更加?趋?|明显|显著|有效|日益|愈加|全面|进一步|扎实|有力|历史性|新)?"
    r"(?:提高|提升|增强|巩固|夯实|显现|展现|激发|稳固|协调|改善|优化|突破|进展|成效|丰厚|向好|跃升|迈进|彰显|加速|普惠|有力|有效|增进|稳定|迸发|生动|加强|完善)。?$"
)
_DEBATE = re.compile("(?:代表|委员|小组|分组|联组|现场|界别)(?:们)?(?:审议|热议|讨论|协商|发言|声音|反响)|审议：|热议")
"""Sections of a report on a report: people speak there."""
_NUMBERED = re.compile(r"^(?:[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|[0-9]+[.、])\s*")


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """``tense`` is what the heading says of the time spoken of; ``proposer`` the member whom it names.

    One is like itself alone, which makes it a quick key: a heading is read once.
    """

    section: str
    genre: str
    tense: Tense | None
    time: str | None
    proposer: str | None
    proposer_role: str | None
    is_work_report: bool
    words: tuple[str, ...]


class Contexts:
    """Reads the context of a paragraph from its section's heading and its report's genre."""

    def __init__(self, lexicon: Lexicon, segmenter: Segmenter) -> None:
        self._segmenter = segmenter
        self._future = re.compile("|".join(map(re.escape, lexicon["sections.tense.future"].longest_first())))
        self._imperatives = lexicon["plans.imperatives"]
        self._surnames, self._compound = lexicon["people.surnames"].words, lexicon["people.compound"].words
        self._past = re.compile("|".join(map(re.escape, lexicon["sections.tense.past"].longest_first())))

    def read(self, section: str | None, genre: str | None) -> Context:
        """The context; a missing heading or genre says nothing."""
        heading = section or ""
        member = _MEMBER.search(heading) or self._member_after(heading) or _PARTY.search(heading)
        times = _YEAR.findall(heading)
        return Context(
            section=heading,
            genre=genre or "",
            tense=self._tense(heading),
            time=times[0] if len(set(times)) == 1 else None,
            proposer=member["name"] if member else None,
            proposer_role=member.groupdict().get("role") if member else None,
            is_work_report=(genre or "").endswith("工作报告") and not _DEBATE.search(heading),
            words=tuple(word for word in self._segmenter.cut(heading).words if len(word) > 1) if heading else (),
        )

    def _member_after(self, heading: str) -> re.Match[str] | None:
        """A title behind a name: what it follows begins like one (对话代表 names nobody)."""
        found = _MEMBER_AFTER.search(heading)
        return found if found and (found["name"][0] in self._surnames or found["name"][:2] in self._compound) else None

    def _tense(self, heading: str) -> Tense | None:
        """What a heading says of time: a result (民生福祉持续增进) is past; signs of both cancel each other out."""
        past, future = self._past.search(heading), self._future.search(heading)
        bare = _NUMBERED.sub("", heading)
        last = re.split("[，、]", bare)[-1]
        if not future and not self._imperatives.starting_at(last, 0) and _RESULT.search(last):
            return "past"
        if past and not future:
            return "past"
        return "future" if future and not past else None
