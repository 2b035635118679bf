"""`imcost estimate`: what a cache would cost, made by hand, made automatically, or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from billing.cli.options import Context, common_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from billing.estimating.comparing import Comparison
    from billing.estimating.plan_estimate import PlanEstimate
    from billing.estimating.policies import Finding, Policy

EXCEEDED = 1
"""The exit code where a price is missing or a policy is broken."""

FORMATS = ("table", "json", "markdown", "html")

EXAMPLE = """
\b
Examples:
  imcost estimate --size 40 --instances 10 --run-time 1h
  imcost estimate --size 40 --snapshot 2 --keep 3d --run-time 3h --tariff alibaba-intl
  imcost estimate --size 40 --instances 200 --run-time 5m --image-size 12 --json
  imcost estimate -f manifests.yaml --max-monthly 500 --format markdown
  imcost estimate -f plan.json --compare-to before.json
"""


@click.command(
    name="estimate", help=f"Show what a cache would cost, and whether it is worth making.\n{EXAMPLE}"
)
@click.option("--size", metavar="GIB", help="The cache's size in GiB. Default: 20.")
@click.option("--snapshot", metavar="GIB", help="Its snapshot's size. Default: the cache's, as an estimate.")
@click.option("--build-time", metavar="TIME", help="How long it is built. Default: 5m.")
@click.option("--keep", metavar="TIME", help="How long it is kept: 3d, or permanent. Default: permanent.")
@click.option("--instant", is_flag=True, help="An instant cache.")
@click.option("--image", "images", multiple=True, metavar="IMAGE", help="An image in it (repeatable).")
@click.option("--instances", metavar="N", help="How many instances use it. Default: 1.")
@click.option("--run-time", metavar="TIME", help="How long each of them runs. Default: 1h.")
@click.option("--instance", metavar="SIZE", help="Their vCPU and memory. Default: 2c4g.")
@click.option("--extra-ephemeral", metavar="GIB", help="Storage that they declare beyond the included.")
@click.option("--pull-time", metavar="TIME", help="How long one pulls its images without a cache.")
@click.option("--image-size", metavar="GIB", help="Estimate the pull time from the images' size.")
@click.option("--region", metavar="R", help="Default: cn-hangzhou.")
@click.option("--at", metavar="DATE", help="When the cache becomes ready. Default: the next full hour.")
@click.option(
    "-f", "--file", "file", type=click.Path(path_type=Path), metavar="FILE",
    help="Ask about a scenario (.toml), manifests (.yaml) or a Terraform plan (.json).",
)  # fmt: skip
@click.option(
    "--usage", type=click.Path(path_type=Path), metavar="FILE", help="How the file's resources run (YAML)."
)
@click.option(
    "--compare-to", type=click.Path(path_type=Path), metavar="FILE", help="The JSON of an earlier estimate."
)
@click.option("--max-monthly", metavar="AMOUNT", help="Exit code 1 where a month costs more than this.")
@click.option(
    "--option", "chosen", type=click.Choice(["manual", "automatic", "no_cache"]), default="manual",
    help="The choice that limits and differences are about, without -f. Default: manual.",
)  # fmt: skip
@click.option("--format", "format_", type=click.Choice(FORMATS), help="Default: table.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
@common_options
def command(ctx: Context, /, **options: Any) -> None:
    """Answer the question; exit code 1 where a price is missing or a policy is broken."""
    from billing.cli import estimate_tables
    from billing.cli.estimate_question import plan_of, policies_of
    from billing.estimating.plan_estimate import estimate_plan

    format_ = options["format_"] or ("json" if ctx.json else "table")
    if options["output"] is not None:
        _check_output(format_, options["output"])
    policies = policies_of(ctx, options)
    estimate = estimate_plan(plan_of(ctx, options), ctx.load_tariff())
    comparison = _comparison(options["compare_to"], estimate)
    findings = _findings(policies, estimate, comparison)
    _print(ctx, format_, options["output"], estimate, comparison, findings)
    estimate_tables.warn(ctx, estimate)
    for each in findings:
        if each.broken:
            ctx.warn(each.message)
    ctx.exit(EXCEEDED if not estimate.complete or any(each.broken for each in findings) else 0)


def _comparison(earlier: Path | None, estimate: PlanEstimate) -> Comparison | None:
    """The comparison with an earlier estimate, where there is one."""
    if earlier is None:
        return None
    from billing.estimating.comparing import compare_to

    return compare_to(earlier, estimate)


def _findings(
    policies: Sequence[Policy], estimate: PlanEstimate, comparison: Comparison | None
) -> tuple[Finding, ...]:
    """How the estimate stands to the policies."""
    if not policies:
        return ()
    from billing.estimating.policies import check_policies

    return check_policies(policies, estimate, None if comparison is None else comparison.difference)


def _check_output(format_: str, output: Path) -> None:
    """Refuse what can't be written, before anything is computed."""
    from billing.cli.lines_out import check_output

    check_output(format_, output)


def _print_json(ctx: Context, output: Path | None, answer: dict[str, Any]) -> None:
    if output is None:
        ctx.print_json(answer)
    else:
        from billing.cli.lines_out import write_json

        write_json(output, answer)


def _print(
    ctx: Context,
    format_: str,
    output: Path | None,
    estimate: PlanEstimate,
    comparison: Comparison | None,
    findings: Sequence[Finding],
) -> None:
    """Print or write the estimate in the format that was asked for."""
    if format_ == "table":
        from billing.cli import estimate_tables

        estimate_tables.print_plan(ctx, estimate, comparison)
    elif format_ == "json":
        answer = estimate.to_json() | {"policies": [each.to_json() for each in findings]}
        if comparison is not None:
            answer["comparison"] = comparison.to_json()
        _print_json(ctx, output, answer)
    else:
        from billing.cli.lines_out import write_text

        if format_ == "markdown":
            from reports.estimate.markdown import render
        else:
            from reports.estimate.page import render
        write_text(output, render(estimate, comparison, findings))
