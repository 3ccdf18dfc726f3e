"""Runs every benchmark, or those named, and prints their tables."""

import platform
import sys
from datetime import UTC, datetime

from benchmarks import (
    album_bundle,
    albums,
    bundles,
    functions,
    images,
    imports,
    labels,
    library,
    look_alikes,
    reads,
    sampling,
    search,
    startup,
    writes,
)

ALL = {
    "startup": startup.run,
    "functions": functions.run,
    "images": images.run,
    "labels": labels.run,
    "reads": reads.run,
    "writes": writes.run,
    "sampling": sampling.run,
    "bundles": bundles.run,
    "album": album_bundle.run,
    "albums": albums.run,
    "library": library.run,
    "search": search.run,
    "look-alikes": look_alikes.run,
    "import": imports.run,
}


def main() -> None:
    """Print each table as Markdown, ready for README.md."""
    names = sys.argv[1:] or list(ALL)
    unknown = [name for name in names if name not in ALL]
    if unknown:
        sys.exit(f"Unknown benchmark {unknown[0]!r}; choose from {', '.join(ALL)}.")
    print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, Python {platform.python_version()}\n")
    for name in names:
        print(f"## {name}\n", flush=True)
        for line in ALL[name]():
            print(line, flush=True)
        print()


if __name__ == "__main__":
    main()
