"""The canonical form of what is kept for ever, and its digest; docs/statements.md describes it for everyone else."""

import json
from hashlib import sha256
from typing import Any


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces, letters as they are; numbers are whole, decimals texts."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def digest(text: str) -> str:
    """The SHA-256 of a text's UTF-8 bytes, as 64 hexadecimal digits."""
    return sha256(text.encode("utf-8")).hexdigest()
