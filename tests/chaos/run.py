"""One run: a broker, a proxy, workers and a load under the faults of a plan, and the checker's verdict at the end.

1. start the broker behind the proxy, make the topics, start the workers;
2. for each step of the plan: let the pusher run ahead of it, wait until so many records are committed, take it;
3. let the rest be pushed, and wait until all is committed;
4. stop the workers, wait until no transaction is open, read all topics and check.

When nothing moves for ``patience_s`` the next step is taken all the same: the order stays, and no plan hangs.
"""

import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, cast

from schemas.topics import TOPICS
from streams.broker.properties import HOST
from streams.clients.topic_admin import TopicAdmin
from streams.settings import Settings
from tests.chaos import disk
from tests.chaos.broker import ChaosBroker
from tests.chaos.checker import Verdict, check
from tests.chaos.load import load
from tests.chaos.members import Members
from tests.chaos.plan import FAULTS, FIRST_MEMBERS, Action, Step, make_plan
from tests.chaos.progress import Progress
from tests.chaos.proxy import Proxy, Side
from tests.chaos.pusher import Pusher
from tests.chaos.topics import Topics

WORKER = (sys.executable, "-m", "streams", "worker")
GROUP = "report-streams"
QUICK = {
    # The shortest that Kafka takes by default; short transactions, so that many are open when a fault comes.
    "worker_session_timeout_ms": "6000",
    "worker_transaction_timeout_ms": "5000",
    "worker_batch_records": "100",
    "metrics_port": "0",
}
_END_PATIENCE_S = 90.0
_STOP_S = 60.0
_FULL_DISK_S = 30.0
_POLL_S = 0.05


@dataclass(frozen=True)
class Scenario:
    """What to run; the same seed, faults and records give the same load and the same steps.

    ``static`` gives each member an instance id, so that one that comes back has its partitions at once.
    """

    seed: int
    faults: int
    records: int
    kinds: Sequence[Action] = FAULTS
    command: Sequence[str] = WORKER
    settings: Mapping[str, str] = field(default_factory=dict)
    patience_s: float = 25.0
    members: int = FIRST_MEMBERS
    static: bool = False
    plan: Sequence[Step] | None = None

    @property
    def steps(self) -> Sequence[Step]:
        """The plan given, or the seed's."""
        return self.plan if self.plan is not None else make_plan(self.seed, self.faults, self.records, self.kinds)

    @property
    def replay(self) -> str:
        """The one command that runs it again."""
        kinds = "" if tuple(self.kinds) == FAULTS else f" KINDS={','.join(self.kinds)}"
        return f"make chaos SEED={self.seed} FAULTS={self.faults} RECORDS={self.records}{kinds}"


@dataclass
class Outcome:
    """What a run came to. ``ends`` are processes that ended otherwise than asked, each started anew."""

    seed: int
    faults: int = 0
    skipped: list[str] = field(default_factory=list)
    verdict: Verdict = field(default_factory=Verdict)
    stuck: str | None = None
    refused: list[str] = field(default_factory=list)
    open_transactions: list[str] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)
    longest_stall_s: float = 0.0
    stall_during: str = ""
    recoveries: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def failures(self) -> list[str]:
        """Why the run failed; empty when every promise was kept."""
        told = [f"{name} {count}" for name, count in self.verdict.faults.items()]
        told += [f"stuck: {self.stuck}"] if self.stuck else []
        told += [f"the pusher failed: {self.refused[0]}"] if self.refused else []
        told += [f"open transactions: {', '.join(self.open_transactions)}"] if self.open_transactions else []
        return told + self.orphans

    def line(self) -> str:
        """The run in one line."""
        verdict = self.verdict
        return (
            f"seed {self.seed}: {self.faults} faults, {verdict.records} records, {verdict.classified} classified, "
            f"{verdict.dead_letters} dead letters, {verdict.events} events; lost {verdict.lost + verdict.events_lost}, "
            f"twice {verdict.twice + verdict.events_twice}, out of order {verdict.out_of_order}, "
            f"longest stall {self.longest_stall_s:.1f} s ({self.stall_during}), {self.seconds:.0f} s"
        )


def run(scenario: Scenario, folder: Path, cache: Path) -> Outcome:
    """Run it; logs, plan and outcome are in ``folder``, which exists and is empty, and stay there."""
    begun = time.monotonic()
    with ExitStack() as stack:
        outcome = _Run(scenario, folder, cache, stack).outcome()
    outcome.seconds = time.monotonic() - begun
    (folder / "outcome.json").write_text(json.dumps(asdict(outcome), ensure_ascii=False, indent=1), "utf-8")
    return outcome


