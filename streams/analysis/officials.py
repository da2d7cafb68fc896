"""Officials: who is in charge, so that what they urge is an instruction and what they announce is a plan."""

import re

from streams.analysis.lexicon import Lexicon
from streams.analysis.people import Who

_BESIDE = re.compile("研究|中心|学院|大学|医院|协会|学会|商会|合作社|村|社区|居委|公司|工商联")
"""Bodies whose heads have titles of officials and speak for themselves (研究中心主任, 村支部书记)."""


INSTRUCTING = frozenset(["强调", "指出", "要求"])
"""Verbs that report what somebody in charge says: none of 46 labelled speakers with one of them proposes anything."""


class Officials:
    """Tells them by title, and bodies of government by the last words of their names."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._titles, self._bodies = lexicon["proposals.officials"], lexicon["proposals.bodies"]

    def named(self, who: Who) -> bool:
        """Whether the title says that somebody is in charge."""
        title = who.role or who.name
        return self._titles.ending_at(title, len(title)) is not None and _BESIDE.search(title) is None

    def in_charge(self, who: Who) -> bool:
        """Whether somebody, a meeting or a body of government is."""
        return self.named(who) or self._bodies.ending_at(who.name, len(who.name)) is not None
