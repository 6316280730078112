"""What can keep a translation from being signed, or is worth a look: each kind, where it is, and a sentence for it."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field


class Kind(enum.StrEnum):
    """The kinds of mistake; a value is its English sentence, without a full stop."""

    CHANGED = "was exported before its Spanish, a fact it names or its text changed. Export again and copy it over"
    NO_TEXT = "has no WhatsApp text to sign. Write it"
    NO_SIGNER = 'is signed by nobody. Fill in who reviewed it, or give --by "Name"'
    NOT_NAMED = "names {{{name}}}, which the Spanish does not (it names: {known}) in its {key}"
    BROKEN = "has a broken placeholder (copy it from the Spanish, braces and all) in its {key}"
    DIGIT = "has a number typed by hand near '{around}' (write the placeholder of the Spanish instead) in its {key}"
    HIDDEN = "has characters that nobody sees and that turn the text around in its {key}. Type it anew"
    NO_OFFICE = "has a text beside an office, and the Spanish has none. Take it out"
    ONLY_SMS_BESIDE = "has an SMS beside an office and no text for WhatsApp there. Write it"
    LOST = "lacks {{{name}}} in its {key}, which the Spanish names. Add it"
    NO_LIFELINE = "has a lifeline, and the Spanish has none. Take it out"
    LIFELINE_LOST = "lacks {{{name}}} in its lifeline: the number that saves lives. Add it"
    TOO_LONG = "makes {length} characters by WhatsApp, at most {most}. Shorten it"
    STRANGE = "has characters that make an SMS cost double: {characters}. Write the sms without them"
    TOO_DEAR = "costs {segments} segments by SMS ({length} characters), at most {most}. Shorten its sms"
    TOO_DEAR_WITHOUT_OWN = "costs {segments} segments by SMS ({length} characters), at most {most}. Add a shorter sms"

    # These keep nothing from being signed.
    LEAVES_OUT = "leaves out {names}, which the Spanish names"
    KEEPS_SMS = "keeps its SMS text beside the new one"


@dataclass(frozen=True)
class Mistake:
    """One thing wrong with the texts of a unit. `key` is the text it is in, or that has to change."""

    kind: Kind
    key: str = ""
    values: Mapping[str, str | int] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.kind.format(**{**self.values, "key": self.key})
