"""Tickets as the line keeps them: opened by a yes, kept up by each message, ended by a wish."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Engine, case, func, literal, select, update
from sqlalchemy.sql.dml import Update

from bot.handoffs import Addresses, agreed, helped
from bot.turns import Turn
from stores.database import insert_into, reading, writing
from stores.sealing import Seal
from stores.tables import IS_OPEN, UtcDateTime, feedback, tickets

OPEN, ANSWERED, CLOSED = "open", "answered", "closed"
KEPT = {"sender", "opened_at", "waiting_since"}
"""What stays of an open ticket when its person says yes again."""
PERSON, SERVICE = "person", "service"
"""Whose address is sealed."""


class SqlHandoffs:
    """Follows what people write. A ticket is known by the turn that opened it, so that a redelivery opens none."""

    def __init__(self, engine: Engine, seal: Seal) -> None:
        self._engine = engine
        self._seal = seal

    def follow(self, turn: Turn, addresses: Addresses) -> None:
        """Open, keep or note what a turn means for its sender's ticket. Raise StoreUnavailable."""
        answer = helped(turn)
        if agreed(turn):
            self._open(turn, addresses)
        elif answer is not None:
            self._note(turn, helped=answer)
        elif turn.sender and self._has_ticket(turn.sender):
            with writing(self._engine) as connection:
                connection.execute(_heard(turn))

    def _has_ticket(self, sender: str) -> bool:
        """Whether there is a ticket to keep up: one look-up by index, all that a message of anybody else costs."""
        with reading(self._engine) as connection:
            found = connection.execute(select(tickets.c.id).where(tickets.c.sender == sender, IS_OPEN).limit(1))
            return found.one_or_none() is not None

    def _open(self, turn: Turn, addresses: Addresses) -> None:
        row = {
            "sender": turn.sender,
            "channel": turn.channel.value,
            "locale": turn.locale,
            "department": turn.department,
            "turn_id": turn.id,
            "address": self._seal.close(addresses.person, place_of(turn.sender, turn.id, PERSON)),
            "service_address": self._seal.close(addresses.service, place_of(turn.sender, turn.id, SERVICE)),
            "status": OPEN,
            "opened_at": turn.at,
            "last_inbound_at": turn.at,
            "waiting_since": turn.at,
        }
        with writing(self._engine) as connection:
            was_opened = connection.execute(select(tickets.c.id).where(tickets.c.turn_id == turn.id)).first()
            if was_opened is None:
                insert = insert_into(connection, tickets).values(row)
                # Who says yes again, perhaps by another channel, is answered there.
                anew = {name: insert.excluded[name] for name in row.keys() - KEPT} | {"waiting_since": _waits(turn)}
                connection.execute(
                    insert.on_conflict_do_update(
                        index_elements=["sender"],
                        index_where=IS_OPEN,
                        set_=anew,
                        where=tickets.c.last_inbound_at < turn.at,
                    )
                )

    def _note(self, turn: Turn, *, helped: bool) -> None:
        """Keep what the person says of the ticket that was closed last; the first answer counts."""
        with writing(self._engine) as connection:
            last = select(func.max(tickets.c.id)).where(tickets.c.sender == turn.sender, ~IS_OPEN).scalar_subquery()
            unsaid = update(tickets).where(tickets.c.id == last, tickets.c.helped.is_(None)).values(helped=helped)
            ticket = connection.execute(unsaid.returning(tickets.c.turn_id)).one_or_none()
            if ticket:
                row = {"turn_id": ticket.turn_id, "sender": turn.sender, "answer": turn.answer}
                said = insert_into(connection, feedback).values(row | {"helped": helped, "at": turn.at})
                connection.execute(said.on_conflict_do_nothing(index_elements=["turn_id"]))


def place_of(sender: str, turn_id: str, whose: str) -> str:
    """Return where a sealed address belongs."""
    return f"ticket {sender} {turn_id} {whose}"


def _heard(turn: Turn) -> Update:
    """Note a later message: the person waits again, and by the same channel may be written to for another while.

    A message that was delivered again is not later.
    """
    by_this_channel = case(
        (tickets.c.channel == turn.channel.value, literal(turn.at, UtcDateTime())), else_=tickets.c.last_inbound_at
    )
    news = {"status": OPEN, "waiting_since": _waits(turn), "last_inbound_at": by_this_channel}
    is_later = tickets.c.last_inbound_at < turn.at
    return update(tickets).where(tickets.c.sender == turn.sender, IS_OPEN, is_later).values(news)


def _waits(turn: Turn) -> ColumnElement[datetime]:
    """Return since when the person waits: not since later than before."""
    return func.coalesce(tickets.c.waiting_since, literal(turn.at, UtcDateTime()))


def end_tickets(connection: Connection, sender: str, at: datetime) -> None:
    """Close a person's ticket without a word and forget the address."""
    ended = {"status": CLOSED, "closed_at": at, "waiting_since": None, "address": None, "service_address": None}
    connection.execute(update(tickets).where(tickets.c.sender == sender, IS_OPEN).values(ended))


def end_forgotten_tickets(engine: Engine, before: datetime, at: datetime) -> int:
    """End the tickets of people who have not written since `before`, and return how many. Raise StoreUnavailable."""
    with writing(engine) as connection:
        senders = connection.execute(select(tickets.c.sender).where(IS_OPEN, tickets.c.last_inbound_at < before))
        forgotten = senders.scalars().all()
        for sender in forgotten:
            end_tickets(connection, sender, at)
    return len(forgotten)
