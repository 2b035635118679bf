"""`imcost estimate`: what a cache would cost, made by hand, made automatically, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from billing.cli.options import Context, common_options

if TYPE_CHECKING:
    from billing.estimating import Pull, Question

EXCEEDED = 1
"""The exit code where a price is missing or a limit is exceeded."""

REGION = "cn-hangzhou"

EXAMPLE = """
\b
Examples:
  imcost estimate --size 40 --instances 10 --run-time 1h
  imcost estimate --size 40 --snapshot 2 --keep 3d --run-time 3h --tariff alibaba-intl
  imcost estimate --size 40 --instances 200 --run-time 5m --image-size 12 --json
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
@click.option("--region", metavar="R", help=f"Default: {REGION}.")
@click.option("--at", metavar="DATE", help="When the cache becomes ready. Default: the next full hour.")
@click.option("--max-monthly", metavar="AMOUNT", help="Exit code 1 where the month costs more than this.")
@click.option(
    "--option",
    "chosen",
    type=click.Choice(["manual", "automatic", "no_cache"]),
    default="manual",
    help="What --max-monthly is about. Default: manual.",
)
@click.option("--format", "format_", type=click.Choice(["table", "json"]), help="Default: table.")
@common_options
def command(ctx: Context, /, **options: Any) -> None:
    """Answer the question; exit code 1 where a price is missing or a limit is exceeded."""
    from billing.cli import estimate_tables
    from billing.estimating import make_estimate
    from billing.estimating.policies import Policies, check_policies
    from billing.estimating.values import read_amount

    most = options["max_monthly"]
    policies = Policies(max_monthly=None if most is None else read_amount(most, "--max-monthly"))
    estimate = make_estimate(_question(ctx, options), ctx.load_tariff())
    findings = check_policies(policies, estimate, options["chosen"])
    if ctx.json or options["format_"] == "json":
        ctx.print_json(estimate.to_json() | {"policies": [each.to_json() for each in findings]})
    else:
        estimate_tables.print_estimate(ctx, estimate)
    estimate_tables.warn(ctx, estimate)
    for each in findings:
        if each.broken:
            ctx.warn(each.message)
    ctx.exit(EXCEEDED if not estimate.complete or any(each.broken for each in findings) else 0)


def _question(ctx: Context, options: dict[str, Any]) -> Question:
    """The question that the options ask, with every default filled in."""
    from billing.estimating import Group, Question
    from billing.estimating.values import read_count, read_gib, read_instance, read_keep_s, read_seconds

    def given(name: str, default: str) -> tuple[str, str]:
        value = options[name]
        return (default if value is None else value, f"--{name.replace('_', '-')}")

    vcpu, memory_gib = read_instance(*given("instance", "2c4g"))
    extra, snapshot = options["extra_ephemeral"], options["snapshot"]
    return Question(
        name="estimate",
        region=options["region"] or ctx.settings().region or REGION,
        at_s=_at_s(ctx, options["at"]),
        size_gib=read_gib(*given("size", "20")),
        snapshot_gib=None if snapshot is None else read_gib(snapshot, "--snapshot"),
        build_s=read_seconds(*given("build_time", "5m")),
        keep_s=read_keep_s(*given("keep", "permanent")),
        groups=(
            Group(
                count=read_count(*given("instances", "1")),
                run_s=read_seconds(*given("run_time", "1h")),
                vcpu=vcpu,
                memory_gib=memory_gib,
                extra_ephemeral_gib=None if extra is None else read_gib(extra, "--extra-ephemeral"),
            ),
        ),
        pull=read_pull(options["pull_time"], options["image_size"]),
        instant=options["instant"],
        images=options["images"],
    )


def read_pull(pull_time: str | None, image_size: str | None) -> Pull | None:
    """The time to pull that --pull-time gives, or --image-size scales; None where neither was given."""
    from billing.errors import UsageError
    from billing.estimating import Pull
    from billing.estimating.values import read_gib, read_seconds
    from rules.charges import PULL_SAMPLE

    if pull_time is not None and image_size is not None:
        raise UsageError("a pull time needs no image size", place="--image-size", hint="give one of the two")
    if pull_time is not None:
        return Pull(seconds=read_seconds(pull_time, "--pull-time"), estimated=False)
    if image_size is not None:
        return Pull(seconds=PULL_SAMPLE.seconds_for(read_gib(image_size, "--image-size")), estimated=True)
    return None


def _at_s(ctx: Context, text: str | None) -> int:
    """The instant of --at, else the next full hour after the present moment."""
    from rules.errors import PeriodError
    from rules.period import HOUR_S, epoch_s, parse_date_or_instant

    if text is None:
        return -(-epoch_s(ctx.as_of) // HOUR_S) * HOUR_S
    try:
        return epoch_s(parse_date_or_instant(text))
    except PeriodError as error:
        raise PeriodError(error.message, place="--at", hint=error.hint) from None
