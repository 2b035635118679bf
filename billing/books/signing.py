"""Signatures of closed statements with a user's own Ed25519 key; the only user of cryptography."""

import json
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from billing.errors import BillingError


class KeyFileError(BillingError):
    """A key file that can't be read, or is no Ed25519 key."""


class SigningKey:
    """A private key, from a PEM file without a password: `openssl genpkey -algorithm ed25519 -out key.pem` makes one."""

    def __init__(self, path: Path) -> None:
        try:
            found = load_pem_private_key(_content(path), password=None)
        except (ValueError, TypeError):
            raise _refused(path, "private") from None
        if not isinstance(found, Ed25519PrivateKey):
            raise _refused(path, "private")
        self._key = found

    @property
    def public(self) -> str:
        """The public key, as base64 of its 32 bytes."""
        return _public_text(self._key.public_key())

    def sign(self, sha256: str) -> str:
        """The signature of a digest's 64 hexadecimal digits, with the public key, as JSON."""
        signature = b64encode(self._key.sign(sha256.encode("ascii"))).decode("ascii")
        return json.dumps({"algorithm": "ed25519", "public_key": self.public, "signature": signature})


def read_public_key(path: Path) -> str:
    """The public key in a PEM file, or that of a private key, as base64 of its 32 bytes."""
    content = _content(path)
    if b"PRIVATE" in content:
        return SigningKey(path).public
    try:
        found = load_pem_public_key(content)
    except (ValueError, TypeError):
        raise _refused(path, "public") from None
    if not isinstance(found, Ed25519PublicKey):
        raise _refused(path, "public")
    return _public_text(found)


def holds(signature: Mapping[str, str], sha256: str) -> bool:
    """Whether a signature is one of this digest by the key that it names."""
    try:
        key = Ed25519PublicKey.from_public_bytes(b64decode(signature["public_key"], validate=True))
        key.verify(b64decode(signature["signature"], validate=True), sha256.encode("ascii"))
    except (InvalidSignature, KeyError, ValueError, Base64Error, TypeError):
        return False
    return signature.get("algorithm") == "ed25519"


def _public_text(key: Ed25519PublicKey) -> str:
    return b64encode(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode("ascii")


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise KeyFileError(
            f"the key can't be read: {error.strerror}",
            place=str(path),
            hint="name the file of an Ed25519 key",
        ) from None


def _refused(path: Path, which: str) -> KeyFileError:
    return KeyFileError(
        f"this is no {which} Ed25519 key in PEM, or it has a password",
        place=str(path),
        hint="make one with openssl genpkey -algorithm ed25519",
    )
