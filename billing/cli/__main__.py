"""`python -m billing.cli`: the same as `imcost`."""

from billing.cli.main import main

main()
