"""Regiebeeld: the open intelligence function for municipal safety."""

__version__ = "0.1.0"
