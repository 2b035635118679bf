"""`imcost check`: the invariants of the workspace, and the rows that break one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from billing.cli.options import Context, common_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from billing.checks import Finding

BROKEN = 1
"""The exit code where an error was found; warnings alone leave it at 0."""

ROWS_SHOWN = 5
"""Rows of a finding in the table; --json has more."""

EXAMPLE = """
\b
Examples:
  imcost check
  imcost check --json
"""


@click.command(name="check", help=f"Check the invariants of the workspace.\n{EXAMPLE}")
@common_options
def command(ctx: Context) -> None:
    """Print the rows that break an invariant; exit code 1 where one is an error."""
    from billing.checks import run_checks

    findings = run_checks(ctx.open_store(), as_of=ctx.as_of)
    if ctx.json:
        ctx.print_json(
            {
                f"{severity}s": [each.to_json() for each in findings if each.check.severity == severity]
                for severity in ("error", "warning")
            }
        )
    else:
        _print(ctx, findings)
    ctx.exit(BROKEN if any(each.check.severity == "error" for each in findings) else 0)


def _print(ctx: Context, findings: Sequence[Finding]) -> None:
    """Every finding with its first rows."""
    for each in findings:
        name, message = each.check.name, ctx.safe(each.check.message)
        ctx.console.print(f"[bold]{each.check.severity}[/bold] {name}: {message} ({each.count:,})")
        for row in each.rows[:ROWS_SHOWN]:
            shown = "  ".join(
                f"{column}={_text(value)}" for column, value in row.items() if value is not None
            )
            ctx.console.print(f"    {ctx.safe(shown)}")
        if each.count > ROWS_SHOWN:
            ctx.console.print(f"    and {each.count - min(each.count, ROWS_SHOWN):,} more")
    if not findings:
        ctx.console.print("every check holds")


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
