"""The history of quotas as a drawing of its own: an SVG file with one chart for each quota."""

from collections.abc import Sequence

from billing.quotas import QuotaStep
from reports.charts import step_drawing
from reports.step_line import StepLine


def history_svg(steps: Sequence[QuotaStep]) -> str:
    """An SVG file of a history, one chart below the other; each has use as a line and the limit drawn in."""
    subjects: dict[str, list[QuotaStep]] = {}
    for step in steps:
        subjects.setdefault(f"{step.account_id}  {step.region}  {step.quota}", []).append(step)
    return step_drawing([quota_line(title, found) for title, found in subjects.items()])


def quota_line(title: str, steps: Sequence[QuotaStep]) -> StepLine:
    """A quota's history as a line: what was used, and the limit where it is known."""
    return StepLine(
        title=title,
        moments=tuple(step.at for step in steps),
        end=steps[-1].until,
        values=tuple(step.used for step in steps),
        limits=tuple(step.limit for step in steps),
    )
