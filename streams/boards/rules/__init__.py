"""The rules of the boards: one file of pure functions each, over word lists in ``lexicon``.

boards = load_boards()
entries = boards.facts(classified)              # of all boards
rows = boards["plans"].rows(entries_of_one_group)
totals = boards["plans"].summary(all_rows)
records = boards.plans.outcomes(entries_of_one_group)
words = boards.words(text)
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schemas.classified import ClassifiedParagraph
from streams.analysis.lexicon import load_lexicon
from streams.analysis.words import Segmenter
from streams.boards.board import Board, Entry
from streams.boards.rules.consultations import Consultations
from streams.boards.rules.figures import Figures
from streams.boards.rules.lexicon import FILES
from streams.boards.rules.members import Members
from streams.boards.rules.opinion import Opinion
from streams.boards.rules.people import People
from streams.boards.rules.plans import Plans
from streams.boards.rules.platform import Platform, words
from streams.boards.rules.proposals import Proposals
from streams.boards.rules.quantities import Quantities
from streams.boards.rules.reading import Reader
from streams.boards.rules.study import Study
from streams.boards.rules.themes import Themes

LEXICON = "streams.boards.rules.lexicon"


@dataclass(frozen=True, slots=True)
class Boards:
    """All boards, in the order in which they are shown. Keeps no state between paragraphs."""

    reader: Reader
    segmenter: Segmenter
    all: Sequence[Board]
    plans: Plans

    def facts(self, record: ClassifiedParagraph) -> list[Entry]:
        """The entries of one paragraph for all boards, each id once: the same record gives the same list."""
        reading = self.reader.read(record)
        found = {each.id: each for board in self.all for each in board.facts(reading)}
        return list(found.values())

    def __getitem__(self, name: str) -> Board:
        """The board of that name; KeyError when there is none."""
        for board in self.all:
            if board.name == name:
                return board
        raise KeyError(name)

    def __iter__(self) -> Iterator[Board]:
        return iter(self.all)

    def words(self, text: str) -> list[str]:
        """The words of a text or a query, for the index: see ``platform.words``."""
        return words(self.segmenter, text)


def load_boards() -> Boards:
    """Load dictionary and word lists: once, in about a third of a second."""
    lexicon, analysis = load_lexicon(LEXICON, FILES), load_lexicon()
    segmenter, quantities = Segmenter.load(), Quantities(lexicon)
    plans, people, themes = Plans(lexicon, quantities), People(lexicon, analysis), Themes(lexicon)
    proposals = Proposals(lexicon, people, themes)
    return Boards(
        reader=Reader(lexicon, analysis, segmenter.cut),
        segmenter=segmenter,
        all=(
            Platform(),
            proposals,
            Consultations(lexicon, people),
            Opinion(lexicon, people, themes, proposals),
            Study(lexicon),
            Members(people, proposals),
            plans,
            Figures(quantities),
        ),
        plans=plans,
    )
