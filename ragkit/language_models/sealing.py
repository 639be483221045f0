"""How kept replies stand on disk: as they are, or encrypted."""

from __future__ import annotations

import base64
import binascii
import hmac
import os
from collections.abc import Callable
from hashlib import sha256
from typing import TYPE_CHECKING, Protocol

from ragkit.deployment.deployment import CacheSettings
from ragkit.deployment.keys import read_key
from ragkit.errors import SettingsError

if TYPE_CHECKING:
    from pydantic import SecretStr

_KEY_BYTES = 32
_NONCE_BYTES = 12
_Encrypt = Callable[[bytes, bytes, bytes], bytes]
_Decrypt = Callable[[bytes, bytes, bytes], bytes | None]


class Sealing(Protocol):
    """Turns what is kept into bytes and back.

    Attributes:
        mark: of the way and the key; what was kept under another mark cannot be read.
    """

    @property
    def mark(self) -> str: ...  # noqa: D102

    def name(self, content: bytes) -> bytes:
        """32 bytes under which something is kept that belongs to this content."""
        ...

    def seal(self, text: bytes, name: bytes) -> bytes:
        """A text as it is kept under a name."""
        ...

    def open(self, sealed: bytes, name: bytes) -> bytes | None:
        """The text; None where it was damaged, changed, or kept under another name."""
        ...


def sealing_of(settings: CacheSettings) -> Sealing:
    """As the settings want it.

    Raises:
        SettingsError: encryption is wanted, and its key or its library is missing.
    """
    if not settings.encrypted:
        return Plain()
    key = read_key(settings.key_variable, settings.key_file)
    if key is None:
        raise SettingsError(
            "The cache is to be encrypted, but no key is named: set key_variable or key_file of [cache], or set "
            "encrypted = false."
        )
    return _encrypted(key)


class Plain:
    """Nothing is hidden. A checksum finds damage."""

    mark = "plain-1"

    def name(self, content: bytes) -> bytes:
        """See ``Sealing``."""
        return sha256(content).digest()

    def seal(self, text: bytes, name: bytes) -> bytes:
        """See ``Sealing``."""
        return sha256(name + text).digest() + text

    def open(self, sealed: bytes, name: bytes) -> bytes | None:
        """See ``Sealing``."""
        text = sealed[32:]
        return text if sha256(name + text).digest() == sealed[:32] else None


class Encrypted:
    """AES-256-GCM with a random nonce (NIST SP 800-38D), bound to its name, which is a keyed hash.

    Nobody without the key can read a reply, or find out by trying whether a question was asked.
    """

    def __init__(self, encrypt: _Encrypt, decrypt: _Decrypt, hashed: Callable[[bytes], bytes]) -> None:
        self._encrypt = encrypt
        self._decrypt = decrypt
        self._hashed = hashed
        self.mark = "aes-256-gcm-1:" + hashed(b"mark").hex()[:16]

    def __repr__(self) -> str:
        return "Encrypted()"

    def name(self, content: bytes) -> bytes:
        """See ``Sealing``."""
        return self._hashed(b"name" + content)

    def seal(self, text: bytes, name: bytes) -> bytes:
        """See ``Sealing``."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._encrypt(nonce, text, name)

    def open(self, sealed: bytes, name: bytes) -> bytes | None:
        """See ``Sealing``."""
        return self._decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], name)


def _encrypted(key: SecretStr) -> Encrypted:
    try:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    except ImportError:
        raise SettingsError(
            "The cache is to be encrypted, but the library for it is missing: pip install ragkit[encryption]"
        ) from None
    if not _has_right_length(key):
        raise SettingsError(
            "The cache's key has to be 32 random bytes in base64. Make one with: "
            'python -c "import base64, os; print(base64.b64encode(os.urandom(32)).decode())"'
        )
    cipher = AESGCM(_part_of(key, b"ragkit cache: encryption"))
    names = _part_of(key, b"ragkit cache: names")

    def decrypt(nonce: bytes, sealed: bytes, name: bytes) -> bytes | None:
        try:
            return cipher.decrypt(nonce, sealed, name)
        except (InvalidTag, ValueError):
            return None

    return Encrypted(cipher.encrypt, decrypt, lambda content: hmac.digest(names, content, "sha256"))


def _has_right_length(key: SecretStr) -> bool:
    try:
        return len(base64.b64decode(key.get_secret_value(), validate=True)) == _KEY_BYTES
    except (binascii.Error, ValueError):
        return False


def _part_of(key: SecretStr, purpose: bytes) -> bytes:
    """A key for one purpose (one step of HKDF-Expand, RFC 5869: the key is random already)."""
    return hmac.digest(base64.b64decode(key.get_secret_value()), purpose + b"\x01", "sha256")
