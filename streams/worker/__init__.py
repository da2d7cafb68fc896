"""Kafka in, Kafka out, exactly once. ``loop.py`` is the page to read first."""
