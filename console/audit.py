"""Registro: who looked at or changed what; admins read it, nobody edits it."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from console.action_names import ACTION_NAMES
from console.permissions import Permission, needs
from stores.audit import SqlAudit

PAGE = 50
MAX_ID = 2**31 - 1
"""The largest number that a row can have on PostgreSQL."""


def create_audit(audit: SqlAudit) -> Blueprint:
    """Return the page of the audit."""
    blueprint = Blueprint("audit", __name__, url_prefix="/audit")

    @blueprint.get("")
    @needs(Permission.ADMIN)
    def index() -> ResponseReturnValue:
        chosen = {name: request.args.get(name, "").replace("\0", "") for name in ("staff", "action")}
        before = request.args.get("before", type=int)
        before = before if before is not None and 0 < before <= MAX_ID else None
        entries = audit.page(before, staff=chosen["staff"], action=chosen["action"], size=PAGE + 1)
        names, actions = audit.recent_names()
        return render_template(
            "audit/index.html",
            entries=entries[:PAGE],
            older=entries[PAGE - 1].id if len(entries) > PAGE else None,
            names=names,
            actions=actions,
            action_names=ACTION_NAMES,
            chosen={name: value for name, value in chosen.items() if value},
        )

    return blueprint
