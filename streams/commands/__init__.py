"""One file per command of ``report-streams``: options in, calls of the rooms, text out.

Only ``streams.cli`` imports these.
"""
