"""One record through decode, analyse and encode: outputs, or a dead letter that says which step refused it and why."""

from datetime import UTC, datetime

import pytest

from schemas.classified import ClassifiedParagraph, Scores
from schemas.codec import decode, encode
from schemas.dead_letter import DeadLetter
from schemas.items import StatisticItem
from schemas.paragraph import Paragraph, Report
from schemas.topics import CLASSIFIED, STATISTIC
from streams.worker.handle import Consumed, Output, handle, refuse
from streams.worker.loop import next_offsets
from tests.contract.examples import EXAMPLES, Example

MOMENT = datetime(2023, 1, 8, tzinfo=UTC)


def consumed(value: bytes | None, headers: tuple[tuple[str, bytes | None], ...] = ()) -> Consumed:
    return Consumed("reports.paragraphs.v1", 2, 41, MOMENT, b"r1", value, headers)


def paragraph_value(text: str = "增长5%") -> bytes:
    return encode(Paragraph.numbered(Report(id="r1"), 0, text, pushed_at=MOMENT), source="/t", time=MOMENT).value


def one_statistic(paragraph: Paragraph) -> ClassifiedParagraph:
    item = StatisticItem(start=0, end=len(paragraph.text), text=paragraph.text, value="5")
    scores = Scores(speech=0, proposal=0, statistic=1, plan=0)
    return ClassifiedParagraph(
        **dict(paragraph),
        kinds=("statistic",),
        primary="statistic",
        scores=scores,
        statistics=(item,),
        analysis_version="1",
    )


def letter_of(outputs: tuple[Output, ...]) -> DeadLetter:
    (output,) = outputs
    return decode(DeadLetter, output.message.value, output.message.headers)


def test_a_good_record_becomes_its_classified_paragraph_and_its_events() -> None:
    handled = handle(consumed(paragraph_value()), one_statistic)
    assert handled.dead is None
    assert [output.topic for output in handled.outputs] == [CLASSIFIED, STATISTIC]
    assert {output.message.key for output in handled.outputs} == {b"r1"}
    assert all(dict(output.message.headers)["ce_time"] == b"2023-01-08T00:00:00Z" for output in handled.outputs)


def test_the_same_record_gives_the_same_bytes() -> None:
    assert handle(consumed(paragraph_value()), one_statistic) == handle(consumed(paragraph_value()), one_statistic)


@pytest.mark.parametrize("example", [e for e in EXAMPLES if e.record == "paragraph"], ids=str)
def test_every_example_goes_through(example: Example) -> None:
    headers = tuple(example.headers)
    handled = handle(consumed(example.value, headers), one_statistic)
    if example.refused is None:
        assert handled.dead is None
        assert handled.outputs[0].topic is CLASSIFIED
    else:
        letter = letter_of(handled.outputs)
        assert (letter.stage, letter.value) == ("decode", example.value)
        assert example.refused in letter.reason


def test_a_dead_letter_has_the_original_bytes_and_coordinates() -> None:
    headers = (("trace", b"\xff\x00"), ("trace", None))
    letter = letter_of(handle(consumed(b"\xff{", headers), one_statistic).outputs)
    assert (letter.topic, letter.partition, letter.offset, letter.timestamp) == (
        "reports.paragraphs.v1",
        2,
        41,
        MOMENT,
    )
    assert (letter.key, letter.value) == (b"r1", b"\xff{")
    assert [(header.key, header.value) for header in letter.headers] == list(headers)


def test_an_analysis_that_fails_on_a_text_is_a_verdict_on_the_text() -> None:
    def fails(_: Paragraph) -> ClassifiedParagraph:
        raise ZeroDivisionError("a rule divides by the number of verbs")

    letter = letter_of(handle(consumed(paragraph_value()), fails).outputs)
    assert letter.stage == "analyse"
    assert "ZeroDivisionError: a rule divides" in letter.reason


@pytest.mark.parametrize("fault", [MemoryError(), OSError(28, "No space left on device")])
def test_a_fault_of_the_machine_is_no_verdict(fault: Exception) -> None:
    def fails(_: Paragraph) -> ClassifiedParagraph:
        raise fault

    with pytest.raises(type(fault)):
        handle(consumed(paragraph_value()), fails)


def test_outputs_too_large_for_their_topic_become_a_dead_letter() -> None:
    def unfolds(paragraph: Paragraph) -> ClassifiedParagraph:
        full = one_statistic(paragraph)
        return full.model_copy(update={"statistics": full.statistics * 60})

    letter = letter_of(handle(consumed(paragraph_value("长" * 90_000)), unfolds).outputs)
    assert letter.stage == "encode"
    assert CLASSIFIED.name in letter.reason


def test_a_refused_record_keeps_the_reason_given() -> None:
    letter = letter_of(refuse(consumed(b"x"), "produce", "Broker: Message size too large").outputs)
    assert (letter.stage, letter.reason) == ("produce", "Broker: Message size too large")


def test_the_next_offsets_are_one_past_the_last_of_each_partition() -> None:
    batch = [
        Consumed("t", partition, offset, None, None, None) for partition, offset in ((0, 5), (1, 9), (0, 6), (0, 8))
    ]
    assert sorted((tp.partition, tp.offset) for tp in next_offsets(batch)) == [(0, 9), (1, 10)]
