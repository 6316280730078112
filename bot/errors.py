"""What can go wrong, split by who has to act.

RumboError
├── InterpreterUnavailable   the NLU server did not answer in time: degrade, count it
├── StoreUnavailable         Redis or the database is down: degrade where nothing durable is lost
├── RemoteUnavailable        Twilio did not do what it was asked: note it, try again later
├── SealBroken               a sealed address opens with none of our keys: bring the old key back, or do without
└── ContentInvalid           our own content is wrong: refuse to start, name every problem
"""


class RumboError(Exception):
    """Any error of ours."""


class InterpreterUnavailable(RumboError):
    """The NLU server is down, slow or answered nonsense."""


class StoreUnavailable(RumboError):
    """A store cannot be reached."""


class RemoteUnavailable(RumboError):
    """Somebody else's service failed; the message is a status or an error's name, never an address or a word."""


class SealBroken(RumboError):
    """Something sealed cannot be opened with any key we have, or was moved from where it was put."""


class ContentInvalid(RumboError):
    """The content has problems; the message lists all of them."""
