"""Measurements that stand in benchmarks/README.md, and what they are made on. Not part of what is installed."""
