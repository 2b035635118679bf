"""The estimate: a whole answer on the terminal against an interpreter that does nothing."""

from benchmarks.measuring import in_turn, table
from benchmarks.start import run

RUNS = 21
QUESTION = ("estimate", "--size", "40", "--instances", "10", "--run-time", "1h")


def main() -> None:
    """Measure and print."""
    main_ = "from billing.cli.main import main; main()"
    shown, as_json, nothing = in_turn(
        lambda: run(main_, *QUESTION), lambda: run(main_, *QUESTION, "--json"), lambda: run("pass"), runs=RUNS
    )
    rows = [
        ("imcost estimate", f"{shown / nothing:.1f} × python -c pass", "≤ 20 ×", ""),
        ("imcost estimate --json", f"{as_json / nothing:.1f} × python -c pass", "≤ 20 ×", ""),
    ]
    table("The estimate", rows)


if __name__ == "__main__":
    main()
