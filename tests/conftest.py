"""The line itself, started as people start it, for the tests that write to it over HTTP."""

from collections.abc import Iterator

import pytest

from tests.running_line import Line, start_line, stop_line


@pytest.fixture(scope="session")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """The line, with the simulator, shared by all tests."""
    running = start_line(tmp_path_factory.mktemp("line"))
    yield running
    stop_line(running)
