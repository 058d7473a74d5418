"""`python -m prost_cli` is `prost`."""

from prost_cli.main import main

main()
