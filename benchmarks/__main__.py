"""Runs every benchmark, or those named, and prints their tables."""

import platform
import sys
from datetime import UTC, datetime

from benchmarks import bundles, images, reads, sampling, startup

ALL = {
    "startup": startup.run,
    "images": images.run,
    "reads": reads.run,
    "sampling": sampling.run,
    "bundles": bundles.run,
}


def main() -> None:
    """Print each table as Markdown, ready for README.md beside this file."""
    wanted = sys.argv[1:] or list(ALL)
    unknown = [name for name in wanted if name not in ALL]
    if unknown:
        sys.exit(f"There is no benchmark {unknown[0]!r}; there are {', '.join(ALL)}.")
    print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, Python {platform.python_version()}\n")
    for name in wanted:
        print(f"## {name}\n", flush=True)
        for line in ALL[name]():
            print(line, flush=True)
        print()


if __name__ == "__main__":
    main()
