"""What a list of conversations is asked for in its address, read so that nothing in it can be wrong."""

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.cleaning import clean
from bot.masking import holds_personal_data
from bot.messages import Channel
from bot.turns import Outcome
from stores.conversations import Band, Filters

GUATEMALA = ZoneInfo("America/Guatemala")
MAX_QUERY = 80
MAX_CURSOR = 2**53

NAMES = (
    "q", "from", "to", "channel", "locale", "intent", "confidence", "outcome", "degraded", "feedback", "flagged",
    "mine", "state", "tag",
)  # fmt: skip
"""Of the fields of the form."""

_HELPED = {"yes": True, "no": False}
_DONE = {"todo": False, "done": True}
_NUMBER = re.compile(r"\d{5,}")

Member = TypeVar("Member", bound=enum.Enum)


@dataclass(frozen=True)
class Asked:
    """The filters, and whether the search words were left out because they would find a person by their data."""

    filters: Filters
    is_refused: bool = False


def read_filters(query: Mapping[str, str], viewer: str) -> Asked:
    """Return the filters of a query; whatever makes no sense asks for nothing. `viewer` is who "mine" means."""
    words = clean(query.get("q", ""), MAX_QUERY)
    is_refused = holds_personal_data(words) or bool(_NUMBER.search(words))
    return Asked(
        Filters(
            words="" if is_refused else words,
            since=_midnight(query.get("from")),
            until=_midnight(query.get("to"), days=1),
            channel=_member(Channel, query.get("channel")),
            locale=_name(query.get("locale")),
            intent=_name(query.get("intent")),
            band=_member(Band, query.get("confidence")),
            outcome=_member(Outcome, query.get("outcome")),
            is_degraded=bool(query.get("degraded")),
            helped=_HELPED.get(query.get("feedback", "")),
            is_flagged=bool(query.get("flagged")),
            assignee=viewer if query.get("mine") else None,
            is_done=_DONE.get(query.get("state", "")),
            tag=_name(query.get("tag")),
        ),
        is_refused,
    )


def read_cursor(value: str | None) -> int | None:
    """Return the number of a turn, or None for what is none.

    >>> read_cursor("12"), read_cursor("-1"), read_cursor("9" * 40), read_cursor("²")
    (12, None, None, None)
    """
    if not value or not value.isascii() or not value.isdecimal() or len(value) > len(str(MAX_CURSOR)):
        return None
    return int(value)


def kept(query: Mapping[str, str]) -> dict[str, str]:
    """Return the fields that are filled in, for the links and forms of the same list."""
    return {name: query[name] for name in NAMES if query.get(name)}


def _midnight(value: str | None, *, days: int = 0) -> datetime | None:
    """Return the beginning of a day in Guatemala, so many days later."""
    try:
        return datetime.combine(date.fromisoformat(value or "") + timedelta(days=days), time.min, GUATEMALA)
    except (ValueError, OverflowError):
        return None


def _member(kind: type[Member], value: str | None) -> Member | None:
    return next((member for member in kind if member.value == value), None)


def _name(value: str | None) -> str | None:
    return clean(value, MAX_QUERY) or None if value else None
