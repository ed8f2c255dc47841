"""The scanner against the library `websockets`: however the bytes are cut, the same frames come out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from gateway.proxy.frames import BrokenFrames, FrameScanner


class Seen:
    """What a scanner told."""

    def __init__(self) -> None:
        self.passed = b""
        self.messages = 0
        self.payload_bytes = 0
        self.controls: list[tuple[int, bytes, int]] = []
        """Opcode, payload, and after how many passed bytes."""

    def on_frames(self, frames: bytes, messages: int, payload_bytes: int) -> None:
        self.passed += frames
        self.messages += messages
        self.payload_bytes += payload_bytes

    def on_control(self, opcode: int, payload: bytes) -> None:
        self.controls.append((opcode, payload, len(self.passed)))


DATA = st.builds(
    Frame,
    st.sampled_from([Opcode.TEXT, Opcode.BINARY, Opcode.CONT]),
    st.one_of(st.binary(max_size=140), st.integers(65_530, 65_540).map(bytes)),
    fin=st.booleans(),
)
CONTROL = st.builds(
    Frame, st.sampled_from([Opcode.PING, Opcode.PONG, Opcode.CLOSE]), st.binary(max_size=125)
)


@given(st.lists(DATA | CONTROL, max_size=12), st.data())
def test_frames_are_found_however_they_are_cut(frames: list[Frame], data: st.DataObject) -> None:
    wire = b"".join(frame.serialize(mask=False) for frame in frames)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(wire)), max_size=20)))
    seen = Seen()
    scanner = FrameScanner(seen, 1_000_000)
    for begin, end in zip([0, *cuts], [*cuts, len(wire)], strict=True):
        if begin < end:
            scanner.feed(wire[begin:end])
    expected = Seen()
    for frame in frames:
        if frame.opcode in (Opcode.PING, Opcode.PONG, Opcode.CLOSE):
            expected.on_control(frame.opcode, bytes(frame.data))
        else:
            expected.on_frames(frame.serialize(mask=False), int(frame.fin), len(frame.data))
    assert vars(seen) == vars(expected)


@pytest.mark.parametrize(
    "wire",
    [
        b"HTTP/1.1 400",
        b"\x81\x85mask12345",
        b"\xc1\x01x",  # compressed, which nobody agreed to
        b"\x83\x01x",
        b"\x09\x01x",  # a ping in pieces
        b"\x89\x7e\x00\x7e" + b"x" * 126,
        b"\x82\x7e\x03\xe9" + b"x" * 1001,
        b"\x82\x7f\xff\xff\xff\xff\xff\xff\xff\xff",
    ],
)
def test_what_is_no_frame_of_a_service_is_not_passed_on(wire: bytes) -> None:
    seen = Seen()
    with pytest.raises(BrokenFrames):
        FrameScanner(seen, 1000).feed(wire)
    assert (seen.passed, seen.controls) == (b"", [])
