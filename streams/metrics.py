"""The metrics of the service: one list of names, units and labels, served by the worker and used by ``ops/``.

Labels are bounded: step, stage, topic alias and partition number, never an id or a text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.parser import text_string_to_metric_families

STEPS = ("consume", "analyse", "produce", "offsets", "commit")
"""The worker's five steps, in order; the label ``step``."""

# From a tenth of a millisecond to half a minute: an idle commit takes about 2 ms, a stuck broker tens of seconds.
SECONDS_BUCKETS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
BATCH_BUCKETS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)


@dataclass(frozen=True, slots=True)
class Lag:
    """How far behind one partition is: records, and seconds since the newest handled one was produced."""

    records: int
    seconds: float


class WorkerMetrics:
    """What a worker counts, in a registry of its own or the one given."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        self.records_in = Counter(
            "report_streams_records_in", "Paragraph records whose outcome is committed.", registry=self.registry
        )
        self.records_out = Counter(
            "report_streams_records_out",
            "Records committed to an output topic, by the topic's short name.",
            ["topic"],
            registry=self.registry,
        )
        self.dead_letters = Counter(
            "report_streams_dead_letters",
            "Dead letters committed, by the step that refused the record.",
            ["stage"],
            registry=self.registry,
        )
        self.step_seconds = Histogram(
            "report_streams_step_seconds",
            "Seconds that each of the worker's steps took for a batch.",
            ["step"],
            buckets=SECONDS_BUCKETS,
            registry=self.registry,
        )
        self.batch_records = Histogram(
            "report_streams_batch_records", "Records in a batch.", buckets=BATCH_BUCKETS, registry=self.registry
        )
        self.ready = Gauge("report_streams_ready", "1 while /readyz says ready, 0 otherwise.", registry=self.registry)
        self._declare_partitions()
        self._declare_transactions()
        for step in STEPS:
            self.step_seconds.labels(step=step)
        self._lagging: set[int] = set()
        self._stalled: set[tuple[str, str]] = set()

    def _declare_partitions(self) -> None:
        self.lag_records = Gauge(
            "report_streams_lag_records",
            "Records of an assigned partition that are not handled yet; markers of transactions count as records.",
            ["partition"],
            registry=self.registry,
        )
        self.lag_seconds = Gauge(
            "report_streams_lag_seconds",
            "Age in seconds of the newest handled record of an assigned partition with lag; 0 without lag.",
            ["partition"],
            registry=self.registry,
        )
        self.stalled_seconds = Gauge(
            "report_streams_stalled_seconds",
            "Seconds that an assigned partition with waiting records has not moved, and the step that it stands in; "
            "there only while it stands still.",
            ["partition", "step"],
            registry=self.registry,
        )
        self.assigned_partitions = Gauge(
            "report_streams_assigned_partitions", "Input partitions assigned to this worker.", registry=self.registry
        )

    def _declare_transactions(self) -> None:
        self.commits = Counter("report_streams_commits", "Transactions committed.", registry=self.registry)
        self.aborts = Counter(
            "report_streams_aborts", "Transactions given up, by cause.", ["cause"], registry=self.registry
        )
        self.transaction_age = Gauge(
            "report_streams_transaction_age_seconds",
            "Age in seconds of the open transaction; 0 while none is open.",
            registry=self.registry,
        )
        self.analysis_losses = Counter(
            "report_streams_analysis_losses",
            "Analysis processes lost and started anew, by cause: deadline, memory, died, outside.",
            ["cause"],
            registry=self.registry,
        )

    def committed(self, outputs: Mapping[str, int], dead: Sequence[str | None]) -> None:
        """Count a committed batch: its outputs by topic, and for each record the stage that refused it, or None."""
        self.commits.inc()
        self.batch_records.observe(len(dead))
        self.records_in.inc(len(dead))
        for alias, count in outputs.items():
            self.records_out.labels(topic=alias).inc(count)
        for stage in dead:
            if stage is not None:
                self.dead_letters.labels(stage=stage).inc()

    def show_lag(self, lags: Mapping[int, Lag]) -> None:
        """Set the lag of each assigned partition; those that went to another worker vanish from the page."""
        for partition in self._lagging - lags.keys():
            self.lag_records.remove(str(partition))
            self.lag_seconds.remove(str(partition))
        self._lagging = set(lags)
        for partition, lag in lags.items():
            self.lag_records.labels(partition=str(partition)).set(lag.records)
            self.lag_seconds.labels(partition=str(partition)).set(lag.seconds)
        self.assigned_partitions.set(len(lags))

    def show_stalled(self, stalled: Mapping[int, float], step: str) -> None:
        """Set the seconds of each partition that stands still in this step; the others vanish from the page."""
        there = {(str(partition), step): seconds for partition, seconds in stalled.items()}
        for gone in self._stalled - there.keys():
            self.stalled_seconds.remove(*gone)
        self._stalled = set(there)
        for labels, seconds in there.items():
            self.stalled_seconds.labels(*labels).set(seconds)


class BoardsStand(Protocol):
    """How the boards stand, as far as it is measured."""

    refused: int

    @property
    def percent(self) -> int:
        """How much is rebuilt."""
        ...

    def ready(self) -> tuple[bool, str]:
        """Whether the boards can be asked, and why not."""
        ...


class BoardsMetrics:
    """What the boards count, in a registry of its own or the one given."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        self.records = Counter(
            "report_streams_boards_records",
            "Records that the boards have handled, by the topic's short name; read again, they count again.",
            ["topic"],
            registry=self.registry,
        )
        self.lag = Gauge(
            "report_streams_boards_lag_records",
            "Records that the boards have yet to read, those of a changelog that is recovered among them.",
            registry=self.registry,
        )
        self.stalled_seconds = Gauge(
            "report_streams_boards_stalled_seconds",
            "Seconds for which nothing was handled, by partition where records wait; none while the boards go on.",
            ["topic", "partition"],
            registry=self.registry,
        )
        self._ready = self._gauge("ready", "1 while /readyz of the boards says ready, 0 otherwise.")
        self._rebuilt = self._gauge("rebuilt_percent", "How much of the boards is rebuilt; 100 once they are live.")
        self._refused = self._gauge("refused_records", "Records that could not be decoded and were passed over.")
        self._faults = self._gauge("rule_faults", "Paragraphs on which the rules of a board failed, since the start.")
        self._readers = self._gauge("feed_readers", "Readers that listen to /events.")
        self._dropped = self._gauge("feed_dropped", "Readers that were let go since they were too slow.")
        self.outcomes_wait = self._gauge("outcomes_wait", "1 while outcomes cannot be sent; the log says why.")
        self.outcomes = Counter(
            "report_streams_boards_outcomes",
            "Outcomes of plans that were sent, withdrawals too.",
            registry=self.registry,
        )
        self.request_seconds = Histogram(
            "report_streams_boards_request_seconds",
            "Seconds that answers of the boards took, by route and status.",
            ["route", "status"],
            buckets=SECONDS_BUCKETS,
            registry=self.registry,
        )

    def answered(self, route: str, status: int, seconds: float) -> None:
        """A request was answered; the route has its parameters' names, not their values."""
        self.request_seconds.labels(route=route, status=str(status)).observe(seconds)

    def show_stalled(self, stalled: Mapping[tuple[str, int], float]) -> None:
        """Set the seconds of each partition that stands still; the others vanish from the page."""
        self.stalled_seconds.clear()
        for (topic, partition), seconds in stalled.items():
            self.stalled_seconds.labels(topic=topic, partition=str(partition)).set(seconds)

    def show(self, stand: BoardsStand, readers: int, dropped: int, faults: int) -> None:
        """Set how the boards stand."""
        self._ready.set(stand.ready()[0])
        self._rebuilt.set(stand.percent)
        self._refused.set(stand.refused)
        self._faults.set(faults)
        self._readers.set(readers)
        self._dropped.set(dropped)

    def page(self) -> tuple[bytes, str]:
        """The page of metrics, and its content type."""
        return generate_latest(self.registry), CONTENT_TYPE_LATEST

    def _gauge(self, name: str, told: str) -> Gauge:
        return Gauge(f"report_streams_boards_{name}", told, registry=self.registry)


