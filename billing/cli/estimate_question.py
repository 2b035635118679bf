"""What the options of `imcost estimate` ask: a plan of one cache, or that of a file with the options as its defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from billing.cli.options import Context
    from billing.estimating import Pull
    from billing.estimating.plan import Defaults, Plan
    from billing.estimating.policies import Policy

REGION = "cn-hangzhou"


def plan_of(ctx: Context, options: dict[str, Any]) -> Plan:
    """The plan of -f, else the one cache that the options describe."""
    defaults = _defaults(ctx, options)
    if options["file"] is not None:
        from billing.estimating.sources import read_plan

        _refuse_beside_file(options)
        return read_plan(options["file"], defaults)
    from dataclasses import replace

    from billing.errors import UsageError
    from billing.estimating.plan import Plan, Planned, Resource

    if options["usage"] is not None:
        raise UsageError("a usage file says how a file's resources run", place="--usage", hint="add -f FILE")
    question = replace(
        defaults.blank(),
        name="estimate",
        groups=(defaults.group("estimate", count=1, run_s=3600),),
        instant=options["instant"],
        images=options["images"],
    )
    return Plan((Resource(address="estimate", before=None, after=Planned(question, options["chosen"])),))


def policies_of(ctx: Context, options: dict[str, Any]) -> list[Policy]:
    """The policies of imcost.toml, and the one that --max-monthly makes."""
    tables, most = ctx.settings().policies, options["max_monthly"]
    if not tables and most is None:
        return []
    from billing.estimating.policies import Policy, policies_of
    from billing.estimating.values import read_amount

    found = list(policies_of(tables, str(ctx.workspace.settings)))
    if most is not None:
        found.append(Policy(name="--max-monthly", max_monthly=read_amount(most, "--max-monthly")))
    return found


def _defaults(ctx: Context, options: dict[str, Any]) -> Defaults:
    """The options' values, with every default filled in."""
    from billing.estimating.plan import Defaults
    from billing.estimating.values import read_count, read_gib, read_instance, read_keep_s, read_seconds

    def given(name: str, default: str) -> tuple[str, str]:
        value = options[name]
        return (default if value is None else value, f"--{name.replace('_', '-')}")

    vcpu, memory_gib = read_instance(*given("instance", "2c4g"))
    extra, snapshot, run, instances = (
        options[name] for name in ("extra_ephemeral", "snapshot", "run_time", "instances")
    )
    usage = {}
    if options["usage"] is not None:
        from billing.estimating.usage import read_usage

        usage = dict(read_usage(options["usage"]))
    return Defaults(
        region=options["region"] or ctx.settings().region or REGION,
        region_given=options["region"] is not None,
        at_s=_at_s(ctx, options["at"]),
        size_gib=read_gib(*given("size", "20")),
        snapshot_gib=None if snapshot is None else read_gib(snapshot, "--snapshot"),
        build_s=read_seconds(*given("build_time", "5m")),
        keep_s=read_keep_s(*given("keep", "permanent")),
        run_s=None if run is None else read_seconds(run, "--run-time"),
        instances=None if instances is None else read_count(instances, "--instances"),
        vcpu=vcpu,
        memory_gib=memory_gib,
        extra_ephemeral_gib=None if extra is None else read_gib(extra, "--extra-ephemeral"),
        pull=_pull(options["pull_time"], options["image_size"]),
        usage=usage,
    )


def _refuse_beside_file(options: dict[str, Any]) -> None:
    """What a file says itself can't be said beside it."""
    from billing.errors import UsageError

    for name, option in (("instant", "--instant"), ("images", "--image"), ("instances", "--instances")):
        if options[name]:
            raise UsageError(
                f"{option} is for a question without a file", place=option, hint="say it in the file"
            )


def _pull(pull_time: str | None, image_size: str | None) -> Pull | None:
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
