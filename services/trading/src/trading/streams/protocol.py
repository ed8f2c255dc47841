"""Alpaca's trading stream, frame by frame: what clients say, and what they are told."""

from dataclasses import dataclass
from typing import Any

import msgspec

TRADE_UPDATES = "trade_updates"
_LONGEST_NUMBER = 18

_encode = msgspec.json.Encoder().encode


class Malformed(Exception):
    """A frame that means nothing here; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Authenticate:
    token: str | None
    """None: the frame holds something else, such as a key pair, which means nothing here."""


@dataclass(frozen=True, slots=True)
class Listen:
    """The whole set of streams, as far as they exist. `after`: the last update that the client has."""

    updates: bool
    after: int | None


def parse(frame: str | bytes) -> Authenticate | Listen:
    """What a client's frame asks for. Raises `Malformed`."""
    try:
        message = msgspec.json.decode(frame)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed("a frame must be JSON") from None
    if not isinstance(message, dict):
        raise Malformed("a frame must be a JSON object")
    data = message.get("data")
    match message.get("action"):
        case "authenticate":
            return Authenticate(_token(data))
        case "listen":
            return _listen(data)
    raise Malformed("action must be authenticate or listen")


def _token(data: Any) -> str | None:
    if not isinstance(data, dict) or "token" not in data:
        return None
    token = data["token"]
    return token if isinstance(token, str) else ""


def _listen(data: Any) -> Listen:
    streams = data.get("streams") if isinstance(data, dict) else None
    if not isinstance(streams, list):
        raise Malformed("data.streams must be a list of names")
    return Listen(TRADE_UPDATES in streams, _after(data.get("after")))


def _after(value: Any) -> int | None:
    if value is None:
        return None
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if (
        not isinstance(text, str)
        or not (text.isascii() and text.isdigit())
        or len(text) > _LONGEST_NUMBER
    ):
        raise Malformed("data.after must be the event_id of an update")
    return int(text)


def authorization(status: str, action: str) -> str:
    """The answer to `action`: `authorized` or `unauthorized`."""
    return _text({"stream": "authorization", "data": {"status": status, "action": action}})


def listening(updates: bool) -> str:
    return _text({"stream": "listening", "data": {"streams": [TRADE_UPDATES] if updates else []}})


def error(message: str) -> str:
    return _text({"action": "error", "data": {"error_message": message}})


def update_frame(data: str) -> str:
    """The frame around an update's JSON."""
    return f'{{"stream":"{TRADE_UPDATES}","data":{data}}}'


def _text(message: dict[str, Any]) -> str:
    return _encode(message).decode()
