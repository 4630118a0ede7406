"""Benchmarks: `make bench`, or `python -m tests.bench latency`. They report; only sizes can fail."""
