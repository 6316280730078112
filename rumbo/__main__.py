"""`python -m rumbo` is the `rumbo` command."""

from rumbo.cli import main

main()
