"""Ports for servers that are started in a process of their own."""

import random
import socket

# Below those that Linux gives to outgoing connections: one of these could take the port in the
# moment between our look and the server's start.
_FIRST, _LAST = 10_000, 32_000


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    dice = random.SystemRandom()
    while True:
        port = dice.randint(_FIRST, _LAST)
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            continue  # Somebody has it.
