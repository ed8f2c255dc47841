"""The trading UI at the gateway's own origin: the files of one build, and what a browser may do with them.

It knows nobody and reads nothing but the build's folder. Which paths are the API's is decided before it is asked;
what is left is a file, the page itself for a path that only the page knows, or nothing.
"""

import asyncio
import errno
import hashlib
import os
import re
import stat
from dataclasses import dataclass
from mimetypes import guess_type
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Receive, Scope, Send

from chassis.errors import NotFound, Problem, Unavailable, problem_response
from gateway.matching import check_path
from gateway.policies.limits import Limits
from gateway.proxy.client_address import Networks, client_address
from gateway.rate.bucket import Limit
from gateway.refusals import completed
from gateway.routes import SAFE_METHODS

PAGE = "index.html"
CONFIG_PATH = "/config.json"
_NOT_OURS = frozenset({"v1", "v2", "stream", "healthz", "readyz", "metrics"})
# In the order of preference; the build leaves these beside the files.
_CODINGS = (("br", ".br"), ("gzip", ".gz"))
_HOST = re.compile(r"(?:[A-Za-z0-9.\-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?")

# Built names hold a hash of the content: what is behind one never changes.
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_EACH_TIME = "no-cache"
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True, slots=True)
class UiRules:
    """What there is to serve, and how much of it an address may ask for."""

    root: Path | None
    """The build; none: there is no UI here, only what it would be told (a page may come from elsewhere)."""
    name: str
    limit: Limit
    trusted_proxies: Networks


@dataclass(frozen=True, slots=True)
class _Stored:
    """A file that was found, in the coding that suits the client best."""

    path: str
    status: os.stat_result
    coding: str | None


class Ui:
    """Answers what is not the API's."""

    def __init__(self, rules: UiRules, limits: Limits) -> None:
        self._rules = rules
        self._limits = limits
        # Asked for what it is good at: a path that stays below the folder, and conditional requests.
        self._files = None if rules.root is None else StaticFiles(directory=rules.root)

    def takes(self, scope: Scope) -> bool:
        """Whether a request is for this and not for the API."""
        if scope["method"] not in SAFE_METHODS:
            return False
        path: str = scope["path"]
        if self._files is None:
            return path == CONFIG_PATH
        return path.startswith("/") and path.split("/", 2)[1] not in _NOT_OURS

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that `takes` was true for."""
        headers = Headers(scope=scope)
        scope["route_template"] = "/ui"
        peer = scope["client"][0] if scope.get("client") else "unknown"
        forwarded = ",".join(headers.getlist("x-forwarded-for")) or None
        address = client_address(peer, forwarded, self._rules.trusted_proxies)
        try:
            # A bucket of its own: a page with all its files must cost nobody a request to trade with.
            await self._limits.draw("ui", address, self._rules.limit)
            response = await self._respond(scope, headers)
        except Problem as problem:
            response = problem_response(await completed(problem, None, address, self._limits))
        await response(scope, receive, send)

    async def _respond(self, scope: Scope, headers: Headers) -> Response:
        path: str = scope["path"]
        if path == CONFIG_PATH:
            return self._config()
        files = self._files
        assert files is not None, "without files only the configuration is ours"
        page = path in ("/", f"/{PAGE}")
        if not page and _is_plain(scope["raw_path"]):
            stored = await _find(files, path[1:], headers)
            if stored is not None:
                return await _answer(files, path, stored, headers)
        if not page and (
            path.startswith("/assets/") or "text/html" not in headers.get("accept", "")
        ):
            raise NotFound("there is nothing at this path")
        # What only the page knows: it shows the place, or says that there is none.
        stored = await _find(files, PAGE, headers)
        if stored is None:
            raise Unavailable("the UI is just being replaced", headers={"Retry-After": "1"})
        response = await _answer(files, f"/{PAGE}", stored, headers)
        policy = content_security_policy(headers.get("host", ""))
        response.headers["Content-Security-Policy"] = policy
        return response

    def _config(self) -> Response:
        # Empty addresses: where the page itself comes from.
        told = {"name": self._rules.name, "api": "", "streams": ""}
        return JSONResponse(told, headers=_HEADERS | {"Cache-Control": "no-store"})


def content_security_policy(host: str) -> str:
    """What the page may load, call and be shown in: only what is its own.

    `host` is the request's `Host`. Some browsers do not take `'self'` for websockets, so those stand there by name.
    """
    own = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "manifest-src 'self'",
            "worker-src 'self'",
            f"connect-src 'self'{own}",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "require-trusted-types-for 'script'",
        )
    )


async def _find(files: StaticFiles, name: str, headers: Headers) -> _Stored | None:
    taken = _codings_taken(headers.get("accept-encoding", ""))
    choices = [(coding, suffix) for coding, suffix in _CODINGS if coding in taken]
    return await asyncio.to_thread(_look_up, files, name, [*choices, (None, "")])


def _look_up(
    files: StaticFiles, name: str, choices: list[tuple[str | None, str]]
) -> _Stored | None:
    for coding, suffix in choices:
        try:
            path, status = files.lookup_path(name + suffix)
        except OSError as error:
            if error.errno == errno.ENAMETOOLONG:
                return None
            raise
        if status is not None and stat.S_ISREG(status.st_mode):
            return _Stored(path, status, coding)
    return None


async def _answer(files: StaticFiles, path: str, stored: _Stored, request: Headers) -> Response:
    media_type = guess_type(path)[0] or "application/octet-stream"
    headers = _HEADERS | {"Vary": "Accept-Encoding"}
    if stored.coding is not None:
        headers["Content-Encoding"] = stored.coding
    response: Response
    if path.startswith("/assets/"):
        headers["Cache-Control"] = _FOR_EVER
        response = FileResponse(
            stored.path, headers=headers, media_type=media_type, stat_result=stored.status
        )
    else:
        # Small, and of a lasting name: known by its content, since builds like to give all files one age.
        content = await asyncio.to_thread(Path(stored.path).read_bytes)
        headers["Cache-Control"] = _ASK_EACH_TIME
        headers["ETag"] = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        response = Response(content, headers=headers, media_type=media_type)
    if files.is_not_modified(response.headers, request):
        return NotModifiedResponse(response.headers)
    return response


def _is_plain(raw_path: bytes) -> bool:
    """Whether a path can be a file's: nothing in it that two readers could take for two things, nothing hidden."""
    try:
        check_path(raw_path)
    except Problem:
        return False
    return b"/." not in raw_path and b"/%2e" not in raw_path.lower()


def _codings_taken(accept_encoding: str) -> set[str]:
    """The content codings that a client takes (RFC 9110, section 12.5.3), without regard to which it prefers."""
    taken = set()
    for part in accept_encoding.lower().split(","):
        coding, *parameters = (piece.strip() for piece in part.split(";"))
        if not any(re.fullmatch(r"q=0(?:\.0{0,3})?", parameter) for parameter in parameters):
            taken.add(coding)
    return taken
