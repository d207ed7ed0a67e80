"""Stands between protected cells and their release: judges them with everything told before."""
