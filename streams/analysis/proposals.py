"""Proposals: what is put to others to act on, by a verb of proposing, in a named motion, or by its wording."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from streams.analysis import wording
from streams.analysis.attribution import Scene, clause_start
from streams.analysis.context import Context
from streams.analysis.lexicon import Lexicon, branches
from streams.analysis.officials import Officials
from streams.analysis.people import People, Who
from streams.analysis.proposers import Proposers, Proposing
from streams.analysis.quotes import Utterance
from streams.analysis.sentences import Quotation, Span, is_joined, lists, trim
from streams.analysis.spans import Placed

_OPEN = re.compile(r"[，,：:]?[“「]?")
_INTRODUCED = re.compile(
    "(?P<who>[^。；“”]{0,40}?)(?:(?:的|个)(?:意见|想法|主意|药方|办法|思路|设想|看法|点子)(?:就?是|，)[，：]?"
    "|(?:按照?|照)(?P<designer>[^，。；]{2,8}?)的(?:设计|设想|思路|想法|算法)，"
    "|(?:提出|认为|希望|要求|附议，并提出|倡议|写道|写明|写着|还?提了一条)[，：]"
    "|(?<=[她他])(?:还|也|又|更|最)?(?:希望|盼着?|盼望|请求|劝[^，。；]{1,4}?(?=把|用|共|先|别|都|也))|：|——)"
)
"""What stands before the words of a proposal when no verb of proposing does."""
_NUMBERED = re.compile(
    "(?:[一二三四五六七八九]是|[一二三四五六七八九]、|第[一二三四五六七八九](?:[件条点]|，)|其[一二三四五]|另?一[件条]是|另一[件条])(?:要|，|是)?[，：]?"
)
"""Opens one of several proposals that are counted."""
_DEMAND = re.compile("(?:同时)?请|由(?!此)|把|与|不要|给|将|别")
"""Opens a demand of its own after a semicolon; what begins with a noun goes on with the one before."""
_ANEW = re.compile("[她他](?:还|也|又|另外|同时)?(?:希望|要求|请求|提出|认为|盼|劝)|[也还]?有(?:人|代表|委员|会员)")
"""Opens a further proposal by the same person."""
_AFTER_TITLE = re.compile("(?:[，：]?(?:里|中)?(?P<verb>提出|建议|认为|要求|主张|呼吁|希望)?[，：]?)")
_LAID_BEFORE = re.compile("[^，。；]{0,20}(?:审议|表决|批准|审查|研究)")
"""What a draft is laid before a body for, which proposes nothing (提请常委会审议)."""
_THIS = re.compile("(?:[这那此该哪]|上述|以上)[一两几]?[个条些件份项类]?$")
"""What makes a noun of 建议 (这个建议切中要害)."""
_PAPER = re.compile("[中里](?:提出|提到|写道|写明|认为|指出|要求|还)")
"""What follows a 建议 that is a paper (她在建议中提出), but not one of what is to be done (建议中小学…)."""
_COUNTED = re.compile("[0-9一二三四五六七八九十百两几多余]+[条件项个份]")
_CONTENT = 10
"""Characters after a title from which on the content of the motion is told, rather than what became of it."""
_TOLD = 24
"""Characters behind a title from which on the sentence may tell in other words what is proposed."""
_INTRODUCTION = 6
"""Characters before the words of a sentence from which on it opens a proposal of its own."""
_SPEAKS_ON = re.compile("[他她](?:还|又|也|同时)?(?:说|表示|认为|指出|坦言|介绍|解释|告诉)")
"""What opens a sentence in which the proposer says something else."""
_NEVER_AFTER = frozenset("的、。；》”了和案书与")
_JOINS_TITLES = ("和", "、", "与", "及", "以及")
"""What stands between the titles of motions that the same person hands in."""
_LONGEST_NAME = 12
_SHORTEST_TITLE = 8
_INSTRUCTING = frozenset(["强调", "指出", "要求"])
"""Verbs that report what somebody in charge says: none of 46 labelled speakers with one of them proposes anything."""
_BROADCAST = "新闻"
"""A genre in which demands are made on others, and proposals hardly ever."""
PLAIN = 0.6
"""From this leaning on a sentence is taken for a proposal that answers, tells of somebody or names no measure."""
LEAST = 0.4
"""The same for any other sentence."""
VERBAL = 0.05
"""The same where a verb of proposing stands in it, or somebody who is no official urges something (应当, 不妨)."""
OWN = 0.02
"""The same where that verb has a subject of its own."""
GOES_ON = 0.1
"""The same for one that a semicolon joins to a proposal."""
LINKED = 0.01
"""From this leaning on it is one when a semicolon joins it to one."""


class Motion(NamedTuple):
    """A proposal: its words, who makes it, and the title of the motion when it is named."""

    span: Span
    who: Who | None
    title: str | None
    rule: str


class Hearing(NamedTuple):
    """What finding proposals needs of a paragraph.

    ``leanings`` says of each sentence how much it reads like a proposal, ``voices`` who speaks in it.
    """

    scene: Scene
    spoken: Placed[Utterance]
    verbs: list[Proposing]
    leanings: list[float]
    voices: list[Who | None]


class _Sentence(NamedTuple):
    """A sentence with its number and its first verb of proposing.

    Proposals may begin at ``list_at``, behind what announces them, or at ``titled_at``, behind a motion's title. It
    may stand in a list that an earlier sentence announces (``in_list``) or only counts (``counted``); ``spoken`` tells
    that it holds attributed words.
    """

    number: int
    span: Span
    verb: Proposing | None
    list_at: int | None
    titled_at: int | None
    in_list: bool
    counted: bool
    spoken: bool


class Proposals:
    """Finds proposals."""

    def __init__(self, lexicon: Lexicon, people: People) -> None:
        self._people, self._proposers = people, Proposers(people)
        self._officials = Officials(lexicon)
        self._verbs = lexicon["proposals.verbs"]
        alike = lexicon["proposals.look_alikes"]
        ordered = sorted(self._verbs.words | alike.words, key=lambda word: (-len(word), word))
        self._pattern = re.compile("|".join(branches(ordered).values()))
        self._titles = tuple(lexicon["proposals.titles"].longest_first())
        self._not_titles = lexicon["proposals.not_titles"].longest_first()
        self._imperatives = lexicon["plans.imperatives"]

    def verbs(self, text: str, sentences: list[Span], quotes: list[Quotation]) -> list[Proposing]:
        """Every verb of proposing with content after it."""
        found: list[Proposing] = []
        matches = list(self._pattern.finditer(text))
        masked = _names(len(text), quotes) if matches else b""
        index = 0
        for match in matches:
            if match.group() not in self._verbs or text[match.end() : match.end() + 1] in ("", *_NEVER_AFTER):
                continue
            if masked[match.start()] or _COUNTED.match(text, match.end()):
                continue
            if match.group() == "提请" and _LAID_BEFORE.match(text, match.end()):
                continue
            while sentences[index].end <= match.start():
                index += 1
            begin = clause_start(text, sentences[index].start, match.start())
            if _THIS.search(text, begin, match.start()) or _PAPER.match(text, match.end()):
                continue
            opening = _OPEN.match(text, match.end())
            start = opening.end() if opening else match.end()
            found.append(Proposing(match.start(), start, self._people.subject(text[begin : match.start()]), index))
        return found

    def find(self, hearing: Hearing) -> list[Motion]:
        """All proposals in the order of their words."""
        titles = list(self._named(hearing))
        found = self._worded(hearing, titles)
        if not found:
            return titles
        if len(titles) == 1:
            who = titles[0].who or found[0].who
            return [Motion(found[0].span, who, titles[0].title, found[0].rule), *found[1:]]
        return _with_titles(found, titles)

    def _worded(self, hearing: Hearing, titles: list[Motion]) -> list[Motion]:
        scene, found = hearing.scene, list[Motion]()
        text = scene.text
        if (
            _is_rare(scene.context)
            and not hearing.verbs
            and "建议" not in text
            and max(hearing.leanings, default=0) < LEAST
        ):
            return found
        named = Placed(titles, lambda title: (title.span.start, title.span.end))
        attributed, leanings = hearing.spoken, _linked(text, scene.sentences, hearing.leanings)
        last = -2
        for each in self._sentences(hearing, named, leanings):
            index, sentence, verb = each.number, each.span, each.verb
            cited = wording.listed(text, sentence) if verb is None else None
            if cited is not None:
                found.append(Motion(cited, None, None, "proposal.listed"))
                continue
            goes_on = found and last == index - 1 and is_joined(text, sentence.start) and verb is None
            leaning = leanings[index]
            leans = leaning >= GOES_ON if goes_on else self._leans(hearing, each, leaning)
            if not each.in_list and each.list_at is None and not leans:
                continue
            if verb is None and each.spoken and last == index - 1 and _SPEAKS_ON.match(text, sentence.start):
                continue
            start = self._begin(text, each, attributed, named)
            if start is None:
                continue
            quoted = attributed.within(start, start + 1)
            end = min(sentence.end, quoted[0].quote.end) if quoted and quoted[0].direct else sentence.end
            span = trim(text, start, end, "。；，”")
            if span.end - span.start < 4:
                continue
            numbered = _NUMBERED.match(text, span.start)
            span = Span(numbered.end(), span.end) if numbered and numbered.end() < span.end else span
            goes_on = each.in_list or (
                last == index - 1 and is_joined(text, sentence.start) and start == sentence.start
            )
            earlier = found[-1].who if found and goes_on and verb is None else None
            who = earlier or self._who(hearing, each, start)
            anew = each.list_at is not None or _ANEW.match(text, sentence.start) is not None
            anew = anew or start - sentence.start > _INTRODUCTION
            joined = last == index - 1 and found and not anew and _same(found[-1].who, who)
            if joined and verb is None and not numbered and not self._apart(text, each, start):
                found[-1] = found[-1]._replace(span=Span(found[-1].span.start, span.end))
            else:
                found.append(Motion(span, who, None, "proposal.verb" if verb else "proposal.wording"))
            last = index
        return found

    def _sentences(self, hearing: Hearing, titles: Placed[Motion], leanings: list[float]) -> Iterator[_Sentence]:
        """The sentences that may propose something, which most do not, with what is known of them."""
        text, work_report = hearing.scene.text, hearing.scene.context.is_work_report
        first_verbs: dict[int, Proposing] = {}
        for proposing in hearing.verbs:
            first_verbs.setdefault(proposing.sentence, proposing)
        listing, cites = wording.may_list(text), "建议" in text
        in_list = counted = False
        for index, sentence in enumerate(hearing.scene.sentences):
            begin = wording.announced(text, sentence) if listing and not work_report else None
            verb = first_verbs.get(index)
            if verb is not None or cites or in_list or begin is not None or leanings[index] >= VERBAL:
                spoken = bool(hearing.spoken.within(*sentence))
                words = begin.words if begin else None
                titled = _behind_title(text, sentence, titles)
                yield _Sentence(index, sentence, verb, words, titled, in_list, counted, spoken)
            # What a list holds, or a number counts, goes on as long as semicolons join the sentences.
            listed = is_joined(text, sentence.end)
            in_list = listed and (in_list or begin is not None)
            counted = listed and (counted or in_list or (listing and wording.enumerates(text, sentence)))

    def _leans(self, hearing: Hearing, each: _Sentence, leaning: float) -> bool:
        """Whether the sentence leans enough to a proposal: less is enough where its wording says so by itself."""
        text, voice = hearing.scene.text, hearing.voices[each.number]
        if each.verb is not None:
            if self._proposers.advises(text, each.verb) or _is_call(hearing.scene, each.verb):
                return False
            return leaning >= (OWN if each.verb.who is not None else VERBAL)
        if leaning < VERBAL or _is_rare(hearing.scene.context):
            return leaning >= LEAST
        official = voice is not None and self._officials.in_charge(voice)
        if each.spoken and each.titled_at is None and (official or _instructs(hearing.spoken, each.span)):
            return False
        if leaning >= PLAIN or each.titled_at is not None or wording.has_idea(text, each.span):
            return True
        if not official and wording.urges(text, each.span):
            return True
        if leaning < LEAST or not wording.measures(text, each.span) or wording.answers(text, each.span):
            return False
        return each.spoken or voice is None or not voice.named or voice.name not in each.span.slice(text)

    def _apart(self, text: str, each: _Sentence, start: int) -> bool:
        """Whether a sentence behind a semicolon is a proposal of its own: in an announced list, or a demand."""
        demand = _DEMAND.match(text, start) or self._imperatives.starting_at(text, start)
        return is_joined(text, each.span.start) and (each.counted or demand is not None)

    def _begin(self, text: str, each: _Sentence, attributed: Placed[Utterance], titles: Placed[Motion]) -> int | None:
        """Where the words of the proposal begin; None where the sentence only tells of a motion.

        They begin after the verb, a title, an attribution that opens the sentence, or an introduction (三点：).
        """
        sentence = each.span
        if each.list_at is not None:
            return each.list_at
        if each.verb is not None:
            return each.verb.words
        if each.titled_at is not None:
            return each.titled_at
        if any(sentence.end - title.span.end < _TOLD for title in titles.within(sentence.start, sentence.end)):
            return None
        for utterance in attributed.within(sentence.start, sentence.end):
            if sentence.start <= utterance.attribution.start and utterance.attribution.end <= utterance.quote.start:
                return wording.past_the_facts(text, utterance.quote.start, sentence.end)
        introduced = _INTRODUCED.match(text, sentence.start, sentence.end)
        if introduced and sentence.end - introduced.end() > _CONTENT // 2:
            return wording.past_the_facts(text, introduced.end(), sentence.end)
        return wording.past_the_facts(text, wording.opening(text, sentence), sentence.end)

    def _who(self, hearing: Hearing, each: _Sentence, start: int) -> Who | None:
        """Who makes the proposal: the verb's subject, whoever is introduced, or has the floor."""
        scene, voice = hearing.scene, hearing.voices[each.number]
        who = self._proposers.introduced(scene.text, each.span.start, start)
        if who is None and each.verb is not None and not _is_pronoun(each.verb.who, self._people):
            who = each.verb.who
        if who is None:
            named = scene.people.starting(each.span.start, start)
            who = named[-1].who if named else voice
        return self._proposers.resolve(scene, each.span.start, who)

    def _named(self, hearing: Hearing) -> Iterator[Motion]:
        """Every motion that is named by its title, with whoever hands it in."""
        scene, text = hearing.scene, hearing.scene.text
        before: Motion | None = None
        for quote in scene.quotes:
            # The text of a quotation is copied last: a thousand that hold one another would be copied a thousand times.
            if quote.mark != "《" or quote.end - quote.start < _SHORTEST_TITLE:
                continue
            if not text.endswith(self._titles, quote.start, quote.end):
                continue
            title = quote.inside.slice(text)
            if any(word in title for word in self._not_titles):
                continue
            who = self._proposers.of_title(text, quote.start, quote.end)
            if who is not None and who.name[0] in "他她":
                who = hearing.voices[bisect_right(scene.sentences, (quote.start, len(text))) - 1]
            if who is None and before is not None and text[before.span.end : quote.start - 1] in _JOINS_TITLES:
                who = before.who
            before = Motion(Span(quote.start - 1, quote.end + 1), who, title, "proposal.title")
            yield before


