"""Entry point of `python -m infrastructure.deploy`."""

from infrastructure.deploy.cli import main

if __name__ == "__main__":
    main()
