"""What a visited page loads: the loader under a fixed name, the core under the hash of its content.

Any origin may load them; they carry no cookies and depend on nothing of the request but its encodings.
"""

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

LOADER_CACHE: Final = "public, max-age=300"
CORE_CACHE: Final = "public, max-age=31536000, immutable"
_HASHED: Final = re.compile(r"-[0-9a-f]{16}\.js$")


@dataclass(frozen=True, slots=True)
class _Built:
    plain: bytes
    packed: bytes
    etag: str


@require_safe
def script(request: HttpRequest, name: str) -> HttpResponseBase:
    """`name` is one that the URL patterns let through: no path, no other file."""
    path: Path = settings.BASE_DIR / "static" / "dist" / name
    try:
        built = _built(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        message = (
            f"{name} is not built here. An older page may ask for an older core; `make build` builds the newest.\n"
        )
        return _open_to_all(HttpResponse(message, status=404, content_type="text/plain; charset=utf-8"), "no-store")
    cache = CORE_CACHE if _HASHED.search(name) else LOADER_CACHE
    if request.headers.get("If-None-Match") == built.etag:
        return _open_to_all(HttpResponse(status=304, headers={"ETag": built.etag}), cache)
    return _open_to_all(_content(request, built), cache)


def _content(request: HttpRequest, built: _Built) -> HttpResponse:
    response = HttpResponse(content_type="text/javascript; charset=utf-8", headers={"ETag": built.etag})
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        response.content = built.packed
        response["Content-Encoding"] = "gzip"
    else:
        response.content = built.plain
    return response


def _open_to_all(response: HttpResponse, cache: str) -> HttpResponse:
    response["Cache-Control"] = cache
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["X-Content-Type-Options"] = "nosniff"
    response["Vary"] = "Accept-Encoding"
    return response


@lru_cache(maxsize=16)
def _built(path: Path, changed_ns: int) -> _Built:
    """Read once for each build; `changed_ns` only tells builds apart."""
    plain = path.read_bytes()
    digest = hashlib.sha256(plain).hexdigest()[:32]
    return _Built(plain, gzip.compress(plain, 9, mtime=0), f'W/"{digest}"')
