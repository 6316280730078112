"""What one message leads to, in its context: it reads the catalogue, asks the interpreter, and changes nothing."""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.catalogue import Catalogue
from bot.cleaning import clean, fold
from bot.composing import Composer, Reply
from bot.danger import danger_in
from bot.interpretation import EntityKind, Interpretation, Interpreter
from bot.keywords import INTENT_OF, OFFERED_ONLY, Command, match_command, match_intent, match_number
from bot.languages import MOSTLY_MAYAN, SPANISH, SURE, Heard, add_evidence, likeliest_mayan, mayan_share
from bot.messages import InboundMessage, MessageKind
from bot.places import Place, located
from bot.policy import Certain, Lost, Thresholds, Torn, Verdict, judge, likely_danger
from bot.rendering import SmsPolicy, fits
from bot.sessions import Choice, Session, TargetKind
from bot.turns import Contact, Outcome

MISSES_UNTIL_PERSON = 2
"""Messages in a row not understood until we show the way to a person."""


@dataclass(frozen=True)
class Step:
    """What one message leads to: the reply, and how session and contact change."""

    reply: Reply | None
    session: Session
    contact: Contact
    outcome: Outcome
    intent: str | None = None
    confidence: float | None = None
    interpretation: Interpretation | None = None
    answer: str | None = None
    erase: bool = False
    tells_notice: bool = True
    notice_last: bool = False


