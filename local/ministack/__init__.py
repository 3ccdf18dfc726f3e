"""Patches of MiniStack, run in MiniStack's own environment; each module is named for what it patches."""
