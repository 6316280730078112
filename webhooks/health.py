"""Is the line up? For those who watch it."""

from collections.abc import Callable, Mapping

from flask import Blueprint, Response, jsonify

from webhooks.metrics import Metrics

INDISPENSABLE = "database"
"""Without it nothing can be acknowledged; without NLU or Redis the line still answers, with less."""


def create_health(readiness: Callable[[], Mapping[str, bool]], metrics: Metrics) -> Blueprint:
    """Return the blueprint of /health and /metrics."""
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/health/live")
    def live() -> Response:
        return jsonify(status="ok")

    @blueprint.get("/health/ready")
    def ready() -> tuple[Response, int]:
        parts = dict(readiness())
        return jsonify(parts), 200 if parts.get(INDISPENSABLE, False) else 503

    @blueprint.get("/metrics")
    def show() -> Response:
        return Response(metrics.render(), content_type="text/plain; version=0.0.4; charset=utf-8")

    return blueprint
