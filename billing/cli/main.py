"""`imcost`: finds the command, runs it, and turns whatever goes wrong into one line and an exit code."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from billing import __version__
from billing.cli import console
from billing.cli.options import Context, common_options
from rules.errors import ImcostError, suggestion

COMMANDS = {
    "init": ("billing.cli.init", "Make a workspace."),
    "demo": ("billing.cli.demo", "Make a workspace with a generated year and render its last report."),
    "import": ("billing.cli.import_", "Read usage records and the provider's own answers."),
    "rejected": ("billing.cli.rejected", "List the rows that were rejected, and why."),
    "charges": ("billing.cli.charges", "Show what a month cost, exactly."),
    "alerts": ("billing.cli.alerts", "Tell who is on call before a quota or budget is used up."),
    "statement": (
        "billing.cli.statement",
        "Show the statement of a month: lines, corrections, what is payable.",
    ),
    "close": ("billing.cli.close", "Close a month: freeze its statements for good."),
    "correct": ("billing.cli.correct", "Price a closed month anew: what that would change, and do it."),
    "reopen": ("billing.cli.reopen", "Open the month again that was closed last."),
    "verify": ("billing.cli.verify", "Prove that nothing closed was changed: every hash, every bill."),
    "audit": ("billing.cli.audit", "Show who did what to the books, when and why."),
    "explain": ("billing.cli.explain", "Show how a number came about, down to the row of the file."),
    "report": ("billing.cli.report", "Render the monthly report as HTML and PDF."),
    "estimate": ("billing.cli.estimate", "Show what a cache would cost, and whether it is worth making."),
    "quota": ("billing.cli.quota", "Show quotas: used, limit, forecast, and what happens at the limit."),
    "replay": ("billing.cli.replay", "Show what a month would have cost under other choices."),
    "findings": ("billing.cli.findings", "Show caches that cost more than they need to."),
    "check": ("billing.cli.check", "Check the invariants of the workspace."),
    "reconcile": ("billing.cli.reconcile", "Compare a month with the provider's bill."),
    "focus": ("billing.cli.focus", "Export a month in FOCUS, for FinOps tools."),
    "tariff": ("billing.cli.tariff", "List, show and check tariffs."),
}
"""Each command's module, whose `command` it is, and its line in the help: in the order in which one needs them."""

WRONG_USE, INTERNAL, INTERRUPTED = 2, 4, 130

USER_ERRNOS = frozenset(
    {errno.ENOENT, errno.EACCES, errno.EPERM, errno.EROFS, errno.EISDIR, errno.ENOTDIR, errno.EEXIST,
     errno.ENAMETOOLONG, errno.ELOOP, errno.ENOSPC, errno.EDQUOT}
)  # fmt: skip
"""Failures of the file system that the user can put right."""


class Commands(click.Group):
    """The commands, imported only when they are run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = import_module(COMMANDS[cmd_name][0]).command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS:
            raise click.UsageError(f"no command {args[0]!r}: {suggestion(args[0], COMMANDS)}", ctx)
        return super().resolve_command(ctx, args)


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Try it: imcost demo",
)
@click.version_option(__version__, "--version", message="imcost %(version)s")
@common_options
def imcost(_: Context) -> None:
    """What ECI image caches cost: an exact monthly bill from usage records."""


def main(args: Sequence[str] | None = None) -> None:
    """Run a command and end the process with its exit code."""
    arguments = list(sys.argv[1:] if args is None else args)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    code = run(arguments)
    _flush_or_discard()
    sys.stderr.flush()
    # Nothing is left to be done: taking the interpreter down piece by piece would take a third of a second after an import.
    os._exit(code)


def run(args: list[str]) -> int:
    """The exit code of a command: 0 and 1 and 3 are its own, 2 is wrong use, 4 a bug, 130 an interrupt."""
    try:
        code = _invoke(args)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # Whoever read our output has enough of it: nothing is wrong.
        _flush_or_discard()
        return 0
    except KeyboardInterrupt:
        console.say("interrupted")
        return INTERRUPTED
    except Exception as error:
        if "--debug" in args:
            import traceback

            traceback.print_exception(error)
        if isinstance(error, OSError):
            _flush_or_discard()
        message, code = explain(error)
        console.say(message)
        return code


def _invoke(args: list[str]) -> int:
    """Run the command; click's own way to do so would hide a closed pipe and an interrupt."""
    try:
        with imcost.make_context("imcost", list(args)) as context:
            imcost.invoke(context)
    except click.exceptions.Exit as end:
        return end.exit_code
    return 0


def _flush_or_discard() -> None:
    """Write what stdout still holds, or send it nowhere: the process must not fail on it once more when it ends."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def explain(error: Exception) -> tuple[str, int]:
    """What to say about an exception, in one line, and the exit code that goes with it."""
    match error:
        case ImcostError():
            return f"error: {error}", WRONG_USE
        case click.UsageError():
            path = error.ctx.command_path if error.ctx else "imcost"
            return f"error: {_sentence(error)}: see {path} --help", WRONG_USE
        case click.ClickException():
            return f"error: {_sentence(error)}", WRONG_USE
        case OSError() if error.errno in USER_ERRNOS:
            place = f" ({error.filename})" if error.filename else ""
            return f"error: {error.strerror}{place}: nothing more was written", WRONG_USE
    said = " ".join(f"{type(error).__name__}: {error}".split())
    return (
        f"internal error: {said}: this is a bug, please report it with what --debug adds to this line",
        INTERNAL,
    )


def _sentence(error: click.ClickException) -> str:
    text = " ".join(error.format_message().split()).rstrip(".")
    return text[:1].lower() + text[1:]
