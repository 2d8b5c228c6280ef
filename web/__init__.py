"""The web edge: pages for people. `create_app` puts the parts together; what they do stands in the parts."""

from __future__ import annotations

from flask import Flask

from engine.clock import Clock, SystemClock
from engine.settings import Settings
from web import assets, auth, edge, errors, formats, headers, language, menu, problem_words, routes
from web.public import again, notices, pace, policy, robots
from web.views import registry

#: A request's body; an attachment's own limit is smaller (`cases.files`).
LARGEST_REQUEST = 24 * 1024 * 1024


def create_app(settings: Settings, clock: Clock | None = None) -> Flask:
    """The WSGI application for these settings.

    :param clock: the wall clock; the demo clock is laid over it.
    :raises RouteUndeclared: a route says not who may open it.
    """
    app = Flask("web", static_folder="static", template_folder="templates")
    app.config.update(
        SECRET_KEY=settings.secret_key, MAX_CONTENT_LENGTH=LARGEST_REQUEST, MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024
    )
    edge.attach(app, settings, clock or SystemClock())
    for part in (headers, auth, errors, formats, language, problem_words, assets, menu):
        part.attach(app)
    for blueprint in (*registry.BLUEPRINTS, notices.pages, again.pages, policy.pages, robots.pages):
        app.register_blueprint(blueprint)
    pace.attach(app)
    routes.require_declared(app)
    return app
