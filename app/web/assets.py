"""Scripts, styles and words of pages, under an address that changes when they do.

A browser that has opened a page once asks for none of them again until we bring a new release.
They are read and packed once: a change needs a restart.
"""

import gzip
import hashlib
import mimetypes
import re
from functools import cache, cached_property
from pathlib import Path

from flask import Response, request

from app.errors import NotFound

SHARED = Path(__file__).parents[1] / "static" / "web"
"""What all pages have in common: app/static/web."""

_IMPORT = re.compile(r'^import .*? from "\./([a-z_]+\.js)";$', re.MULTILINE)
# The browser need not ask again for a year, nor when the page is loaded anew (RFC 8246).
_FOR_GOOD = "public, max-age=31536000, immutable"


class Assets:
    """The files of some folders; `words` is what else belongs to a release, as bytes."""

    def __init__(self, *folders: Path, words: bytes = b"") -> None:
        self._folders = folders
        self._words = words

    @cached_property
    def files(self) -> dict[str, bytes]:
        """Name -> content."""
        paths = [path for folder in self._folders for path in folder.iterdir()]
        return {path.name: path.read_bytes() for path in sorted(paths)}

    @cached_property
    def release(self) -> str:
        """Names the present state of all files and words."""
        digest = hashlib.sha256(self._words)
        for name, content in self.files.items():
            digest.update(name.encode() + b"\0" + content)
        return digest.hexdigest()[:12]

    def file(self, release: str, name: str) -> Response:
        """The answer with a file; raises NotFound."""
        if name not in self.files:
            raise NotFound("no such file")
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return self.answer(self.files[name], kind, release)

    def answer(self, content: bytes, kind: str, of: str) -> Response:
        """An answer for good to who asks for the present release `of`."""
        packs = request.accept_encodings["gzip"] > 0
        answer = Response(_packed(content) if packs else content, mimetype=kind)
        if packs:
            answer.headers["Content-Encoding"] = "gzip"
        answer.headers["Vary"] = "Accept-Encoding"
        # Somebody whose page is of another release gets what we have, and does not keep it.
        answer.headers["Cache-Control"] = _FOR_GOOD if of == self.release else "no-cache"
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer

    def modules(self, name: str) -> tuple[str, ...]:
        """The modules that a module imports, directly or not, in the order they are met."""
        found: list[str] = []
        waiting = [name]
        while waiting:
            imported = _IMPORT.findall(self.files[waiting.pop(0)].decode())
            new = [other for other in imported if other not in (name, *found)]
            found += new
            waiting += new
        return tuple(found)


@cache
def _packed(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)
