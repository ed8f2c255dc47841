"""Alpaca's clients send their key in the first frame: read here, and written anew with a token in its place.

Pure: frames in, frames out. Which token it is, others find out.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec

from gateway.routes import FirstFrame


class Codec(StrEnum):
    """How a service reads a frame: one of text as JSON, one of bytes as the handshake's `Content-Type` says."""

    JSON = "json"
    MSGPACK = "msgpack"


class KeyPair(NamedTuple):
    """An API key as its owner sent it. An empty one is a wrong one."""

    key_id: str
    secret: str


class UserToken(NamedTuple):
    """A token that its owner sent as such."""

    token: str


_DECODE: dict[Codec, Callable[[bytes], Any]] = {
    Codec.JSON: msgspec.json.Decoder().decode,
    Codec.MSGPACK: msgspec.msgpack.Decoder().decode,
}
_ENCODE: dict[Codec, Callable[[Any], bytes]] = {
    Codec.JSON: msgspec.json.Encoder().encode,
    Codec.MSGPACK: msgspec.msgpack.Encoder().encode,
}


def codec_of(content_type: str | None) -> Codec:
    """The codec that a handshake asks for."""
    media_type = (content_type or "").partition(";")[0].strip().lower()
    return Codec.MSGPACK if media_type == "application/msgpack" else Codec.JSON


def credentials(protocol: FirstFrame, frame: bytes) -> KeyPair | UserToken | None:
    """What `frame` offers as credentials; none: it is not the frame that authenticates.

    It is read as what it is, whatever it should be: a key must not pass because it came in the wrong codec.

    On the stream of market data that is `{"action":"auth","key","secret"}`; on trading's
    `{"action":"authenticate","data":{"key_id","secret_key"}}`, or the former.
    """
    # What begins a map in MessagePack begins no JSON.
    codec = Codec.MSGPACK if frame[:1] >= b"\x80" else Codec.JSON
    try:
        message = _DECODE[codec](frame)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    if not isinstance(message, dict):
        return None
    action = message.get("action")
    offered: Any
    if action == "auth":
        offered, names = message, ("key", "secret")
    elif action == "authenticate" and protocol == "trading":
        offered, names = message.get("data"), ("key_id", "secret_key")
        if not isinstance(offered, dict):
            return KeyPair("", "")
    else:
        return None
    if names[0] not in offered and "token" in offered:
        return UserToken(_text(offered["token"]))
    return KeyPair(_text(offered.get(names[0])), _text(offered.get(names[1])))


def with_token(protocol: FirstFrame, codec: Codec, token: str) -> bytes:
    """The frame that authenticates, as the services take it; an empty token is refused by them."""
    message: dict[str, Any]
    if protocol == "trading":
        message = {"action": "authenticate", "data": {"token": token}}
    else:
        message = {"action": "auth", "token": token}
    return _ENCODE[codec](message)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
