"""Dead letters back to their topics, each once: chosen, paced, sent or parked, and told one by one."""

import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

import click

from schemas.codec import encode
from schemas.redrive import Outcome, Redrive, attempts, redrive_id, redriven_headers
from schemas.topics import PARKED, REDRIVEN
from streams.commands.letter_options import Selection, opened_letters
from streams.errors import InputRefusedError, UsageError
from streams.settings import Settings

if TYPE_CHECKING:
    from streams.clients.dead_letters import FoundLetter
    from streams.worker.resend import Outgoing, Place, Resender

SOURCE = "/report-streams/redrive"
"""``ce_source`` of marks and of parked dead letters."""
BATCH = 200
"""Most records in one transaction."""
BATCH_BYTES = 4 * 1024 * 1024
TRANSACTIONS_PER_SECOND = 5
"""With a rate; a transaction is never open while the rate is waited for."""
COLUMNS = (("result", 12), ("id", 12), ("at", 8), ("original", 10), ("now at", 12), ("attempt", 7), ("reason", 0))

_RATE = re.compile(r"^(\d{1,6}(?:\.\d{1,6})?)(?:/s)?$")

Told = Literal["sent", "parked", "already sent", "already parked", "failed", "would send", "would park"]

Order = tuple["FoundLetter", Outcome]
_WOULD: dict[Outcome, Told] = {"sent": "would send", "parked": "would park"}


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one dead letter; ``place`` is where its record stands now."""

    found: "FoundLetter"
    told: Told
    reason: str | None = None
    place: "Place | None" = None


def per_second(text: str | None) -> float | None:
    """The number in ``50`` or ``50/s``.

    Raises:
        UsageError: it is neither, or zero.
    """
    if text is None:
        return None
    told = _RATE.match(text)
    if told is None or not float(told[1]):
        raise UsageError(f"--rate {text!r}: write how many records a second, such as 50 or 50/s")
    return float(told[1])


def redrive_letters(settings: Settings, wanted: Selection, *, rate: float | None, dry_run: bool, jsonl: bool) -> int:
    """Send back what is meant, print a result for each, then the counts; the exit code.

    Raises:
        InputRefusedError: none of the letters that were named is there.
        TakenOverError: another redrive has started meanwhile.
        BrokerUnavailableError: Kafka has gone.
    """
    from streams.commands.cluster import reachable_bootstrap

    servers = reachable_bootstrap(settings)
    counts: Counter[str] = Counter()
    missing = set(wanted.wanted.names)
    show = _shown_as_json if jsonl else _shown_as_rows()
    try:
        for result in _results(settings, servers, wanted, rate, dry_run=dry_run):
            counts[result.told] += 1
            missing -= {name for name in missing if _names(name, result.found)}
            show(result)
    finally:
        click.echo(
            ", ".join(f"{count:,} {told}" for told, count in sorted(counts.items())) or "nothing to do", err=True
        )
    if missing:
        raise InputRefusedError(f"no dead letter {', '.join(sorted(missing))}")
    return 1 if counts["failed"] else 0


def _results(
    settings: Settings, servers: str, wanted: Selection, rate: float | None, *, dry_run: bool
) -> Iterator[Result]:
    """One result for each dead letter that is meant, in the order of their topic."""
    from streams.worker.resend import Resender

    if dry_run:
        with opened_letters(settings, wanted.parked, servers) as letters:
            choice = _Choice(settings, wanted.parked, letters.existing_topics())
            for found in wanted.of(letters):
                told = choice.about(found)
                yield (
                    told
                    if isinstance(told, Result)
                    else Result(found, "would park" if told == "parked" else "would send")
                )
        return
    # Before the marks are read: from now on no other redrive can add to them.
    resender = Resender(settings, servers, f"{settings.topic_prefix}report-streams-redrive")
    try:
        with opened_letters(settings, wanted.parked, servers) as letters:
            choice = _Choice(settings, wanted.parked, letters.existing_topics())
            yield from _sent(_Sending(settings, resender), choice, wanted.of(letters), rate)
    finally:
        resender.close()


class _Choice:
    """What is to be done about a dead letter, from its state, its attempts and the topics there are."""

    def __init__(self, settings: Settings, from_parking: bool, topics: set[str]) -> None:
        self._most = settings.redrive_attempts
        self._from_parking = from_parking
        self._topics = topics
        self._met: set[str] = set()

    def about(self, found: "FoundLetter") -> Result | Outcome:
        """A result when there is nothing to send, otherwise what to do."""
        identity = redrive_id(found.letter)
        if identity in self._met or found.state in ("redriven", "resolved", "failed-again"):
            return Result(found, "already sent")
        if found.state == "parked" and not self._from_parking:
            return Result(found, "already parked")
        if found.letter.topic not in self._topics:
            return Result(found, "failed", f"its topic {found.letter.topic} does not exist")
        self._met.add(identity)
        # Whoever takes a record from the parking topic has decided about it.
        return "sent" if self._from_parking or attempts(found.letter) < self._most else "parked"


class _Sending:
    """Sends batches, and looks one by one for the record that Kafka refuses."""

    def __init__(self, settings: Settings, resender: "Resender") -> None:
        self._prefix = settings.topic_prefix
        self._resender = resender

    def send(self, batch: "Sequence[Order]") -> Iterator[Result]:
        """A result for each of the batch, once they are committed."""
        from streams.worker.resend import RecordRefusedError

        records = [self._outgoing(found, outcome) for found, outcome in batch]
        try:
            places = self._resender.transact(records, lambda places: self._marks(batch, places))
        except RecordRefusedError as refusal:
            if len(batch) > 1:
                for one in batch:
                    yield from self.send([one])
            else:
                yield Result(batch[0][0], "failed", str(refusal))
            return
        for (found, outcome), place in zip(batch, places, strict=True):
            yield Result(found, outcome, _why(outcome, found), place)

    def _outgoing(self, found: "FoundLetter", outcome: Outcome) -> "Outgoing":
        from streams.worker.resend import Outgoing

        letter = found.letter
        if outcome == "parked":
            message = encode(letter, source=SOURCE, time=found.written)
            return Outgoing(self._prefix + PARKED.name, message.key, message.value, message.headers)
        # A record without a key has no partition that is its own but the one it came from.
        partition = letter.partition if letter.key is None else None
        return Outgoing(letter.topic, letter.key, letter.value, redriven_headers(letter), partition)

    def _marks(self, batch: "Sequence[Order]", places: Sequence["Place"]) -> list["Outgoing"]:
        from streams.worker.resend import Outgoing

        now = datetime.now(UTC)
        marks = []
        for (found, outcome), (topic, partition, offset) in zip(batch, places, strict=True):
            mark = Redrive(
                id=redrive_id(found.letter),
                outcome=outcome,
                attempt=attempts(found.letter) + 1,
                dead_letter_id=found.letter.id,
                topic=topic,
                partition=partition,
                offset=offset,
                at=now,
            )
            message = encode(mark, source=SOURCE, time=now)
            marks.append(Outgoing(self._prefix + REDRIVEN.name, message.key, message.value, message.headers))
        return marks


def _sent(sending: _Sending, choice: _Choice, letters: "Iterable[FoundLetter]", rate: float | None) -> Iterator[Result]:
    """A result for each, in their order; those with nothing to send wait for the batch that they stand among."""
    pace = Pace(rate, time.monotonic, time.sleep)
    most = BATCH if rate is None else min(BATCH, max(1, int(rate / TRANSACTIONS_PER_SECOND)))
    waiting: list[Result | Order] = []
    count = size = 0
    for found in letters:
        told = choice.about(found)
        if isinstance(told, Result):
            waiting.append(told)
        else:
            waiting.append((found, told))
            count, size = count + 1, size + found.size
        if not count or count >= most or size >= BATCH_BYTES or len(waiting) >= 2 * BATCH:
            yield from _settled(sending, pace, waiting)
            waiting, count, size = [], 0, 0
    yield from _settled(sending, pace, waiting)


def _settled(sending: _Sending, pace: "Pace", waiting: "Sequence[Result | Order]") -> Iterator[Result]:
    orders = [one for one in waiting if not isinstance(one, Result)]
    if orders:
        pace.wait(len(orders))
    sent = sending.send(orders) if orders else iter(())
    for one in waiting:
        yield one if isinstance(one, Result) else next(sent)


class Pace:
    """Keeps to a rate: waits before so many records as long as those before them should have taken."""

    def __init__(self, rate: float | None, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._rate = rate
        self._clock = clock
        self._sleep = sleep
        self._next = clock()

    def wait(self, count: int) -> None:
        """Return once ``count`` records may be sent."""
        if self._rate is None:
            return
        now = self._clock()
        if now < self._next:
            self._sleep(self._next - now)
        self._next = max(now, self._next) + count / self._rate


def _why(outcome: Outcome, found: "FoundLetter") -> str | None:
    return f"sent back {attempts(found.letter)} times in vain" if outcome == "parked" else None


def _names(name: str, found: "FoundLetter") -> bool:
    from streams.clients.letter_filter import names

    return names(name, found)


def _shown_as_json(result: Result) -> None:
    from streams.commands.letter_rows import as_json

    place = None if result.place is None else dict(zip(("topic", "partition", "offset"), result.place, strict=True))
    told = {"result": result.told, "attempt": attempts(result.found.letter) + 1, "why": result.reason, "now_at": place}
    click.echo(json.dumps({**told, **as_json(result.found)}, ensure_ascii=False))
    sys.stdout.flush()


def _shown_as_rows() -> Callable[[Result], None]:
    from streams.commands.letter_rows import TablePrinter

    printer = TablePrinter(COLUMNS, sys.stdout)

    def show(result: Result) -> None:
        found, letter = result.found, result.found.letter
        printer.print(
            result.told,
            letter.id[:12],
            f"{found.partition}:{found.offset}",
            f"{letter.partition}:{letter.offset}",
            "-" if result.place is None else f"{result.place[1]}:{result.place[2]}",
            str(attempts(letter) + 1),
            result.reason or "",
        )

    return show
