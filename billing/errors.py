"""Errors that a user can act on; each ends the command with exit code 2 unless the command line says otherwise."""

from rules.errors import ImcostError


class BillingError(ImcostError):
    """Something about the workspace, the input or the request is wrong."""


class UsageError(BillingError):
    """An option or argument that can't be followed."""


class WorkspaceError(BillingError):
    """A workspace that is absent, broken, or written by a newer version."""


class WorkspaceBusyError(WorkspaceError):
    """Another process is writing, and went on writing for longer than this one would wait."""


class DiskFullError(WorkspaceError):
    """There was no room left; nothing was changed."""

    def __init__(self) -> None:
        super().__init__(
            "there is no room left on the disk; nothing was changed", hint="make room and run it again"
        )
