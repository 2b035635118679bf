"""The start: `imcost --help` against an interpreter that does nothing."""

import subprocess
import sys

from benchmarks.measuring import in_turn, table

RUNS = 21


def run(code: str, *arguments: str) -> None:
    """A process of its own that runs some Python."""
    subprocess.run([sys.executable, "-c", code, *arguments], check=True, stdout=subprocess.DEVNULL)


def main() -> None:
    """Measure and print."""
    main_ = "from billing.cli.main import main; main()"
    help_, charges, nothing = in_turn(
        lambda: run(main_, "--help"), lambda: run(main_, "charges", "--help"), lambda: run("pass"), runs=RUNS
    )
    rows = [
        ("imcost --help", f"{help_ / nothing:.1f} × python -c pass", "≤ 12 ×", ""),
        ("imcost charges --help", f"{charges / nothing:.1f} × python -c pass", "≤ 12 ×", ""),
    ]
    table("The start", rows)


if __name__ == "__main__":
    main()
