"""What staff call people: nobody here knows a name or a number."""

LETTERS = 4


def person_name(sender: str) -> str:
    """Return a short name for a pseudonym, the same each time; two people may share one.

    >>> person_name("7f3a09c2")
    'Persona 7F3A'
    """
    return f"Persona {sender[:LETTERS].upper()}"
