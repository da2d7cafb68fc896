"""The soak's picture: memory, open files and threads over records, as SVG without a plotting library."""

from collections.abc import Sequence

WIDTH, HEIGHT, LEFT, BOTTOM = 860, 150, 70, 30
_COLOURS = ("#1f5fa8", "#3b7d3b", "#a85b1f")


def chart(title: str, records: Sequence[int], series: Sequence[tuple[str, Sequence[float]]]) -> str:
    """One panel for each named series over the same records, from zero to a tenth above the series' greatest."""
    panels = [
        _panel(number, name, records, values, _COLOURS[number % len(_COLOURS)])
        for number, (name, values) in enumerate(series)
    ]
    height = 40 + len(panels) * (HEIGHT + BOTTOM)
    size = f'width="{WIDTH}" height="{height}" font-family="sans-serif" font-size="12"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
    background = '<rect width="100%" height="100%" fill="white"/>'
    return "\n".join([head, background, f'<text x="{LEFT}" y="22" font-size="14">{title}</text>', *panels, "</svg>\n"])


def _panel(number: int, name: str, records: Sequence[int], values: Sequence[float], colour: str) -> str:
    top, most, last = 40 + number * (HEIGHT + BOTTOM), 1.1 * max([*values, 1]), max([*records, 1])
    across, up = (WIDTH - LEFT - 20) / last, (HEIGHT - 20) / most
    floor = top + HEIGHT
    points = " ".join(
        f"{LEFT + at * across:.1f},{floor - value * up:.1f}" for at, value in zip(records, values, strict=True)
    )
    return (
        f'<text x="{LEFT}" y="{top + 10}">{name}</text>'
        f'<line x1="{LEFT}" y1="{floor}" x2="{WIDTH - 20}" y2="{floor}" stroke="#888"/>'
        f'<line x1="{LEFT}" y1="{top + 20}" x2="{LEFT}" y2="{floor}" stroke="#888"/>'
        f'<text x="{LEFT - 6}" y="{floor}" text-anchor="end">0</text>'
        f'<text x="{LEFT - 6}" y="{top + 24}" text-anchor="end">{most:.0f}</text>'
        f'<text x="{WIDTH - 20}" y="{floor + 15}" text-anchor="end">{last:,} records</text>'
        f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
    )
