"""The options that every command has, before and after its name, and the context that they make."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from functools import cached_property, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, NoReturn, ParamSpec, TypeVar

import click

from billing.cli import console

if TYPE_CHECKING:
    from datetime import datetime

    from rich.console import Console

    from billing.settings import Settings
    from billing.store import Store
    from billing.workspace import Workspace
    from rules.tariff import Tariff

P = ParamSpec("P")
R = TypeVar("R")

DEFAULT_WORKSPACE = "imcost-workspace"
WORKSPACE_VARIABLE = "IMCOST_WORKSPACE"


class Context:
    """What the common options ask for. Opens and reads only when asked; the only reader of the clock and the environment."""

    def __init__(self) -> None:
        self.given: dict[str, Any] = {}
        """The common options that were really given; the later one wins."""

    @property
    def workspace_path(self) -> Path:
        """The workspace's folder: --workspace, else IMCOST_WORKSPACE, else ./imcost-workspace. It need not exist."""
        return Path(self.given.get("workspace") or os.environ.get(WORKSPACE_VARIABLE) or DEFAULT_WORKSPACE)

    @property
    def workspace(self) -> Workspace:
        """The workspace at that path."""
        from billing.workspace import Workspace

        return Workspace(self.workspace_path)

    @cached_property
    def as_of(self) -> datetime:
        """The present moment: --as-of, else the clock."""
        from datetime import UTC, datetime

        given: datetime | None = self.given.get("as_of")
        return given or datetime.now(UTC)

    @property
    def json(self) -> bool:
        """Whether the result is wanted as JSON."""
        return "json" in self.given

    @property
    def tariff_name(self) -> str | None:
        """The tariff that --tariff names, if it does."""
        return self.given.get("tariff")

    @cached_property
    def console(self) -> Console:
        """The console for results."""
        return console.stdout_console()

    @cached_property
    def progress_console(self) -> Console:
        """The console for progress; silent where stderr is no terminal."""
        return console.stderr_console()

    def settings(self) -> Settings:
        """The workspace's settings; the defaults where it has none."""
        from billing.settings import read_settings

        return read_settings(self.workspace.settings)

    def load_tariff(self) -> Tariff:
        """The tariff of --tariff, else of the settings, looked for among the shipped ones and in the workspace's tariffs/."""
        from rules.tariff import load

        return load(self.tariff_name or self.settings().tariff, search=[self.workspace.tariffs])

    def open_store(self) -> Store:
        """The records of the workspace, which must exist."""
        from billing.store import open_store

        return open_store(self.workspace)

    def print_json(self, answer: Any) -> None:
        """Print a result as JSON; decimals must be text already, so a float is a bug."""
        click.echo(json.dumps(answer, indent=2, ensure_ascii=False, allow_nan=False))

    def safe(self, text: str) -> str:
        """Text from other people, harmless in a table or sentence on the terminal."""
        return console.safe(text)

    def warn(self, text: str) -> None:
        """Say what a reader of the result must know, in one line on stderr."""
        console.say(f"warning: {text}")

    def exit(self, code: int) -> NoReturn:
        """End the command with an exit code of interface.md."""
        raise click.exceptions.Exit(code)


def _remember(click_context: click.Context, option: click.Parameter, value: Any) -> None:
    if value is not None and value is not False:
        click_context.ensure_object(Context).given[str(option.name)] = value


def _remember_instant(click_context: click.Context, option: click.Parameter, value: str | None) -> None:
    from rules.errors import PeriodError

    if value is None:
        return
    from rules.period import parse_date_or_instant

    try:
        _remember(click_context, option, parse_date_or_instant(value))
    except PeriodError as error:
        raise PeriodError(error.message, place="--as-of", hint=error.hint) from None


_OPTIONS = (
    click.option(
        "--workspace", metavar="DIR", callback=_remember, expose_value=False,
        help=f"The folder to work in (or {WORKSPACE_VARIABLE}; default ./{DEFAULT_WORKSPACE}).",
    ),
    click.option(
        "--as-of", metavar="INSTANT", callback=_remember_instant, expose_value=False,
        help="Take this as the present moment, not the clock.",
    ),
    click.option("--tariff", metavar="T", callback=_remember, expose_value=False, help="Price with this tariff."),
    click.option("--json", is_flag=True, callback=_remember, expose_value=False, help="Print the result as JSON."),
    click.option("--debug", is_flag=True, callback=_remember, expose_value=False, help="Show tracebacks."),
)  # fmt: skip


def common_options(function: Callable[Concatenate[Context, P], R]) -> Callable[P, R]:
    """Give a command or group the common options and, as its first argument, the context that they make."""

    @wraps(function)
    def with_context(*args: P.args, **kwargs: P.kwargs) -> R:
        return function(click.get_current_context().ensure_object(Context), *args, **kwargs)

    for option in reversed(_OPTIONS):
        option(with_context)
    return with_context
