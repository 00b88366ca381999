"""A picture for people who send one without having one."""

import struct
import zlib

_WIDTH, _HEIGHT = 240, 160


def picture() -> bytes:
    """A small PNG: a warm gradient."""
    rows = b"".join(b"\0" + _row(y) for y in range(_HEIGHT))
    header = struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 2, 0, 0, 0)
    chunks = _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def _row(y: int) -> bytes:
    return bytes([230 - y // 2, 190 - y // 2, 140 - y // 4]) * _WIDTH


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
