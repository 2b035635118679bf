"""What commands upon the books take from the settings and the system: settling time, signing key, the user's name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from billing.settings import Settings


def user_name() -> str:
    """The system user who runs the command; their number where they have no name."""
    import getpass
    import os

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def settling_s(settings: Settings) -> int:
    """How long after its end a month may be closed, in seconds; none unless books.settling says so."""
    from billing.settings import SettingsError
    from rules.durations import parse_duration
    from rules.errors import PeriodError

    try:
        return parse_duration(settings.books.get("settling", "0h"))
    except PeriodError as error:
        raise SettingsError(error.message, place="books.settling", hint=error.hint) from None


def key_path(workspace: Path, settings: Settings) -> Path | None:
    """The file of the user's own key, from books.signing_key; beside the settings unless it is an absolute path."""
    named = settings.books.get("signing_key")
    return None if named is None else workspace / Path(named).expanduser()


def signer(workspace: Path, settings: Settings) -> Callable[[str], str] | None:
    """What signs statements, None where no key is set."""
    path = key_path(workspace, settings)
    if path is None:
        return None
    from billing.books.signing import SigningKey

    return SigningKey(path).sign
