"""Benchmarks, each next to a plain reference in the same run: `make bench`, or `python -m benchmarks NAME`."""
