"""The public API of a library, as the commands use it."""
