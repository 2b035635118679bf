"""Files that are there whole or not at all: written beside their place and renamed into it."""

import os
from pathlib import Path


def write_whole(path: Path, content: str | bytes, *, mode: int | None = None) -> None:
    """Write a file, text as UTF-8 with its own line ends, in a folder that exists; an OSError names the file itself.

    `mode` has its permissions, where they must not depend on who runs the program.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        aside.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        if mode is not None:
            aside.chmod(mode)
        os.replace(aside, path)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None
    finally:
        aside.unlink(missing_ok=True)
