"""Which web pages may open a stream. Browsers let every page try, and say in `Origin` whose page it is.

Programs send no `Origin`, and need none: what this stops is a page of somebody else's in a trader's browser.
"""

from chassis.errors import Forbidden, MalformedRequest
from gateway.proxy.headers import RawHeaders


def check_origin(headers: RawHeaders, allowed: frozenset[str]) -> None:
    """Raises `Forbidden` for a page that is neither the gateway's own host nor one of `allowed`."""
    origins = [value for name, value in headers if name == b"origin"]
    if not origins:
        return
    if len(origins) > 1:
        raise MalformedRequest("origin is there more than once")
    origin = origins[0].decode("latin-1").lower()
    if origin in allowed:
        return
    hosts = [value.decode("latin-1").lower() for name, value in headers if name == b"host"]
    # The scheme may differ: the ingress speaks TLS to the browser and plain HTTP to us.
    scheme, _, host = origin.partition("://")
    if scheme not in ("http", "https") or hosts != [host]:
        raise Forbidden("this page may not open streams here")
