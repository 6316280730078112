"""Give a reply the form of its channel: paragraphs and numbered lines, or an SMS in the cheapest alphabet."""

import re
from dataclasses import dataclass

from bot.composing import Reply
from bot.gsm7 import Encoding, count_segments, encoding_of, fold
from bot.messages import Channel

MAX_BODY = 1600
"""Characters Twilio takes in one message body."""

MAX_SMS_SEGMENTS = 3
"""What an answer may cost by SMS; longer ones arrive late, in pieces, or not at all."""


@dataclass(frozen=True)
class SmsPolicy:
    """How a deployment writes SMS."""

    fold_accents: bool = True
    """Write á as a, and so on, where that makes the message two or three times cheaper."""


def render(reply: Reply, channel: Channel, policy: SmsPolicy) -> str:
    """Return the body of the message that carries a reply."""
    if channel is Channel.SMS:
        return finish_sms(_sms(reply), policy)
    return _whatsapp(reply)[:MAX_BODY]


def fits(reply: Reply, channel: Channel, policy: SmsPolicy) -> bool:
    """Whether a reply arrives whole, and by SMS at no more than an answer may cost."""
    if channel is Channel.SMS:
        return count_segments(render(reply, channel, policy)) <= MAX_SMS_SEGMENTS
    return len(_whatsapp(reply)) <= MAX_BODY


def finish_sms(text: str, policy: SmsPolicy) -> str:
    """Write a text in the alphabet the deployment sends SMS in."""
    return (fold(text) if policy.fold_accents else text)[:MAX_BODY]


def _whatsapp(reply: Reply) -> str:
    choices = "\n".join(f"*{number}* {choice.label}" for number, choice in enumerate(reply.choices, 1))
    return "\n\n".join(part for part in (*reply.paragraphs, choices, reply.closing) if part)


def _sms(reply: Reply) -> str:
    """One line an idea: blank lines cost characters and say nothing."""
    choices = " ".join(f"{number}={choice.label}" for number, choice in enumerate(reply.choices, 1))
    body = "\n".join(re.sub(r"\s*\n\s*", "\n", paragraph) for paragraph in reply.paragraphs)
    return "\n".join(part for part in (body, reply.closing, choices) if part)


@dataclass(frozen=True)
class Cost:
    """What the messages of a reply cost by SMS."""

    segments: int
    encoding: Encoding


def cost_of(texts: tuple[str, ...]) -> Cost:
    """Return the segments billed for all texts, and the dearest alphabet among them."""
    dearest = Encoding.UCS2 if any(encoding_of(text) is Encoding.UCS2 for text in texts) else Encoding.GSM7
    return Cost(sum(count_segments(text) for text in texts), dearest)