class PageOfMetrics:
    """A page of a worker's metrics, read back."""

    def __init__(self, text: str) -> None:
        self._samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]

    def total(self, name: str, **labels: str) -> float:
        """The sum of a metric's samples that have these labels."""
        return sum(
            sample.value for sample in self._samples if sample.name == name and labels.items() <= sample.labels.items()
        )

    @property
    def records_in(self) -> float:
        """Paragraphs whose outcome is committed."""
        return self.total("report_streams_records_in_total")

    def summary(self) -> list[str]:
        """A few lines for people."""
        out = {
            sample.labels["topic"]: int(sample.value)
            for sample in self._samples
            if sample.name == "report_streams_records_out_total"
        }
        commits = self.total("report_streams_commits_total")
        steps = {step: self.total("report_streams_step_seconds_sum", step=step) for step in STEPS[1:]}
        return [
            f"report_streams_records_in_total {self.records_in:.0f}",
            f"report_streams_records_out_total {', '.join(f'{topic} {count}' for topic, count in sorted(out.items()))}",
            f"report_streams_commits_total {commits:.0f}, aborts {self.total('report_streams_aborts_total'):.0f}",
            f"report_streams_step_seconds {', '.join(f'{step} {seconds:.3f}' for step, seconds in steps.items())}",
            f"report_streams_lag_records {self.total('report_streams_lag_records'):.0f}",
        ]
