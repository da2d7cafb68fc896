"""``python -m streams`` is ``report-streams``."""

from streams.cli import main

main()
