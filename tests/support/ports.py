"""Ports for servers that tests start."""

import random
import socket

FIRST, LAST = 20_000, 30_000
"""Below the range from which the kernel takes ports for outgoing connections."""

_random = random.Random()  # not seeded by pytest-randomly: parallel runs must not ask for the same ports


def free_port(span: int = 1) -> int:
    """The first of `span` ports in a row that nobody has on loopback just now."""
    while True:
        port = _random.randrange(FIRST, LAST - span)
        if all(_is_free(port + n) for n in range(span)):
            return port


def _is_free(port: int) -> bool:
    try:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True


def answers(port: int) -> str | None:
    """None when something listens on 127.0.0.1:port, else why not."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError as error:
        return f"127.0.0.1:{port}: {error}"
    return None
