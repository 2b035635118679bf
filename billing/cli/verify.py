"""`imcost verify`: prove that nothing closed was changed."""

from __future__ import annotations

from pathlib import Path

import click

from billing.cli.options import Context, common_options

EXAMPLE = """
Every digest, chain and signature is computed anew, and every closed month is billed again from what was frozen.

\b
Examples:
  imcost verify
  imcost verify --public-key their-key.pem --json
"""


@click.command(name="verify", help=f"Prove that nothing closed was changed.\n{EXAMPLE}")
@click.option(
    "--public-key", type=click.Path(dir_okay=False, path_type=Path),
    help="Every statement has to be signed by this Ed25519 key.",
)  # fmt: skip
@common_options
def command(ctx: Context, public_key: Path | None) -> None:
    """Print what was looked at and every fault; exit code 1 where there is one."""
    from billing.books.verifying import verify

    expected = None
    if public_key is not None:
        from billing.books.signing import read_public_key

        expected = read_public_key(public_key)
    verdict = verify(ctx.open_store(), public_key=expected)
    if ctx.json:
        ctx.print_json(verdict.to_json())
    else:
        for fault in verdict.faults:
            ctx.console.print(f"[red]{ctx.safe(fault.what)}[/red]: {ctx.safe(fault.message)}")
        counts = (
            f"{verdict.entries} audit entries, {verdict.statements} statements ({verdict.signed} signed), "
            f"{verdict.closes} closes billed again"
        )
        good = "[green]nothing was changed[/green]" if not verdict.faults else f"{len(verdict.faults)} faults"
        ctx.console.print(f"{good}: {counts}")
    ctx.exit(1 if verdict.faults else 0)
