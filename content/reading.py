"""Read content files in their shapes; a file that holds the bytes it held before is not parsed and judged again."""

from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from content.schema import Strict, problems_of
from content.source import Problem, Source, parse_source, read_bytes

Shape = TypeVar("Shape", bound=Strict)


class ShapeInvalid(Exception):
    """A file whose data has not the shape it must have."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class Reader:
    """Reads files; one that is kept between readings knows those that stayed as they were.

    What decides is the bytes and no time stamp: reading them costs a fiftieth of parsing them, and no clock can lie.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[Path, type[Strict]], tuple[bytes, Source, Strict]] = {}

    def read(self, path: Path, root: Path, shape: type[Shape]) -> tuple[Source, Shape]:
        """Return the lines and the data of a file; raise SourceError or ShapeInvalid, each time anew."""
        raw = read_bytes(path, root)
        known = self._known.get((path, shape))
        if known and known[0] == raw and isinstance(known[2], shape):
            return known[1], known[2]
        source = parse_source(raw, path.relative_to(root).as_posix())
        try:
            data = shape.model_validate(source.data)
        except ValidationError as error:
            raise ShapeInvalid(problems_of(source, error)) from error
        self._known[path, shape] = raw, source, data
        return source, data
