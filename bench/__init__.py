"""Benchmarks: each prints its figure and, where there is one, a peer's of the same run."""
