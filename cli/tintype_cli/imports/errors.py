"""Why an import can't begin or go on. The text of each is a sentence for people."""


class ImportStoppedError(Exception):
    """The import stopped; the same command continues it."""


class StateError(ImportStoppedError):
    """The file with the state of the import can't be used."""
