"""Export and import libraries through their public API."""

__version__ = "0.1.0"
