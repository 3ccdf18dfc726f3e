"""The API as `chalice local` serves it, ended with its runner: `python -m local.api PORT`.

Chalice's watcher restarts on every file that changes below the project; the runner's own takes its place.
"""

import sys

from chalice.cli import main as chalice

from local import lifeline
from local.ports import HOST
from local.provision import STAGE


def main() -> None:
    """Serve until told to end."""
    lifeline.ends_with_the_runner()
    sys.argv = ["chalice", "local", "--host", HOST, "--port", sys.argv[1], "--stage", STAGE, "--no-autoreload"]
    chalice()


if __name__ == "__main__":
    main()
