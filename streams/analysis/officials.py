"""Officials: who is in charge, so that what they urge is an instruction and what they announce is a plan."""

import re

from streams.analysis.lexicon import Lexicon
from streams.analysis.people import Who

_BESIDE = re.compile("研究|中心|学院|大学|医院|协会|学会|商会|合作社|村|社区|居委|公司|工商联")
"""Bodies whose heads have titles of officials and speak for themselves (研究中心主任, 村支部书记)."""


class Officials:
    """Tells them by title, and bodies of government by the last words of their names."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._titles, self._bodies = lexicon["proposals.officials"], lexicon["proposals.bodies"]

    def in_charge(self, who: Who) -> bool:
        """Whether somebody by title, a meeting or a body of government is."""
        title = who.role or who.name
        titled = self._titles.ending_at(title, len(title)) is not None and _BESIDE.search(title) is None
        return titled or self._bodies.ending_at(who.name, len(who.name)) is not None
