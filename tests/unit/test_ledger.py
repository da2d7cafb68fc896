"""The ledgers of the audit: whatever happened to each input is told, and nothing cancels out."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.clients.ledger import EventLedger, OutputLedger, Outputs

PLACES = st.tuples(st.integers(0, 1), st.integers(8, 22))
STRETCHES = {0: (10, 20), 1: (0, 12)}


@given(st.lists(st.tuples(PLACES, st.booleans())), st.sets(PLACES))
def test_each_input_has_the_outputs_that_were_entered_for_it(
    outputs: list[tuple[tuple[int, int], bool]], inputs: set[tuple[int, int]]
) -> None:
    ledger = OutputLedger(STRETCHES)
    for (partition, offset), dead in outputs:
        ledger.enter(partition, offset, dead=dead)
    within = {place for place in inputs if ledger.covers(*place)}
    assert within == {(p, o) for p, o in inputs if STRETCHES[p][0] <= o < STRETCHES[p][1]}
    wanted = Counter(outputs)
    for place in within:
        assert ledger.look_up(*place) == Outputs(min(7, wanted[place, False]), min(7, wanted[place, True]))
    orphans = {place for place, _ in outputs if ledger.covers(*place)} - within
    assert {(partition, offset) for partition, offset, _ in ledger.without_input()} == orphans


def test_a_count_that_is_full_does_not_spill_into_its_neighbour() -> None:
    ledger = OutputLedger({0: (0, 1)})
    for _ in range(300):
        ledger.enter(0, 0, dead=False)
        ledger.enter(0, 0, dead=True)
    assert ledger.look_up(0, 0) == Outputs(7, 7)
    assert ledger.look_up(0, 0).count == 14


def test_outputs_elsewhere_are_passed_over() -> None:
    ledger = OutputLedger({0: (5, 6), 3: (9, 4)})
    for place in ((0, 4), (0, 6), (1, 5), (3, 5)):
        assert not ledger.covers(*place)
        ledger.enter(*place, dead=True)
    assert list(ledger.without_input()) == []


@given(st.lists(st.sampled_from("abcd"), max_size=6), st.lists(st.sampled_from("abcd"), max_size=6))
def test_events_balance_only_when_they_are_the_same(expected: list[str], found: list[str]) -> None:
    ledger = EventLedger({0: (7, 9)})
    for name in expected:
        ledger.expect(0, 8, name)
    for name in found:
        ledger.find(0, 8, name)
    assert (ledger.fault(0, 8) is None) == (Counter(expected) == Counter(found))
    assert ledger.is_short(0, 8) == (len(expected) > len(found))
    assert ledger.fault(0, 7) is None


@pytest.mark.parametrize(
    ("expected", "found", "said"),
    [("ab", "a", "1 of its events are missing"), ("a", "aa", "1 events too many"), ("a", "b", "others than its items")],
)
def test_a_fault_says_what_is_wrong(expected: str, found: str, said: str) -> None:
    ledger = EventLedger({0: (0, 1)})
    for name in expected:
        ledger.expect(0, 0, name)
    for name in found:
        ledger.find(0, 0, name)
    assert said in str(ledger.fault(0, 0))


def test_a_million_inputs_take_a_megabyte() -> None:
    ledger = OutputLedger({0: (0, 1_000_000)})
    assert sum(len(slots) for slots in ledger._slots.values()) == 1_000_000
