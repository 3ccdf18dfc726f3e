"""The local AWS services: `python -m local.ministack`."""

import gc


def main() -> None:
    """Import and run the server."""
    gc.disable()  # importing makes a hundred thousand objects, and nearly all of them stay
    from local.ministack import server

    gc.freeze()  # they stay: no collection need look at them, least of all the one at exit
    gc.enable()
    server.main()


if __name__ == "__main__":
    main()
