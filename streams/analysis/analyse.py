"""How a paragraph becomes a record: the page to read first.

1. read:       words, sentences, quotation marks, expressions of time, and what the section's heading says;
2. quantities: numerals with unit, qualifier and change (``quantities``, ``numerals``);
3. speech:     who says what (``speech``, ``attribution``, ``quotes``, ``people``);
4. leanings:   how much each sentence reads like a plan or a proposal (``leanings``, ``features``, ``model``);
5. proposals:  what is put to others, by verb, wording or title (``proposals``);
6. plans:      sentences that set out something, with their quantities as targets (``plans``);
7. statistics: all other quantities, with what they measure (``statistics``) and since when (``periods``);
8. kinds:      what the items add up to (``kinds``).

``analyse`` and ``explain`` are two views of the same pass. Nothing here does I/O or depends on anything but the
paragraph, so the same paragraph gives the same record in any process.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, Self

from schemas.classified import ClassifiedParagraph
from schemas.items import KINDS, Kind, PlanItem, ProposalItem, SpeechItem, StatisticItem
from schemas.paragraph import Paragraph
from streams.analysis import items
from streams.analysis.context import Context, Contexts
from streams.analysis.explanation import AnyItem, Explanation, Found, explain_findings
from streams.analysis.items import Measured
from streams.analysis.kinds import Verdict, judge
from streams.analysis.leanings import Evidence, Leaning, Leanings
from streams.analysis.lexicon import Lexicon, load_lexicon
from streams.analysis.model import LinearModel, load_models
from streams.analysis.numerals import ascii_digits
from streams.analysis.people import Mention, People
from streams.analysis.periods import Periods
from streams.analysis.phrase_model import Weights
from streams.analysis.plans import Plans, overlap
from streams.analysis.proposals import Hearing, Motion, Proposals
from streams.analysis.quantities import Quantities
from streams.analysis.quotes import Utterance
from streams.analysis.rejections import Passed, Rejections
from streams.analysis.sentences import Quotation, Span, quotations, sentences
from streams.analysis.shares import Quantity
from streams.analysis.spans import Placed
from streams.analysis.speech import Speeches, speaking
from streams.analysis.statistics import Metrics
from streams.analysis.times import Time, Times
from streams.analysis.words import Segmenter, Words

ANALYSIS_VERSION = "2.3.0"
"""Goes into every record; a change of any rule, list or weight changes it."""
_CONTEXTS = 256
"""How many headings are remembered: a few hundred kilobytes, and some megabytes if all were as long as they may be."""
_REST = 12
"""Characters of words beside a proposal from which on they are a speech of their own."""
_MOSTLY = 0.7
"""An utterance of which proposals hold this share is a proposal and no speech besides."""


class Reading(NamedTuple):
    """A paragraph as it was read: step 1. ``digits`` is the text with all digits as 0-9."""

    text: str
    digits: str
    words: Words
    sentences: list[Span]
    quotes: list[Quotation]
    times: Placed[Time]
    context: Context


class Findings(NamedTuple):
    """All that was found, each item with the rule that found it."""

    reading: Reading
    people: Sequence[Mention]
    quantities: Sequence[Quantity]
    leanings: list[Leaning]
    speeches: list[tuple[SpeechItem, str]]
    proposals: list[tuple[ProposalItem, str]]
    statistics: list[tuple[StatisticItem, str]]
    plans: list[tuple[PlanItem, str]]
    verdict: Verdict

    @property
    def by_kind(self) -> Mapping[Kind, Sequence[tuple[AnyItem, str]]]:
        """The items with their rules."""
        found = (self.speeches, self.proposals, self.statistics, self.plans)
        return dict(zip(KINDS, found, strict=True))


class Analyser:
    """Says what paragraphs hold. Make one with ``load``; it keeps no state between paragraphs.

    ``models`` weigh sentences, ``metric_weights`` (unless given those of the product) what a number measures.
    """

    def __init__(
        self,
        segmenter: Segmenter,
        lexicon: Lexicon,
        models: dict[str, LinearModel],
        metric_weights: Weights | None = None,
    ) -> None:
        people = People(lexicon)
        self._segmenter, self._models = segmenter, models
        # Paragraphs of a section share their context, and most reports have few sections.
        self._context = lru_cache(maxsize=_CONTEXTS)(Contexts(lexicon, segmenter).read)
        self._times = Times(lexicon)
        self._quantities, self._metrics = Quantities(lexicon), Metrics(lexicon, metric_weights)
        self._speeches, self._proposals = Speeches(lexicon, people), Proposals(lexicon, people)
        self._leanings, self._plans = Leanings(lexicon, models), Plans(lexicon)
        self._rejections = Rejections(lexicon)

    @classmethod
    def load(cls, models: dict[str, LinearModel] | None = None) -> Self:
        """Load dictionary, word lists and weights (unless ``models`` are given): once, in well under a second."""
        return cls(Segmenter.load(), load_lexicon(), models or load_models())

    def analyse(self, paragraph: Paragraph) -> ClassifiedParagraph:
        """The paragraph with its kinds and items. Never fails on a valid paragraph."""
        found = self.find(paragraph)
        # The parts are made here and known to be good; a test validates every record of a large sample.
        return ClassifiedParagraph.of_valid(
            **paragraph.__dict__,
            kinds=found.verdict.kinds,
            primary=found.verdict.primary,
            scores=found.verdict.scores,
            speeches=tuple([item for item, _ in found.speeches]),
            proposals=tuple([item for item, _ in found.proposals]),
            statistics=tuple([item for item, _ in found.statistics]),
            plans=tuple([item for item, _ in found.plans]),
            analysis_version=ANALYSIS_VERSION,
        )

    def explain(self, paragraph: Paragraph) -> Explanation:
        """Why ``analyse`` says what it says of the paragraph."""
        found = self.find(paragraph)
        reading, by_kind = found.reading, found.by_kind
        rejections = self._rejections.of(
            Passed(reading.text, reading.digits, reading.times, reading.quotes, found.quantities),
            [item for item, _ in found.speeches],
            [item for item, _ in found.statistics],
            [item for item, _ in found.plans],
        )
        sentences = list(zip(reading.sentences, found.leanings, strict=True))
        words = reading.words.words
        shown = Found(reading.text, paragraph.section, words, sentences, by_kind, rejections, found.verdict)
        return explain_findings(shown, self._models, ANALYSIS_VERSION)

    def find(self, paragraph: Paragraph) -> Findings:
        """Steps 1 to 8."""
        reading = self._read(paragraph)
        text, spans, context = reading.text, reading.sentences, reading.context
        quantities = self._quantities.find(text, reading.digits, reading.words, reading.times.things, reading.quotes)
        scene = self._speeches.scene(text, reading.words, spans, reading.quotes, context)
        utterances = self._speeches.find(scene)
        proposing = self._proposals.verbs(text, spans, reading.quotes)
        placed = Placed(quantities, lambda quantity: (quantity.number_start, quantity.end))
        spoken = Placed(utterances, lambda utterance: (utterance.quote.start, utterance.quote.end))
        voices = speaking(scene, spoken)
        evidence = Evidence(placed, reading.times, spoken, proposing, voices)
        leanings = self._leanings.of(text, reading.words, spans, context, evidence)
        proposal = [leaning.proposal for leaning in leanings]
        motions = self._proposals.find(Hearing(scene, spoken, proposing, proposal, voices))
        proposed = Placed(motions, lambda motion: (motion.span.start, motion.span.end))
        intentions = self._plans.find(text, spans, leanings, proposed, spoken, reading.times, context)
        measured = self._measure(reading, quantities)
        targets = [items.targets(text, measured.starting(plan.span.start, plan.span.end)) for plan in intentions]
        taken = {target.quantity.number_start for found in targets for target in found}
        speeches = [(items.speech_item(text, u), u.rule) for u in _without_proposals(utterances, proposed)]
        proposals = [(items.proposal_item(text, motion), motion.rule) for motion in motions]
        periods = Periods(text, reading.times.things, context)
        statistics = items.statistics(text, measured.things, proposed, taken, periods)
        plans = [
            (items.plan_item(text, plan, found), plan.rule) for plan, found in zip(intentions, targets, strict=True)
        ]
        found: dict[Kind, Sequence[tuple[AnyItem, str]]] = {
            "speech": speeches,
            "proposal": proposals,
            "statistic": statistics,
            "plan": plans,
        }
        verdict = judge(found, leanings)
        return Findings(
            reading, scene.people.things, quantities, leanings, speeches, proposals, statistics, plans, verdict
        )

    def _read(self, paragraph: Paragraph) -> Reading:
        text = paragraph.text
        digits = ascii_digits(text)
        return Reading(
            text=text,
            digits=digits,
            words=self._segmenter.cut(text),
            sentences=sentences(text),
            quotes=quotations(text),
            times=Placed(self._times.find(digits), lambda time: (time.start, time.end)),
            context=self._context(paragraph.section, paragraph.report.genre),
        )

    def _measure(self, reading: Reading, quantities: list[Quantity]) -> Placed[Measured]:
        """Each quantity with what it measures."""
        metrics = self._metrics.find(reading.text, reading.words, reading.sentences, quantities, reading.times)
        measured = [Measured(quantity, metric) for quantity, metric in zip(quantities, metrics, strict=True)]
        return Placed(measured, lambda each: (each.quantity.number_start, each.quantity.end))


def _without_proposals(utterances: list[Utterance], proposed: Placed[Motion]) -> list[Utterance]:
    """Words that only propose are a proposal, not also a speech."""
    if not proposed.things:
        return utterances
    kept = []
    for utterance in utterances:
        quote = utterance.quote
        shared = sum(overlap(motion.span, quote) for motion in proposed.within(quote.start, quote.end))
        if utterance.direct or shared < _MOSTLY * (quote.end - quote.start):
            kept.append(utterance)
            continue
        inside = proposed.within(quote.start, quote.end)
        before, after = Span(quote.start, inside[0].span.start), Span(inside[-1].span.end, quote.end)
        rest = max(before, after, key=lambda part: part.end - part.start)
        if rest.end - rest.start >= _REST:
            kept.append(utterance._replace(quote=rest))
    return kept
