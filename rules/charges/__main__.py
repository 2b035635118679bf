"""Prints the page about the charges: `python -m rules.charges > docs/charges.md`."""

import sys

from rules.charges.page import page

sys.stdout.write(page())
