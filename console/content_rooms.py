"""The three rooms of content, put together."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from flask import Blueprint
from sqlalchemy import Engine

from bot.catalogue import Catalogue
from console.answers import AnswerSettings, create_answers
from console.content_desk import ContentDesk
from console.facts import create_facts
from console.translations import create_translations
from content.history import GitHistory
from content.present import PresentContent
from stores.audit import SqlAudit


def create_content_rooms(
    root: Path,
    catalogue: Callable[[], Catalogue],
    engine: Engine,
    audit: SqlAudit,
    now: Callable[[], datetime],
    answers: AnswerSettings,
) -> tuple[Blueprint, ...]:
    """Return the blueprints of /answers, /facts and /translations.

    `root` is the content folder, `catalogue` what the line serves of it.
    """
    desk = ContentDesk(root, PresentContent(root), GitHistory(root), audit, now)
    return (
        create_answers(desk, catalogue, engine, answers),
        create_facts(desk),
        create_translations(desk, answers.sms_price_usd),
    )