def _instructs(spoken: Placed[Utterance], sentence: Span) -> bool:
    """Whether the words in the sentence are reported as those of somebody in charge."""
    words = spoken.within(*sentence)
    return bool(words) and words[0].verb in _INSTRUCTING


def _is_rare(context: Context) -> bool:
    """Whether proposals are rare where the paragraph stands, so that their wording alone says nothing."""
    return context.is_work_report or context.genre == _BROADCAST


def _is_call(scene: Scene, verb: Proposing) -> bool:
    """Whether broadcast news tells what somebody calls on others to do, which is speech (特使呼吁各方保持克制)."""
    return scene.context.genre == _BROADCAST and scene.text.startswith("呼吁", verb.start)


def _behind_title(text: str, sentence: Span, titles: Placed[Motion]) -> int | None:
    """Where the content of a motion begins behind its title (《…》提出，)."""
    for title in titles.within(sentence.start, sentence.end):
        after = _AFTER_TITLE.match(text, title.span.end)
        if after and after["verb"] and sentence.end - after.end() > _CONTENT:
            return after.end()
    return None


def _is_pronoun(who: Who | None, people: People) -> bool:
    return who is None or who.name in people.pronouns


def _names(length: int, quotes: list[Quotation]) -> bytearray:
    """1 inside titles and short names in quotation marks."""
    masked = bytearray(length + 1)
    reached = 0
    for quote in quotes:
        if quote.end > reached and (quote.mark == "《" or quote.end - quote.start <= _LONGEST_NAME):
            masked[quote.start : quote.end] = b"\1" * (quote.end - quote.start)
            reached = quote.end
    return masked


def _linked(text: str, sentences: list[Span], leanings: list[float]) -> list[float]:
    """Sentences that semicolons join share what the surest of them says: a list of measures is one proposal."""
    linked = list(leanings)
    for run in lists(text, sentences):
        best = max(leanings[index] for index in run)
        for index in run:
            if leanings[index] >= LINKED:
                linked[index] = best
    return linked


def _with_titles(found: list[Motion], titles: list[Motion]) -> list[Motion]:
    """Several titles are motions of their own; wording around them only tells what became of them."""
    placed = Placed(titles, lambda title: (title.span.start, title.span.end))
    kept = [each for each in found if not placed.within(each.span.start, each.span.end)]
    return sorted([*kept, *titles], key=lambda motion: motion.span.start)


def _same(a: Who | None, b: Who | None) -> bool:
    return a is None or b is None or a.name == b.name
