"""The office in the place itself comes first, one across the border last."""

from dataclasses import replace
from datetime import date

import pytest

from bot.facts import Citation, Confidence, StaleRisk, Validity
from bot.messages import Coordinates
from bot.places import Office, Place, distance_km, located, nearest

SURE = Validity(Citation("Una fuente", None, ()), Confidence.HIGH, StaleRisk.LOW, date(2026, 11, 1), "nosotros")
TOWN = Place("m1", "Ayutla", "GT", "San Marcos", Coordinates(14.68, -92.14))


def office(
    id_: str, lat: float | None, municipality: str, department: str = "San Marcos", country: str = "GT"
) -> Office:
    point = Coordinates(lat, -92.14) if lat is not None else None
    return Office(id_, id_, "shelter", country, department, municipality, None, (), None, "", point, SURE)


HERE = office("here", 14.78, "Ayutla")  # the farthest of them, yet in the place
DEPARTMENT = office("department", 14.74, "Malacatán")
COUNTRY = office("country", 14.72, "Coatepeque", "Quetzaltenango")
ABROAD = office("abroad", 14.685, "Ciudad Hidalgo", "Chiapas", "MX")
NOWHERE = office("nowhere", None, "Malacatán")


def ids(place: Place, *offices: Office) -> list[str]:
    return [found.office.id for found in nearest(offices, place)]


def test_here_then_the_department_then_the_country_then_abroad() -> None:
    assert ids(TOWN, ABROAD, COUNTRY, DEPARTMENT, HERE) == ["here", "department", "country", "abroad"]


def test_among_equals_the_nearer_comes_first() -> None:
    assert ids(TOWN, office("far", 14.9, "Tejutla"), office("near", 14.7, "Malacatán")) == ["near", "far"]


def test_every_office_of_a_department_is_in_it() -> None:
    whole = Place("d1", "San Marcos", "GT", "San Marcos", Coordinates(14.96, -91.79), is_department=True)
    assert [found.km for found in nearest([DEPARTMENT, NOWHERE], whole)] == [None, None]


def test_without_coordinates_it_is_only_found_in_its_own_place() -> None:
    assert ids(TOWN, NOWHERE) == []
    assert ids(TOWN, office("bare", None, "Ayutla")) == ["bare"]


@pytest.mark.parametrize(("lat", "is_here"), [(14.705, True), (14.71, False)], ids=["2.8 km", "3.3 km"])
def test_a_few_kilometres_off_is_still_the_place(lat: float, is_here: bool) -> None:
    assert (nearest([office("x", lat, "Otro", "Otro")], TOWN)[0].km is None) is is_here


def test_across_the_border_is_never_the_place_however_near() -> None:
    assert nearest([ABROAD], TOWN)[0].km == pytest.approx(0.56, abs=0.05)


def test_a_shared_location_is_in_the_country_of_the_town_nearest_to_it() -> None:
    spot = located(Coordinates(TOWN.point.lat + 0.02, TOWN.point.lon), [TOWN], "donde usted está")
    assert (spot.country, spot.department) == (TOWN.country, TOWN.department)
    assert ids(spot, HERE, DEPARTMENT, COUNTRY, ABROAD)[-1] == "abroad"


def test_places_without_a_department_are_not_for_that_reason_the_same() -> None:
    capital = Place("x", "Capital", "HN", "", Coordinates(14.1, -87.2))
    elsewhere = office("elsewhere", 15.5, "Capital", "", "HN")
    assert [round(found.km or 0) for found in nearest([elsewhere], capital)] == [553]


def test_the_distance_is_that_over_the_globe_in_any_direction() -> None:
    city, xela = Coordinates(14.64, -90.51), Coordinates(14.84, -91.52)
    assert distance_km(city, xela) == pytest.approx(111, abs=0.5)
    assert distance_km(city, Coordinates(15.64, -90.51)) == pytest.approx(111.2, abs=0.1)
    assert distance_km(city, city) == 0


@pytest.mark.parametrize(
    ("address", "phones", "reachable"), [(None, (), False), ("Calle", (), True), (None, ("1",), True)], ids=str
)
def test_an_address_or_a_phone_makes_an_office_reachable(
    address: str | None, phones: tuple[str, ...], reachable: bool
) -> None:
    assert replace(HERE, address=address, phones=phones).has_contact is reachable
