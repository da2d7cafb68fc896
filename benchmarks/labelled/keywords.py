"""What keywords alone give: the afternoon's script that the analysis is held against.

A sentence with a word of planning is a plan, with a word of proposing a proposal; a verb of saying after a short phrase
opens a speech; a number before a character that is no punctuation is a statistic, and a plan's numbers are its
targets. It looks at nothing but the paragraph and knows no headings.
"""

import re
from decimal import Decimal

from benchmarks.labelled.gold import Labelled
from schemas.paragraph import Paragraph
from schemas.record import plain

_SENTENCE = re.compile("[^。；！？]+")
_SAYING = re.compile(
    "(?:^|[，。；：”])(?P<speaker>[\u4e00-\u9fff]{2,12}?)(?P<verb>表示|指出|强调|认为|介绍|要求|坦言|谈到|说)[，：]?(?P<words>“[^”]+”|[^。“”]+)"
)
_PROPOSING = re.compile("建议|提议|呼吁|应当|应该|《[^》]+的(?:建议|提案|议案)》")
_PLANNING = re.compile("将|要|力争|计划|拟|确保|推进|加快|到20[0-9]{2}年|明年|努力")
_NUMBER = re.compile(
    "(?P<digits>[0-9][0-9,]*(?:\\.[0-9]+)?)(?P<size>[百千万亿]*)(?P<unit>个百分点|平方公里|平方米|公里|公顷|%|[\u4e00-\u9fff])"
)
_DATES = frozenset("年月日时分届号")
_SIZES = {"百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_MARKS = {
    "qualifier": {"over": "超|突破|以上|余|多", "under": "近|不足|以下|以内", "about": "约|左右"},
    "change": {"up": "增长|提高|增加|上升", "down": "下降|减少|降低"},
}
_NEAR = 6
"""Characters before a number, and after its unit, in which its marks stand, and its metric before it."""
_ORDER = ("proposal", "plan", "statistic", "speech")


def by_keywords(paragraph: Paragraph) -> Labelled:
    """The record of a paragraph."""
    text = paragraph.text
    sentences = [match.group().strip() for match in _SENTENCE.finditer(text)]
    proposals = [sentence for sentence in sentences if _PROPOSING.search(sentence)]
    plans = [sentence for sentence in sentences if _PLANNING.search(sentence) and sentence not in proposals]
    speeches = [_speech(match) for match in _SAYING.finditer(text)]
    facts = [fact for sentence in sentences if sentence not in plans for fact in _facts(sentence)]
    lengths = {
        "proposal": sum(map(len, proposals)),
        "plan": sum(map(len, plans)),
        "statistic": sum(len(fact["text"]) for fact in facts),
        "speech": sum(len(speech["quote"]) for speech in speeches),
    }
    kinds = [kind for kind in _ORDER if lengths[kind]]
    return {
        "id": paragraph.id,
        "kinds": kinds,
        "primary": max(kinds, key=lengths.__getitem__, default="other"),
        "speeches": speeches,
        "proposals": [{"proposer": None, "title": None, "text": sentence} for sentence in proposals],
        "statistics": facts,
        "plans": [{"text": sentence, "targets": _facts(sentence)} for sentence in plans],
    }


def _speech(match: re.Match[str]) -> Labelled:
    words = match["words"]
    direct = words.startswith("“")
    return {"speaker": match["speaker"], "verb": match["verb"], "quote": words.strip("“”"), "direct": direct}


def _facts(sentence: str) -> list[Labelled]:
    found = []
    for match in _NUMBER.finditer(sentence):
        if match["unit"] in _DATES:
            continue
        before = sentence[max(0, match.start() - _NEAR) : match.start()]
        near = before + sentence[match.end() : match.end() + 2]
        marks = {
            field: next((mark for mark, words in table.items() if re.search(words, near)), None)
            for field, table in _MARKS.items()
        }
        value = Decimal(match["digits"].replace(",", ""))
        for size in match["size"]:
            value *= _SIZES[size]
        metric = re.split("[，、：]", before)[-1] or None
        found.append({"metric": metric, "value": plain(value), "unit": match["unit"], "text": match.group(), **marks})
    return found
