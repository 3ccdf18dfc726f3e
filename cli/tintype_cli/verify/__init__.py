"""Compares an export with its files, and with a library: the one it is of, or one that it was imported into."""
