"""What a crash or a failure left behind: found by comparing the folders with the catalogue, and deleted by the one writer."""

import shutil

from billing.store.catalogue import Catalogue
from billing.workspace import Workspace


def sweep(workspace: Workspace, catalogue: Catalogue) -> None:
    """Delete staged files, and record files that the catalogue doesn't name; those only while nobody reads.

    A reader may still have open what compaction replaced, so such files wait for the next sweep without readers.
    """
    clear_staging(workspace)
    workspace.records.mkdir(exist_ok=True)
    for leftover in workspace.root.glob("catalogue-*.new*"):
        leftover.unlink()
    named = {file.name for file in catalogue.all_record_files()}
    unnamed = [path for path in workspace.records.iterdir() if path.name not in named]
    if unnamed:
        with workspace.alone() as nobody_reads:
            for path in unnamed if nobody_reads else ():
                path.unlink()


def clear_staging(workspace: Workspace) -> None:
    """Make the staging folder empty; it stays itself, since a full disk may have no room for a new one."""
    workspace.staging.mkdir(parents=True, exist_ok=True)
    for leftover in workspace.staging.iterdir():
        if leftover.is_dir():
            shutil.rmtree(leftover)
        else:
            leftover.unlink()
