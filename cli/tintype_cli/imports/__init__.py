"""Brings the photos of a source into a library, and continues after interruptions."""