@dataclass(frozen=True)
class Dialogue:
    """One message in its context. Each method returns the step to take, or None to let the next one try."""

    interpreter: Interpreter
    thresholds: Thresholds
    catalogue: Catalogue
    message: InboundMessage
    contact: Contact
    session: Session
    at: datetime
    heard: Heard = field(default_factory=lambda: Heard({}))
    sms: SmsPolicy = field(default_factory=SmsPolicy)
    hands_off: bool = False

    def step(self) -> Step:
        """Return the step to take, and ask once which Mayan language a person writes."""
        return self._ask_language(self._step())

    def _step(self) -> Step:
        """Try in the order of what must never wait: opt-outs, danger, commands, choices; then what the words mean."""
        for attempt in (
            self._carrier_command,
            self._opted_out,
            self._danger,
            self._command,
            self._not_text,
            self._choice,
            self._short_word,
        ):
            if (step := attempt()) is not None:
                return step
        return self._meaning()

    @property
    def text(self) -> str:
        """What the person wrote, made safe to read."""
        return clean(self.message.text)

    @property
    def composer(self) -> Composer:
        """Writes in this conversation's locale and channel."""
        return Composer(self.catalogue, self.at.date(), self.message.channel, self.session.locale)

    # --- before understanding

    def _carrier_command(self) -> Step | None:
        """Note what the channel has already done about STOP, START and HELP; a second answer would be noise."""
        if not self.message.answered_by_carrier:
            return None
        command = match_command(self.text, self.catalogue.locales)
        kind = command[0] if command else None
        out = kind is Command.OPT_OUT or (self.contact.opted_out and kind is not Command.OPT_IN)
        return self._silence(replace(self.contact, opted_out=out))

    def _opted_out(self) -> Step | None:
        if not self.contact.opted_out:
            return None
        command = match_command(self.text, self.catalogue.locales)
        if command and command[0] in {Command.OPT_IN, Command.ERASE}:
            return self._run(*command)
        # A life in danger weighs more than the wish for silence.
        return self._danger() or self._silence(self.contact)

    def _danger(self) -> Step | None:
        intent = danger_in(self.text, self.catalogue.locales)
        if intent is None:
            return None
        interpretation = self._interpret()
        verdict = judge(interpretation, intent, self.thresholds)
        return self._follow_verdict(verdict, interpretation)

    def _command(self) -> Step | None:
        command = match_command(self.text, self.catalogue.locales)
        return self._run(*command) if command else None

    def _not_text(self) -> Step | None:
        message = self.message
        if message.kind is MessageKind.LOCATION and message.location:
            name = self.composer.message("your_location")
            return self._place_given(located(message.location, self.catalogue.places.values(), name))
        if self.text or message.payload:
            return None
        name = {MessageKind.VOICE: "voice", MessageKind.MEDIA: "media"}.get(message.kind, "empty")
        return self._say(name, Outcome.MENU, with_menu=True)

    def _choice(self) -> Step | None:
        """Follow a number, a button or a list row: of what was last offered, or else of the main menu."""
        if self.message.payload and (pressed := self._pressed(self.message.payload)):
            return self._follow(pressed)
        if (answered := self._yes_or_no()) is not None:
            return self._follow(answered)
        number = match_number(self.text, self.session.locale, self.catalogue.locales)
        if number is None:
            return None
        if number == 0:
            return self._menu()
        choices = self.session.choices or self._main_menu()
        if number > len(choices) or not self._leads_on(choices[number - 1]):
            return self._say("no_such_choice", Outcome.MENU, with_menu=True)
        return self._follow(choices[number - 1])

    def _yes_or_no(self) -> Choice | None:
        """Return the choice that a yes or a no in words picks, where a question of ours may be answered so."""
        choices = self.session.choices
        if not choices or choices[0].kind is not TargetKind.COMMAND or choices[0].name not in OFFERED_ONLY:
            return None
        picked = {"affirm": 0, "deny": 1}.get(
            match_intent(self.text, self.session.locale, self.catalogue.locales) or ""
        )
        return None if picked is None else choices[picked]

    def _pressed(self, payload: str) -> Choice | None:
        """Return the choice a button stands for; None for a button that is none of ours or no longer leads anywhere."""
        kind, _, name = payload.partition(":")
        choice = Choice("", TargetKind(kind), name) if kind in set(TargetKind) else None
        return choice if choice and self._leads_on(choice) else None

    def _leads_on(self, choice: Choice) -> bool:
        """Whether a choice still leads anywhere: the content may have changed since it was offered."""
        names: dict[TargetKind, Container[str]] = {
            TargetKind.ANSWER: {intent for _, intent in self.catalogue.answers},
            TargetKind.MENU: {
                *self.catalogue.words(self.catalogue.default_locale).menus,
                *self.catalogue.words(self.session.locale).menus,
            },
            TargetKind.COMMAND: set(Command),
            TargetKind.PLACE: self.catalogue.places,
            TargetKind.LANGUAGE: self.catalogue.languages,
        }
        return choice.name in names[choice.kind]

    def _follow(self, choice: Choice) -> Step:
        match choice.kind:
            case TargetKind.ANSWER:
                return self._show(choice.name)
            case TargetKind.MENU:
                return self._menu(choice.name)
            case TargetKind.COMMAND:
                return self._run(Command(choice.name), self.session.locale)
            case TargetKind.PLACE:
                return self._place_given(self.catalogue.places[choice.name])
            case TargetKind.LANGUAGE:
                return self._speak(choice.name)

    def _short_word(self) -> Step | None:
        """Hear a greeting, a thanks, a yes or a no that a locale lists."""
        intent = match_intent(self.text, self.session.locale, self.catalogue.locales)
        return replace(self._answer(intent, None), intent=intent, confidence=1.0) if intent else None

    # --- commands

    def _run(self, command: Command, locale: str) -> Step:
        acts: dict[Command, Callable[[], Step]] = {
            Command.OPT_OUT: self._opt_out,
            Command.OPT_IN: self._opt_in,
            Command.ERASE: self._erase,
            Command.MENU: self._menu,
            Command.PERSON: lambda: self._answer(PERSON, None),
            Command.LANGUAGES: self._languages,
            Command.SPEAK: lambda: self._speak(locale),
            Command.REPEAT: self._repeat,
            Command.SOURCE: self._source,
            Command.HAND_OFF: self._hand_off,
            Command.HELPED: lambda: self._say("handoff_helped", Outcome.COMMAND),
            Command.NOT_HELPED: lambda: self._say("handoff_not_helped", Outcome.COMMAND),
        }
        step = acts[command]()
        return replace(step, intent=INTENT_OF.get(command, step.intent), confidence=1.0)

    def _opt_out(self) -> Step:
        step = self._say("opted_out", Outcome.COMMAND)
        return replace(step, contact=replace(self.contact, opted_out=True), tells_notice=False)

    def _opt_in(self) -> Step:
        step = self._say("opted_in", Outcome.COMMAND)
        return replace(step, contact=replace(self.contact, opted_out=False))

    def _erase(self) -> Step:
        """Erase everything but the wish not to be written to, which the person would have to say anew."""
        step = self._say("erased", Outcome.COMMAND)
        fresh = Contact(self.contact.sender, self.contact.locale, self.at, opted_out=self.contact.opted_out)
        return replace(step, contact=fresh, erase=True, tells_notice=False)

    def _speak(self, code: str) -> Step:
        """Note the language a person chose, and answer in it from now on if we can: first what they last asked."""
        locale = code if code in self.catalogue.locales else self.catalogue.default_locale
        spoken = replace(self, session=replace(self.session, locale=locale))
        message = "language_set" if code == SPANISH else "language_heard" if code == locale else "language_noted"
        language = self.catalogue.languages.get(code)
        text = spoken.composer.message(message, language=language.name if language else code)
        step = spoken._again(text, before=self.session.locale) or spoken._confirmed(text)
        contact = replace(self.contact, locale=locale, speaks=code, was_asked_language=True)
        return replace(step, contact=contact, intent="change_language", confidence=1.0)

    def _again(self, confirmation: str, *, before: str) -> Step | None:
        """Confirm the language and say the last answer once more, unless it would be in the words of before, or long.

        The first words of an answer to danger stay the first.
        """
        intent = self.session.last_answer
        if intent is None or intent in ASKS_FIRST or not self._is_new_in(intent, before):
            return None
        step = self._answer(intent, None)
        answer = step.reply or Reply(())
        paragraphs = (*answer.paragraphs, confirmation) if step.notice_last else (confirmation, *answer.paragraphs)
        reply = replace(answer, paragraphs=paragraphs)
        step = replace(step, reply=reply, outcome=Outcome.COMMAND)
        return step if fits(reply, self.message.channel, self.sms) else None

    def _is_new_in(self, intent: str, before: str) -> bool:
        """Whether an answer reads otherwise than it did in the locale before this one."""
        locale = self.session.locale
        has_own = locale == self.catalogue.default_locale or self.catalogue.translation(intent, locale) is not None
        return locale != before and has_own

    def _confirmed(self, text: str) -> Step:
        return self._made(Reply((text,), self._main_menu()), Outcome.COMMAND, choices=self._main_menu())

    def _languages(self) -> Step:
        """Offer the languages we understand; any other can be written by name. What was last asked stays so."""
        step = self._answer("change_language", None)
        choices = tuple(
            self._language_choice(code) for code in self.catalogue.languages if code in self.catalogue.locales
        )
        reply = replace(step.reply or Reply(()), choices=choices)
        last_answer, last_facts = self.session.last_answer, self.session.last_facts
        session = replace(step.session, choices=choices, last_answer=last_answer, last_facts=last_facts)
        return replace(step, reply=reply, session=session)

    def _language_choice(self, code: str) -> Choice:
        return Choice(self.catalogue.languages[code].name, TargetKind.LANGUAGE, code)

    # --- to a person

    def _offer_person(self, interpretation: Interpretation | None, lifeline: str | None) -> Step:
        """Say whom to call, and ask before staff read what was written and a number is kept."""
        told = self.composer.told("handoff_ask")
        first = self.composer.lifeline(lifeline) if lifeline else ""
        yes = Choice(self.composer.message("yes_hand_off"), TargetKind.COMMAND, Command.HAND_OFF.value)
        no = Choice(self.composer.message("no_to_menu"), TargetKind.MENU, "main")
        reply = replace(told, paragraphs=(*([first] if first else []), *told.paragraphs), choices=(yes, no))
        step = self._made(reply, Outcome.CLARIFIED, interpretation=interpretation, choices=reply.choices)
        step = replace(step, session=replace(step.session, last_facts=reply.facts), notice_last=lifeline is not None)
        return replace(step, intent=PERSON, confidence=_confidence(interpretation, PERSON))

    def _hand_off(self) -> Step:
        """Pass to a person. Without staff who answer, or once they no longer do, tell whom to call."""
        return self._say("handoff_opened", Outcome.HANDOFF) if self.hands_off else self._answer(PERSON, None)

    # --- which language

    def _ask_language(self, step: Step) -> Step:
        """Add up what messages say of their language; once it is surely Mayan, ask which, under the answer.

        Never under a danger's answer, and never instead of one.
        """
        if step.interpretation is None or step.erase:
            return step
        evidence = add_evidence(dict(self.session.languages), self.heard)
        step = replace(step, session=replace(step.session, languages=tuple(evidence.items())))
        if not self._should_ask(step, evidence):
            return step
        codes = likeliest_mayan(evidence, LANGUAGES_OFFERED)
        choices = (
            *(self._language_choice(code) for code in codes),
            Choice(self.composer.message("other_language"), TargetKind.COMMAND, Command.LANGUAGES.value),
            self._language_choice(SPANISH),
        )
        either = self.catalogue.words_within("which_language", self.session.locale).either
        names = either.join([choice.label for choice in choices[: len(codes)]])
        own = [words.question for code in codes if (words := self.catalogue.locales.get(code)) and words.question]
        lines = [self.composer.message("which_language", languages=names)]
        if own:
            lines.append(self.composer.message("unreviewed", text=" / ".join(own)))
        reply = step.reply or Reply(())
        reply = replace(reply, paragraphs=(*reply.paragraphs, "\n".join(lines)), choices=choices)
        contact = replace(step.contact, was_asked_language=True)
        return replace(step, reply=reply, contact=contact, session=replace(step.session, choices=choices))

    def _should_ask(self, step: Step, evidence: Mapping[str, float]) -> bool:
        is_new = self.contact.speaks is None and not self.contact.was_asked_language
        can_wait = step.outcome in ASKABLE and not step.notice_last
        own = sum(word.language != SPANISH for word in self.heard.words)
        is_clear = own >= CLEAR_WORDS or mayan_share(dict(self.session.languages)) >= SURE
        return is_new and can_wait and is_clear and mayan_share(evidence) >= SURE

    def _repeat(self) -> Step:
        if self.session.last_answer:
            return self._show(self.session.last_answer)
        return self._menu()

    def _source(self) -> Step:
        lines = self.composer.sources(self.session.last_facts)
        if not lines:
            return self._say("no_source", Outcome.COMMAND)
        reply = Reply((self.composer.message("source_head"), "\n".join(lines)))
        return self._made(reply, Outcome.COMMAND, choices=self.session.choices)

    # --- understanding

    def _interpret(self) -> Interpretation:
        return self.interpreter.interpret(self.text, self.session.locale)

    def _meaning(self) -> Step:
        interpretation = self._interpret()
        if (step := self._asked_place(interpretation)) is not None:
            return step
        if (step := self._named_language(interpretation)) is not None:
            return step
        limits = self.thresholds.stricter if self.heard.mayan > MOSTLY_MAYAN else self.thresholds
        return self._follow_verdict(judge(interpretation, None, limits), interpretation)

    def _named_language(self, interpretation: Interpretation) -> Step | None:
        """Read a message that is nothing but a language's name. A name that is a place too counts when we had asked."""
        named = [entity for entity in interpretation.entities if entity.kind is EntityKind.LANGUAGE]
        was_asked = any(choice.kind is TargetKind.LANGUAGE for choice in self.session.choices)
        is_place = bool(interpretation.values(EntityKind.PLACE)) and not was_asked
        if len(named) != 1 or is_place or fold(named[0].text) != fold(self.text):
            return None
        return self._speak(named[0].value) if named[0].value in self.catalogue.languages else None

    def _follow_verdict(self, verdict: Verdict, interpretation: Interpretation) -> Step:
        match verdict:
            case Certain():
                return self._act_on(verdict, interpretation)
            case Torn(intents, lifeline):
                return self._ask_which(intents, interpretation, lifeline)
            case Lost():
                return self._lost(interpretation)

    def _asked_place(self, interpretation: Interpretation) -> Step | None:
        """Read a short message as the place we asked for, unless it clearly asks something else."""
        waiting = self.session.asked_place_for
        if waiting is None:
            return None
        named = interpretation.values(EntityKind.PLACE)
        is_short = len(self.text.split()) <= MAX_PLACE_WORDS
        if named and is_short and not self._is_danger(interpretation) and not self._asks_anew(interpretation):
            return self._answer(waiting, interpretation)
        return None

    def _asks_anew(self, interpretation: Interpretation) -> bool:
        """Whether the message surely asks for other offices there: "pasaporte en Xela"."""
        top = interpretation.intents[0] if interpretation.intents else None
        if top is None or top.name == self.session.asked_place_for or top.confidence < SURELY_ANEW:
            return False
        answer = self.catalogue.answer(top.name, self.session.locale)
        return answer is not None and bool(answer.office_kinds)

    def _is_danger(self, interpretation: Interpretation) -> bool:
        return likely_danger(interpretation.intents, self.thresholds) is not None

    def _act_on(self, verdict: Certain, interpretation: Interpretation) -> Step:
        intent = verdict.intent
        special: dict[str, Callable[[], Step]] = {
            "menu": self._menu,
            "repeat": self._repeat,
            **{asked: lambda: self._show(intent) for asked in ASKS_FIRST},
            "opt_in": self._opt_in,
            "change_language": lambda: self._language(interpretation),
        }
        act = None if verdict.lifeline else special.get(intent)
        step = act() if act else self._answer(intent, interpretation, also=verdict.also, lifeline=verdict.lifeline)
        return replace(
            step, intent=intent, confidence=_confidence(interpretation, intent), interpretation=interpretation
        )

    def _show(self, intent: str) -> Step:
        """Answer what was picked by number or button."""
        if intent == "change_language":
            return self._languages()
        return self._confirm(intent, ASKS_FIRST[intent]) if intent in ASKS_FIRST else self._answer(intent, None)

    def _confirm(self, intent: str, command: Command) -> Step:
        """Explain, and let one digit do it: a misread sentence must not silence or erase anyone."""
        step = self._answer(intent, None)
        yes = Choice(self.composer.message(f"yes_{command.value}"), TargetKind.COMMAND, command.value)
        no = Choice(self.composer.message("no_to_menu"), TargetKind.MENU, "main")
        reply = replace(step.reply or Reply(()), choices=(yes, no))
        return replace(step, reply=reply, session=replace(step.session, choices=reply.choices))

    def _language(self, interpretation: Interpretation) -> Step:
        wanted = interpretation.values(EntityKind.LANGUAGE)
        known = [code for code in wanted if code in self.catalogue.languages]
        return self._speak(known[0]) if known else self._languages()

    def _ask_which(self, intents: tuple[str, ...], interpretation: Interpretation, lifeline: str | None = None) -> Step:
        choices = tuple(choice for intent in intents if (choice := self.composer.choice(intent)))
        none_of_these = Choice(self.composer.message("none_of_these"), TargetKind.MENU, "main")
        first = self.composer.lifeline(lifeline) if lifeline else ""
        paragraphs = tuple(text for text in (first, self.composer.message("clarify")) if text)
        reply = Reply(paragraphs, (*choices, none_of_these))
        return self._made(reply, Outcome.CLARIFIED, interpretation=interpretation, choices=reply.choices)

    def _lost(self, interpretation: Interpretation) -> Step:
        misses = self.session.misses + 1
        if misses >= MISSES_UNTIL_PERSON:
            return replace(self._answer(PERSON, interpretation), intent=None, confidence=None)
        step = self._say("unknown", Outcome.UNKNOWN, with_menu=True)
        return replace(step, session=replace(step.session, misses=misses), interpretation=interpretation)

    # --- answering

    def _answer(
        self,
        intent: str,
        interpretation: Interpretation | None,
        *,
        also: str | None = None,
        lifeline: str | None = None,
    ) -> Step:
        if intent == PERSON and self.hands_off:
            return self._offer_person(interpretation, lifeline)
        answer = self.catalogue.answer(intent, self.session.locale)
        if answer is None:
            return self._say("unknown", Outcome.UNKNOWN, with_menu=True)
        places = self._places(interpretation)
        if len(places) > 1 and answer.office_kinds:
            return self._ask_where(places, intent, interpretation)
        place = places[0] if len(places) == 1 else self.catalogue.places.get(self.session.place or "")
        shown = place if answer.office_kinds else None
        reply = self.composer.answer(answer, shown, also=also, lifeline=lifeline)
        step = self._made(
            reply,
            Outcome.HANDOFF if intent == PERSON else Outcome.ANSWERED,
            interpretation=interpretation,
            choices=reply.choices,
        )
        session = replace(
            step.session,
            place=place.id if place else self.session.place,
            asked_place_for=intent if answer.asks_place and not place else None,
            last_answer=intent,
            last_facts=reply.facts,
        )
        return replace(
            step,
            session=session,
            intent=intent,
            confidence=_confidence(interpretation, intent),
            answer=intent,
            notice_last=answer.lifeline is not None or lifeline is not None,
        )

    def _places(self, interpretation: Interpretation | None) -> tuple[Place, ...]:
        """Return the place that is meant, or all that it may be.

        A name that several municipalities share is narrowed by a department named beside it; a name that is both a
        department and its head town means the department.
        """
        named = interpretation.values(EntityKind.PLACE) if interpretation else ()
        meanings = [found for name in named if (found := self.catalogue.places_named(name))]
        if not meanings:
            return ()
        departments = {place.department for found in meanings for place in found if place.is_department}
        precise = [found for found in meanings if not found[0].is_department] or meanings
        candidates = precise[0]
        narrowed = tuple(place for place in candidates if place.department in departments) or candidates
        return narrowed[:1] if narrowed[0].is_department else narrowed

    def _ask_where(self, places: tuple[Place, ...], intent: str, interpretation: Interpretation | None) -> Step:
        choices = tuple(
            Choice(
                self.composer.message("place_of", place=place.name, department=place.department),
                TargetKind.PLACE,
                place.id,
            )
            for place in places
        )
        reply = Reply((self.composer.message("which_place"),), choices)
        step = self._made(reply, Outcome.CLARIFIED, interpretation=interpretation, choices=choices)
        return replace(step, intent=intent, session=replace(step.session, asked_place_for=intent))

    def _place_given(self, place: Place) -> Step:
        """Answer what waited for a place; without anything waiting, show the nearest office of ours."""
        intent = self.session.asked_place_for or "iom_offices"
        answer = self.catalogue.answer(intent, self.session.locale)
        if answer is None:
            return self._menu()
        reply = self.composer.answer(answer, place)
        step = self._made(reply, Outcome.ANSWERED, choices=reply.choices)
        known = place.id if place.id in self.catalogue.places else self.session.place
        session = replace(step.session, place=known, asked_place_for=None, last_answer=intent, last_facts=reply.facts)
        return replace(step, session=session, intent=intent, confidence=1.0, answer=intent)

    # --- menus and messages

    def _main_menu(self) -> tuple[Choice, ...]:
        return self.catalogue.menu("main", self.session.locale).choices

    def _menu(self, name: str = "main") -> Step:
        menu = self.catalogue.menu(name, self.session.locale)
        reply = Reply((menu.title,), menu.choices)
        step = self._made(reply, Outcome.MENU, choices=menu.choices)
        return replace(step, intent="menu" if name == "main" else None, confidence=1.0)

    def _say(self, message: str, outcome: Outcome, *, with_menu: bool = False) -> Step:
        choices = self._main_menu() if with_menu else ()
        return self._made(Reply((self.composer.message(message),), choices), outcome, choices=choices)

    def _made(
        self,
        reply: Reply,
        outcome: Outcome,
        *,
        interpretation: Interpretation | None = None,
        choices: tuple[Choice, ...] = (),
    ) -> Step:
        session = replace(self.session, choices=choices, misses=0)
        return Step(reply, session, self.contact, outcome, interpretation=interpretation)

    def _silence(self, contact: Contact) -> Step:
        return Step(None, self.session, contact, Outcome.SILENT, tells_notice=False)


PERSON = "human_agent"
"""The intent of who wants to talk with a person."""

ASKABLE = frozenset({Outcome.ANSWERED, Outcome.HANDOFF, Outcome.UNKNOWN})
"""Replies under which there is room to ask for the language."""

LANGUAGES_OFFERED = 2
CLEAR_WORDS = 2
"""Mayan words a message needs to be worth the question; a single one may be a name."""

ASKS_FIRST = {"opt_out": Command.OPT_OUT, "delete_my_data": Command.ERASE}
"""Answers that end in a question, and the command that a yes to it runs."""

SURELY_ANEW = 0.9
"""Confidence from which a short message that names a place is a new question, not the place we asked for."""

MAX_PLACE_WORDS = 6
"""A reply to "where are you?" is short; a longer text is a new question that happens to name a place."""


def _confidence(interpretation: Interpretation | None, intent: str) -> float | None:
    if interpretation is None:
        return 1.0
    return next((scored.confidence for scored in interpretation.intents if scored.name == intent), 1.0)