class _Run:
    def __init__(self, scenario: Scenario, folder: Path, cache: Path, stack: ExitStack) -> None:
        self._scenario = scenario
        self._folder = folder
        self._steps = scenario.steps
        self._outcome = Outcome(scenario.seed)
        _write_lines(folder / "plan.jsonl", [step.as_json() for step in self._steps])
        self._taken = stack.enter_context((folder / "taken.jsonl").open("w", encoding="utf-8", buffering=1))
        self._disk = folder / "disk"
        self._disk.mkdir()
        self._no_disk = self._small_disk(stack)
        self._broker = stack.enter_context(ChaosBroker(folder / "kafka", cache, self._disk))
        self._proxy = Proxy(self._broker.proxied_port)
        stack.callback(self._proxy.close)
        self._broker.start(self._proxy.port)
        self._make_topics()
        settings = QUICK | dict(scenario.settings) | {"bootstrap_servers": f"{HOST}:{self._proxy.port}"}
        self._members = Members(scenario.command, settings, folder, static=scenario.static)
        stack.callback(self._members.end_all)
        self._pusher = Pusher(self._broker.bootstrap_servers, load(scenario.seed, scenario.records))
        stack.callback(self._pusher.close)
        self._progress = Progress(self._broker.bootstrap_servers, GROUP, lambda: self._pusher.ends)
        stack.callback(self._progress.close)
        self._begun = time.monotonic()

    def outcome(self) -> Outcome:
        for member in range(self._scenario.members):
            self._members.start(member)
        # The first step waits for processes to start, which is no stand-still.
        patience_s = _END_PATIENCE_S
        spacing = self._scenario.records // (len(self._steps) + 2)
        for step in self._steps:
            self._pusher.allow(step.at + 2 * spacing)
            moved = self._wait(step.at, patience_s)
            patience_s = self._scenario.patience_s
            self._take(step, moved)
        self._pusher.allow(self._scenario.records)
        if not self._wait(self._scenario.records, _END_PATIENCE_S):
            self._outcome.stuck = f"{self._progress.committed} of {self._scenario.records} records after the last step"
        self._stop()
        return self._outcome

    def _small_disk(self, stack: ExitStack) -> str | None:
        """Why the disk cannot be filled; None when it can."""
        if not any(step.action == "fill_disk" for step in self._steps):
            return "no step fills it"
        mebibytes = 256 + self._scenario.records * 6 // 1024
        return stack.enter_context(disk.small_disk(self._disk, mebibytes))

    def _make_topics(self) -> None:
        settings = Settings(bootstrap_servers=self._broker.bootstrap_servers)
        with TopicAdmin(settings, self._broker.bootstrap_servers) as admin:
            admin.create(TOPICS)

    def _wait(self, records: int, patience_s: float) -> bool:
        """Wait until so many records are committed; False when nothing moved for so long."""
        begun = time.monotonic()
        while self._progress.committed < records:
            self._members.tend()
            if time.monotonic() - max(begun, self._progress.moved) > patience_s:
                return False
            time.sleep(_POLL_S)
        return True

    def _take(self, step: Step, moved: bool) -> None:
        name = f"{step.fault} {step.action}"
        told = step.as_json() | {"committed": self._progress.committed, "after_s": self._now(), "moved": moved}
        self._progress.step(name)
        self._outcome.faults += step.begins
        why_not = self._do(step)
        if why_not is not None:
            self._outcome.faults -= 1
            self._outcome.skipped.append(f"{name}: {why_not}")
        self._taken.write(json.dumps(told | {"done_s": self._now()}) + "\n")
        self._progress.over(name)

    def _now(self) -> float:
        return round(time.monotonic() - self._begun, 2)

    def _do(self, step: Step) -> str | None:
        """Do what the step says; why it could not be done."""
        if step.action == "fill_disk":
            return self._fill_disk()
        member = -1 if step.member is None else step.member
        deeds: dict[Action, Callable[[], object]] = {
            "kill_worker": lambda: self._kill_worker(member, step),
            "start_worker": lambda: self._members.start(member),
            "freeze_worker": lambda: self._members.freeze(member),
            "thaw_worker": lambda: self._members.thaw(member),
            "add_worker": lambda: self._members.start(member),
            "stop_worker": lambda: self._members.stop(member, _STOP_S),
            "kill_broker": lambda: self._restart_broker(self._broker.kill, step.seconds),
            "stop_broker": lambda: self._restart_broker(self._broker.stop, step.seconds),
            "freeze_broker": lambda: self._broker.freeze(step.seconds),
            "cut": self._proxy.cut,
            "half_close": lambda: self._proxy.half_close(cast(Side, step.scope)),
            "swallow": lambda: self._swallow(step.seconds),
            "delay": lambda: self._proxy.delay(step.seconds),
            "undelay": lambda: self._proxy.delay(0.0),
        }
        deeds[step.action]()
        return None

    def _kill_worker(self, member: int, step: Step) -> None:
        time.sleep(step.seconds)
        self._members.kill(member, step.scope)

    def _restart_broker(self, end: Callable[[], object], seconds: float) -> None:
        end()
        time.sleep(seconds)
        self._broker.start(self._proxy.port)

    def _swallow(self, seconds: float) -> None:
        """Requests arrive and are carried out, their replies never come, and then the connections are cut."""
        self._proxy.swallow(True)
        time.sleep(seconds)
        self._proxy.cut()
        self._proxy.swallow(False)

    def _fill_disk(self) -> str | None:
        if self._no_disk is not None:
            return self._no_disk
        disk.fill(self._disk)
        try:
            if not self._broker.ends_within(_FULL_DISK_S):
                self._broker.kill()
        finally:
            disk.free(self._disk)
        self._broker.start(self._proxy.port)
        return None

    def _stop(self) -> None:
        outcome = self._outcome
        for member in self._members.running():
            self._members.stop(member, _STOP_S)
        self._pusher.close()
        self._progress.close()
        outcome.refused = self._pusher.refused
        outcome.ends, outcome.orphans = self._members.ends, self._members.orphans
        stalls = self._progress.stalls
        outcome.longest_stall_s, outcome.stall_during = stalls.longest, stalls.during
        outcome.recoveries = {name: round(seconds, 2) for name, seconds in stalls.recoveries.items()}
        topics = Topics(self._broker.bootstrap_servers)
        outcome.open_transactions = topics.open_transactions(wait_s=20)
        outcome.verdict = check(topics.read)


def _write_lines(path: Path, lines: Sequence[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
