"""Parts of files' names that are made from text of other people: accounts, tags."""

import hashlib
import re

LONGEST = 64


def harmless_part(text: str) -> str:
    """The text as it is where it is harmless anywhere, else cut down, with a digest after a tilde; at most 64 characters.

    Small letters, digits, `-` and `_` are harmless. Capitals are not, since some file systems take them for small letters, nor
    dots, which begin a language or an ending: so two texts never share a part.
    """
    if re.fullmatch(rf"[a-z0-9_-]{{1,{LONGEST}}}", text):
        return text
    kept = re.sub(r"[^a-z0-9_-]+", "-", text.lower())[:24].strip("-")
    return f"{kept}~{hashlib.sha256(text.encode(errors='surrogatepass')).hexdigest()[:16]}"
