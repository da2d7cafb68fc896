"""The metrics' own rules: what a page shows of partitions, and what is read back from a page."""

from prometheus_client import generate_latest

from streams.metrics import Lag, PageOfMetrics, WorkerMetrics


def page(metrics: WorkerMetrics) -> PageOfMetrics:
    return PageOfMetrics(generate_latest(metrics.registry).decode())


def test_a_partition_that_went_to_another_worker_vanishes() -> None:
    metrics = WorkerMetrics()
    metrics.show_lag({0: Lag(5, 1.5), 1: Lag(7, 2.5)})
    assert page(metrics).total("report_streams_lag_records") == 12
    metrics.show_lag({1: Lag(3, 0.5)})
    shown = page(metrics)
    assert shown.total("report_streams_lag_records") == 3
    assert shown.total("report_streams_lag_seconds", partition="1") == 0.5
    assert shown.total("report_streams_assigned_partitions") == 1
    assert b'partition="0"' not in generate_latest(metrics.registry)


def test_a_page_is_read_back_by_name_and_labels() -> None:
    metrics = WorkerMetrics()
    metrics.records_in.inc(31)
    metrics.records_out.labels(topic="plan").inc(4)
    metrics.records_out.labels(topic="speech").inc(2)
    read = page(metrics)
    assert read.records_in == 31
    assert read.total("report_streams_records_out_total") == 6
    assert read.total("report_streams_records_out_total", topic="plan") == 4
    assert read.summary()[1] == "report_streams_records_out_total plan 4, speech 2"
