"""JSON Schemas of the content files, for editors that complete and check YAML while one types."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode
from pydantic_core.core_schema import CoreSchema

from content import schema

SCHEMAS: dict[str, tuple[str, type[BaseModel]]] = {
    "answers": ("answers/es/*.yml", schema.AnswersFile),
    "translations": ("answers/<locale>/*.yml, but for Spanish", schema.TranslationsFile),
    "audio": ("audio/<locale>.yml", schema.RecordingsFile),
    "facts": ("facts/*.yml", schema.FactsFile),
    "offices": ("offices/*.yml", schema.OfficesFile),
    "locales": ("locales/*.yml", schema.LocaleFile),
    "languages": ("languages.yml", schema.LanguagesFile),
    "replies": ("replies.yml", schema.RepliesFile),
    "places": ("places/*.yml", schema.PlacesFile),
}
"""By name: the files each is for, and the model it is generated from."""

DEFINITION = "#/definitions/{model}"


class _Plain(GenerateJsonSchema):
    """In the draft that YAML editors read, and without the titles that only repeat the keys."""

    schema_dialect = "http://json-schema.org/draft-07/schema#"

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def generate(self, schema: CoreSchema, mode: JsonSchemaMode = "validation") -> dict[str, Any]:
        made = super().generate(schema, mode)
        definitions = made.pop("$defs", {})
        for part in _objects([made, definitions]):
            if isinstance(part.get("title"), str):  # A key of ours may be called so too.
                del part["title"]
            if "patternProperties" in part:
                part["additionalProperties"] = False  # Keys that do not fit are mistakes.
        return {"$schema": self.schema_dialect, **made, "definitions": definitions}


def _objects(node: Any) -> Iterator[dict[str, Any]]:
    """Yield every JSON object in a schema that is a schema itself or holds some."""
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _objects(child)


def schema_texts() -> dict[str, str]:
    """Return each schema as the text of its file, by the file's name."""
    return {f"{name}.json": _text(files, model) for name, (files, model) in SCHEMAS.items()}


def _text(files: str, model: type[BaseModel]) -> str:
    made = model.model_json_schema(ref_template=DEFINITION, schema_generator=_Plain)
    made = {"$schema": made.pop("$schema"), "title": f"Rumbo: content/{files}", **made}
    return json.dumps(made, ensure_ascii=False, indent=2) + "\n"


def write_schemas(folder: Path) -> list[Path]:
    """Write every schema that is not there as it should be, and return the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {folder / name: text for name, text in schema_texts().items()}
    changed = [path for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text]
    for path in changed:
        path.write_text(wanted[path], "utf-8")
    return changed
