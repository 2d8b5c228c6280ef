"""What stands on every answer, and what every question must bring: security headers, CSRF token, own origin."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, request
from flask.wrappers import Response
from flask_wtf.csrf import CSRFError, CSRFProtect

from web.edge import edge_of
from web.public.robots import INDEXED

#: No script, style or font from elsewhere and none inline. Only style *attributes* may stand in markup: bpmn.io places
#: its watermark with one.
CONTENT_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "style-src-attr 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

#: What a program keeps, and asks whether it has changed.
_KEPT_BY_THEIR_READER = frozenset({"due_feeds.calendar"})

#: Why a form is refused that another site sent.
_CROSS_SITE, _FOREIGN_ORIGIN = "cross-site", "foreign origin"
FOREIGN = frozenset({_CROSS_SITE, _FOREIGN_ORIGIN})

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
csrf = CSRFProtect()


def attach(app: Flask) -> None:
    """Guard every request and dress every answer."""
    # The token lives as long as the browser's session: a form may stay open over lunch.
    app.config.update(WTF_CSRF_TIME_LIMIT=None, WTF_CSRF_SSL_STRICT=True)
    csrf.init_app(app)
    app.before_request(_refuse_foreign_origin)
    app.after_request(_dress)
    if edge_of(app).settings.is_production:
        app.after_request(_demand_https)


def _refuse_foreign_origin() -> None:
    """A form that another site sends is refused even if it should know a token."""
    if request.method in _SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site not in (None, "same-origin", "none"):
        raise CSRFError(_CROSS_SITE)
    origin = request.headers.get("Origin")
    # The host alone: behind a proxy that ends https the scheme is not ours to know.
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise CSRFError(_FOREIGN_ORIGIN)


def in_pane() -> bool:
    """Whether the browser asks for a page to show inside another one: the inbox's right pane."""
    return request.headers.get("Sec-Fetch-Dest") == "iframe"


def _dress(response: Response) -> Response:
    headers = response.headers
    # Only a page of this site may hold one of its pages, and only where the browser says that it asks for that.
    policy = CONTENT_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'") if in_pane() else CONTENT_POLICY
    headers.setdefault("Content-Security-Policy", policy)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "SAMEORIGIN" if in_pane() else "DENY"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
    if request.endpoint not in INDEXED and request.endpoint != "static":
        headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    if request.endpoint == "static":
        # Vite puts a hash of the content into every name.
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
    elif request.endpoint in _KEPT_BY_THEIR_READER and response.status_code in (200, 304):
        headers["Cache-Control"] = "private, no-cache"
    else:
        headers["Cache-Control"] = "no-store"
    return response


def _demand_https(response: Response) -> Response:
    response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response
