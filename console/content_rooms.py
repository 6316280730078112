"""The three rooms of content, put together."""

from collections.abc import Callable

from flask import Blueprint
from sqlalchemy import Engine

from bot.catalogue import Catalogue
from console.answers import AnswerSettings, create_answers
from console.content_desk import ContentDesk
from console.facts import create_facts
from console.translations import create_translations


def create_content_rooms(
    desk: ContentDesk, catalogue: Callable[[], Catalogue], engine: Engine, settings: AnswerSettings
) -> tuple[Blueprint, ...]:
    """Return the blueprints of /answers, /facts and /translations. `catalogue` is what the line serves."""
    return (
        create_answers(desk, catalogue, engine, settings),
        create_facts(desk),
        create_translations(desk, settings.sms_price_usd),
    )
