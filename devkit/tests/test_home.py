"""Where a platform is, when others are there already."""

import socket

from devkit.home import around_taken
from devkit.processes import free_port, is_free


def test_a_platform_is_led_around_taken_ports_and_no_others() -> None:
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        taken = somebody.getsockname()[1]
        usual = {"A_PORT": taken, "B_PORT": free_port(), "C_PORT": taken}
        settings = around_taken(usual, {"C_PORT": str(taken)})
    assert list(settings) == ["A_PORT"], "B is free, and C was asked for"
    assert int(settings["A_PORT"]) != taken
    assert is_free(int(settings["A_PORT"]))
