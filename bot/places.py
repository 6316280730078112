"""Places and offices: where something is, and what is nearest."""

import enum
import math
from collections.abc import Iterable
from dataclasses import dataclass

from bot.facts import Validity
from bot.messages import Coordinates

EARTH_RADIUS_KM = 6371.0
HERE_KM = 3.0
"""Town centres are approximate: an office this near, in the same country, is in the place itself."""


@dataclass(frozen=True)
class Place:
    """A department, municipality, border post or city on the route.

    `department` is the state abroad. `is_department` marks a department or state as a whole, at its head town.
    """

    id: str
    name: str
    country: str
    department: str
    point: Coordinates
    is_department: bool = False


@dataclass(frozen=True)
class Office:
    """An office or service one can go to or call. What no source gave is None or empty."""

    id: str
    name: str
    kind: str
    country: str
    department: str
    municipality: str
    address: str | None
    phones: tuple[str, ...]
    hours: str | None
    services: str
    point: Coordinates | None
    validity: Validity

    @property
    def has_contact(self) -> bool:
        """Whether a person told of it would know where to go or whom to call."""
        return bool(self.address or self.phones)


def distance_km(a: Coordinates, b: Coordinates) -> float:
    """Return the great-circle distance.

    >>> round(distance_km(Coordinates(14.64, -90.51), Coordinates(14.84, -91.52)))
    111
    """
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    half_lat = math.sin((lat_b - lat_a) / 2) ** 2
    half_lon = math.sin(math.radians(b.lon - a.lon) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(half_lat + math.cos(lat_a) * math.cos(lat_b) * half_lon))


def located(point: Coordinates, places: Iterable[Place], name: str) -> Place:
    """Return a shared location as a place, in the country and department of the town nearest to it."""
    town = min(places, key=lambda place: distance_km(place.point, point))
    return Place("here", name, town.country, town.department, point)


@dataclass(frozen=True)
class Found:
    """An office for a place: how near it is. `km` is None when it is in the place itself."""

    office: Office
    km: float | None


class Nearness(enum.IntEnum):
    """How an office lies to a place, the better first."""

    HERE = 0
    SAME_DEPARTMENT = 1
    SAME_COUNTRY = 2
    ABROAD = 3


def nearest(offices: Iterable[Office], place: Place) -> tuple[Found, ...]:
    """Order offices from those in the place itself, over those of its department, to the farthest.

    One across a border comes after every one in the country, however near: crossing it may be the danger.
    An office without coordinates cannot be compared and comes only when it is in the place itself.
    """
    ranked = [(_nearness(office, place), _km(office, place), office) for office in offices]
    comparable = [(tier, km, office) for tier, km, office in ranked if tier is Nearness.HERE or office.point]
    comparable.sort(key=lambda entry: entry[:2])
    return tuple(Found(office, None if _is_here(tier, km) else km) for tier, km, office in comparable)


def _is_here(tier: Nearness, km: float) -> bool:
    return tier is Nearness.HERE or (tier is not Nearness.ABROAD and km < HERE_KM)


def _km(office: Office, place: Place) -> float:
    return distance_km(office.point, place.point) if office.point else 0.0


def _nearness(office: Office, place: Place) -> Nearness:
    if office.country != place.country:
        return Nearness.ABROAD
    if not place.department or office.department != place.department:
        return Nearness.SAME_COUNTRY
    return Nearness.HERE if place.is_department or office.municipality == place.name else Nearness.SAME_DEPARTMENT
