"""Google Photos by way of Google Takeout: folders or zips, with a JSON file beside each photo."""

from tintype_cli.sources.takeout.source import TakeoutSource, detect

__all__ = ["TakeoutSource", "detect"]
