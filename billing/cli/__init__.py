"""The command line: it parses, opens, reads the clock and the environment, and prints. Nothing imports it.

Each command is one module here with a click command called `command`; main.py names them. Libraries that are slow to import
are imported inside functions, so that `imcost --help` costs no more than click does.
"""
