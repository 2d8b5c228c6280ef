"""What a WSGI server loads in production: `gunicorn "web.wsgi:application()"`, behind one proxy that ends TLS."""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from engine.settings import load_settings
from web import create_app


def application() -> Flask:
    """The application for the settings of the environment. One proxy is trusted to say who asks."""
    app = create_app(load_settings())
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]
    return app
