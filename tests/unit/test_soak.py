"""The soak's verdict and its picture, over samples made by hand."""

from xml.etree import ElementTree

from benchmarks.soak import faults_of, growth
from benchmarks.soak_chart import chart
from benchmarks.soak_worker import Sample


def samples(late_rss: int = 200, late_files: int = 40) -> list[Sample]:
    early = [Sample(second, 10 * second, 200_000_000, 40, 12, 2) for second in range(50)]
    late = [Sample(second, 10 * second, late_rss * 1_000_000, late_files, 12, 2) for second in range(50, 101)]
    return early + late


def test_what_stays_flat_is_without_fault() -> None:
    assert faults_of(growth(samples(late_rss=219))) == []


def test_memory_and_files_that_grow_are_named() -> None:
    assert faults_of(growth(samples(late_rss=230))) == ["memory grew 1.15 times"]
    assert faults_of(growth(samples(late_files=60))) == ["files grew from 40 to 60"]


def test_the_picture_is_svg_with_a_line_for_each_series() -> None:
    drawn = ElementTree.fromstring(chart("title", [0, 1, 2], [("memory", [1.0, 2.0, 3.0]), ("files", [4.0, 4.0, 4.0])]))  # noqa: S314 -- drawn here
    assert len(drawn.findall("{http://www.w3.org/2000/svg}polyline")) == 2
