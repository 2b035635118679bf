"""The import, step by step: find, take and open every input; only then check rows, post them, and commit once.

The order is the promise: until the last input is found readable as a whole nothing is written, and everything that one command
imports counts at the same moment, or not at all.
"""

import tempfile
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from billing.importing.opening import Request, Watch, open_all
from billing.warehouse import errors_explained
from billing.workspace import Workspace

if TYPE_CHECKING:
    from billing.importing.summary import ImportSummary


def run(
    workspace: Workspace, request: Request, *, stdin: BinaryIO, watch: Watch | None = None
) -> "ImportSummary":
    """Import what the request names into the workspace, which is made where it does not exist.

    Raises InputRefused where an input is unreadable as a whole; nothing was changed then. A dry run counts and changes nothing.
    """
    watch = watch or Watch()
    with errors_explained(), tempfile.TemporaryDirectory(prefix="imcost-") as name:
        folder = Path(name)
        # What the second half needs takes half a second to load: it does so while the inputs are digested.
        with ThreadPoolExecutor(max_workers=1) as beside:
            beside.submit(import_module, "billing.importing.storing")
            opened, notes = open_all(request, folder, stdin, watch)
        from billing.importing.storing import store_all

        if request.dry_run and not workspace.exists():
            workspace = Workspace(folder / "workspace")
        return store_all(workspace, opened, notes, request, watch)
