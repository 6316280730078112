"""A reply takes its channel's form."""

from bot.composing import Reply
from bot.gsm7 import Encoding
from bot.messages import Channel
from bot.rendering import MAX_BODY, SmsPolicy, cost_of, render
from bot.sessions import Choice, TargetKind

CHOICES = (Choice("Pasaporte", TargetKind.ANSWER, "passport"), Choice("Menú", TargetKind.MENU, "main"))
REPLY = Reply(("Información.\n\nAquí.",), CHOICES, "Visto en marzo.")


def test_sms_is_folded_and_has_one_line_an_idea() -> None:
    sms = render(REPLY, Channel.SMS, SmsPolicy())
    assert sms == "Informacion.\nAqui.\nVisto en marzo.\n1=Pasaporte 2=Menu"


def test_sms_keeps_accents_when_the_policy_says_so() -> None:
    sms = render(REPLY, Channel.SMS, SmsPolicy(fold_accents=False))
    assert sms == "Información.\nAquí.\nVisto en marzo.\n1=Pasaporte 2=Menú"


def test_whatsapp_keeps_accents_and_paragraphs_and_numbers_its_lines() -> None:
    whatsapp = render(REPLY, Channel.WHATSAPP, SmsPolicy())
    assert whatsapp == "Información.\n\nAquí.\n\n*1* Pasaporte\n*2* Menú\n\nVisto en marzo."


def test_a_body_is_never_longer_than_twilio_takes() -> None:
    assert MAX_BODY == 1600
    long = Reply(("a" * (MAX_BODY + 1),))
    assert [len(render(long, channel, SmsPolicy())) for channel in Channel] == [MAX_BODY, MAX_BODY]


def test_the_cost_is_that_of_all_messages_in_the_dearest_alphabet() -> None:
    assert cost_of(("a" * 161, "á")).segments == 3
    assert cost_of(("a", "á")).encoding is Encoding.UCS2
    assert cost_of(("a", "b")).encoding is Encoding.GSM7
