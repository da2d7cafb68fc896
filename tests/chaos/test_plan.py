"""A plan is the seed's alone, keeps somebody at work, and uses every fault before any twice."""

import pytest

from tests.chaos.plan import END_OF, FAULTS, Step, make_plan

SEEDS = range(1, 60)


def test_a_seed_gives_the_same_plan_and_another_seed_another() -> None:
    assert make_plan(4, 20, 50_000) == make_plan(4, 20, 50_000)
    assert make_plan(4, 20, 50_000) != make_plan(5, 20, 50_000)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_plan_has_its_faults_in_order_each_ended(seed: int) -> None:
    plan = make_plan(seed, 20, 50_000)
    assert [step.at for step in plan] == sorted(step.at for step in plan)
    assert all(step.at > 0 for step in plan)
    begun = [step for step in plan if step.begins]
    assert [step.fault for step in begun] == list(range(20))
    ends = {(step.fault, step.action) for step in plan if not step.begins}
    assert ends == {(step.fault, END_OF[step.action]) for step in begun if step.action in END_OF}
    assert all(plan.index(step) < plan.index(_end_of(step, plan)) for step in begun if step.action in END_OF)


def _end_of(step: Step, plan: list[Step]) -> Step:
    return next(other for other in plan if other.fault == step.fault and not other.begins)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_member_is_always_up(seed: int) -> None:
    up = {0, 1}
    for step in make_plan(seed, 20, 50_000):
        if step.action in ("kill_worker", "freeze_worker", "stop_worker"):
            assert step.member in up
            up.remove(step.member)
        elif step.member is not None:
            assert step.member not in up
            up.add(step.member)
        assert up


def test_every_fault_is_used_before_any_is_used_again() -> None:
    kinds = {step.action for seed in range(1, 6) for step in make_plan(seed, len(FAULTS), 50_000) if step.begins}
    assert kinds == set(FAULTS)
