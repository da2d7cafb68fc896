"""What is sent for the outcomes on the topic to be those of the plans board."""

from schemas.outcome import Outcome
from schemas.retraction import taken_back
from streams.boards.outcomes import Standing
from tests.unit.boards_samples import boards, grouped, seed_entries


def wanted() -> dict[str, list[Outcome]]:
    """Of all seeds, by group."""
    groups = grouped(seed_entries())
    found = {group: boards().plans.outcomes(inside) for (board, group), inside in groups.items() if board == "plans"}
    return {group: outcomes for group, outcomes in found.items() if outcomes}


def stands(records: list[Outcome]) -> set[str]:
    """The ids that a reader of the records ends with."""
    standing: set[str] = set()
    for one in records:
        gone = taken_back(one)
        standing.discard(gone) if gone else standing.add(one.id)
    return standing


def ids(groups: dict[str, list[Outcome]]) -> set[str]:
    return {one.id for outcomes in groups.values() for one in outcomes}


def test_what_the_topic_lacks_is_sent_once() -> None:
    all_of_it, topic = wanted(), Standing([])
    sent = topic.lacking(all_of_it, all_groups=True)
    assert {one.id for one in sent} == ids(all_of_it)
    assert len(sent) == len(ids(all_of_it)) > 10
    topic.sent(sent)
    assert topic.lacking(all_of_it, all_groups=True) == []
    assert Standing(sent).lacking(all_of_it, all_groups=True) == []


def test_what_only_the_topic_has_is_taken_back() -> None:
    everything = wanted()
    first, *others = everything
    left = {group: everything[group] for group in others}
    records = Standing([]).lacking(everything, all_groups=True)
    topic = Standing(records)
    gone = topic.lacking(left, all_groups=True)
    assert {one.retracts for one in gone} == {one.id for one in everything[first]}
    assert {one.verdict for one in gone} == {"withdrawn"}
    assert stands(records + gone) == ids(left)


def test_a_group_that_changes_leaves_the_others_alone_and_may_change_back() -> None:
    everything = wanted()
    first = next(iter(everything))
    topic = Standing([])
    records = topic.lacking(everything, all_groups=True)
    topic.sent(records)
    for outcomes in ([], everything[first], everything[first][:1], []):
        more = topic.lacking({first: outcomes}, all_groups=False)
        topic.sent(more)
        records += more
        assert stands(records) == ids({**everything, first: outcomes})
    assert topic.lacking({first: []}, all_groups=False) == []
