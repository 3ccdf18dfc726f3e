"""`python -m tintype_cli`."""

from tintype_cli.commands import main

main()
