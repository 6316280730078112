// The phone of the simulator. State lives in `state` and in sessionStorage; every text is set as text, never as HTML.

const STORED_AS = "rumbo.simulator";
const TWILIO_WAITS_MS = 15_000;

const WORDS = {
  sms: "SMS",
  whatsapp: "WhatsApp",
  typing: "escribiendo…",
  voice: "Nota de voz",
  image: "Foto",
  recording: "Respuesta grabada",
  silent: "Rumbo no respondió nada.",
  offline: "No se pudo enviar. Vea si el servicio está en marcha.",
  late: "Pasaron 15 segundos sin respuesta. Twilio ya habría dejado de esperar.",
};

const phone = document.getElementById("phone");
const box = document.getElementById("box");
const share = document.getElementById("share");
const logs = Object.fromEntries([...phone.querySelectorAll(".log")].map((log) => [log.dataset.channel, log]));
const clock = new Intl.DateTimeFormat("es-GT", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const money = new Intl.NumberFormat("es-GT", { minimumFractionDigits: 2, maximumFractionDigits: 4 });

let state = restored() ?? freshState("sms");
let pending = null; // { channel, abort } while the webhook is thinking

// State

function freshState(channel) {
  const digits = crypto.getRandomValues(new Uint16Array(1))[0] % 10_000;
  return { sender: `+5025550${String(digits).padStart(4, "0")}`, channel, threads: { sms: [], whatsapp: [] } };
}

function restored() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(STORED_AS));
    const isWhole = logs[kept.channel] && Array.isArray(kept.threads.sms) && Array.isArray(kept.threads.whatsapp);
    return isWhole && kept.sender ? kept : null;
  } catch {
    return null; // nothing kept, or not ours
  }
}

function keep() {
  try {
    sessionStorage.setItem(STORED_AS, JSON.stringify(state));
  } catch {
    // Full or forbidden: the chat still works, it only will not survive a reload.
  }
}

function add(channel, entry) {
  state.threads[channel].push(entry);
  keep();
  show(channel, entry);
}

// Sending

async function send(message) {
  if (pending) return;
  const { sender, channel } = state;
  pending = { channel, abort: new AbortController() };
  const { abort } = pending;
  const timer = setTimeout(() => abort.abort("late"), TWILIO_WAITS_MS);
  add(channel, { from: "person", at: Date.now(), ...message });
  showPending();
  const entries = await post({ channel, sender, ...message }, abort.signal);
  clearTimeout(timer);
  if (abort.signal.reason === "new person") return;
  pending = null;
  showPending();
  for (const entry of entries) add(channel, { at: Date.now(), ...entry });
}

async function post(message, signal) {
  try {
    const headers = { "Content-Type": "application/json" };
    const response = await fetch(phone.dataset.post, { method: "POST", headers, body: JSON.stringify(message), signal });
    const told = await response.json();
    if (!response.ok) return [{ from: "error", text: told.error }];
    if (!told.messages.length) return [{ from: "note", text: WORDS.silent }];
    return told.messages.map((reply) => ({ from: "line", ...reply }));
  } catch {
    return [{ from: "error", text: signal.reason === "late" ? WORDS.late : WORDS.offline }];
  }
}

// Showing

function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

function show(channel, entry) {
  const log = logs[channel];
  if (entry.from === "person") dropChoices(log);
  if (entry.from === "error" || entry.from === "note") {
    log.append(element("p", entry.from, entry.text));
  } else {
    log.append(turn(channel, entry));
  }
  scrollToLastQuestion(log);
}

function dropChoices(log) {
  // Numbers answer the last reply only; an older button would send the number to another question.
  for (const choices of log.querySelectorAll(".choices")) {
    if (choices.contains(document.activeElement)) log.focus({ preventScroll: true });
    choices.remove();
  }
}

function turn(channel, entry) {
  const time = element("time", "", clock.format(entry.at));
  time.dateTime = new Date(entry.at).toISOString();
  const said = element("div", "said", ...content(channel, entry));
  const shown = element("article", `turn ${entry.from}`, element("div", "bubble", said, time));
  shown.setAttribute("aria-label", entry.from === "line" ? "Rumbo" : "Usted");
  if (entry.segments) shown.append(element("p", "cost", costLine(entry)));
  const choices = entry.from === "line" ? choicesIn(entry.text, channel) : [];
  if (choices.length) shown.append(choiceButtons(choices));
  return shown;
}

function content(channel, entry) {
  if (entry.kind === "location") {
    return [element("div", "map", icon("pin")), element("b", "", entry.place), element("small", "", `${entry.lat}, ${entry.lon}`)];
  }
  if (entry.kind === "voice") {
    return [element("div", "audio", icon("play"), element("i", "wave")), element("span", "unseen", WORDS.voice)];
  }
  if (entry.kind === "image") return [element("div", "picture", icon("image")), WORDS.image];
  const text = channel === "whatsapp" ? withBold(entry.text) : [entry.text];
  return [...text, ...(entry.media ?? []).map(player)];
}

function player(address) {
  const made = element("audio", "recording");
  made.controls = true;
  made.preload = "metadata";
  made.src = address;
  made.setAttribute("aria-label", WORDS.recording);
  return made;
}

function withBold(text) {
  // WhatsApp: an asterisk opens before a word, closes after one, on the same line.
  const pieces = text.split(/(?<![\p{L}\p{N}*])\*(?=\S)([^*\n]*[^*\s])\*(?![\p{L}\p{N}*])/u);
  return pieces.map((piece, index) => (index % 2 ? element("strong", "", piece) : piece));
}

function choicesIn(text, channel) {
  const pattern =
    channel === "whatsapp" ? /^\*(\d{1,2})\*[ \t]+(.+)$/gm : /(?<!\S)(\d{1,2})=(\S.*?)(?=\s+\d{1,2}=|\s*$)/gm;
  const found = [...text.matchAll(pattern)].map(([, number, label]) => ({ number, label }));
  return found.filter(({ number }, index) => Number(number) === index + 1);
}

function choiceButtons(choices) {
  const buttons = choices.map(({ number, label }) => {
    const button = element("button", "", element("b", "", number), ` ${label}`);
    button.type = "button";
    button.addEventListener("click", () => send({ kind: "text", text: number }));
    return button;
  });
  const group = element("div", "choices", ...buttons);
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", "Opciones");
  return group;
}

function costLine({ segments, encoding, characters, cost_usd }) {
  const counted = `${segments} ${segments === 1 ? "segmento" : "segmentos"}`;
  const length = `${characters} ${characters === 1 ? "carácter" : "caracteres"}`;
  return `${counted} · ${encoding} · ${length} · ≈ US$${money.format(cost_usd)}`;
}

function scrollToLastQuestion(log) {
  // A reply taller than the phone is read from its start, with the question above it.
  const questions = log.querySelectorAll(".turn.person");
  log.scrollTop = questions.length ? questions[questions.length - 1].offsetTop - 12 : log.scrollHeight;
}

function showPending() {
  for (const log of Object.values(logs)) log.querySelector(".typing")?.remove();
  phone.classList.toggle("is-waiting", Boolean(pending));
  if (pending) {
    const log = logs[pending.channel];
    const dots = element("div", "typing", element("i"), element("i"), element("i"), element("span", "unseen", WORDS.typing));
    log.append(dots);
    scrollToLastQuestion(log);
  }
  showHeader();
}

function showHeader() {
  const { channel, sender } = state;
  const isTyping = pending?.channel === channel;
  document.getElementById("state").textContent = isTyping ? WORDS.typing : WORDS[channel];
  document.getElementById("sender").textContent = `${sender.slice(0, 4)} ${sender.slice(4, 8)} ${sender.slice(8)}`;
  document.getElementById("send").disabled = Boolean(pending);
  for (const button of phone.querySelectorAll("[data-kind]")) button.setAttribute("aria-disabled", String(Boolean(pending)));
}

function showChannel() {
  const { channel } = state;
  phone.dataset.channel = channel;
  phone.querySelector(`input[value=${channel}]`).checked = true;
  for (const log of Object.values(logs)) log.hidden = log.dataset.channel !== channel;
  showHeader();
  scrollToLastQuestion(logs[channel]);
}

function showThreads() {
  for (const [channel, log] of Object.entries(logs)) {
    log.querySelectorAll(":scope > :not(.note:first-child)").forEach((shown) => shown.remove());
    for (const entry of state.threads[channel]) show(channel, entry);
  }
  showChannel();
}

// Sheets: the examples and the towns

const toggles = [...phone.querySelectorAll("[aria-controls]")];

function setSheet(toggle, isOpen) {
  toggle.setAttribute("aria-expanded", String(isOpen));
  document.getElementById(toggle.getAttribute("aria-controls")).hidden = !isOpen;
}

function closeSheets() {
  for (const toggle of toggles) setSheet(toggle, false);
}

function growBox() {
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight + box.offsetHeight - box.clientHeight}px`;
}

// Listening

document.getElementById("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  if (pending || !box.value.trim()) return;
  const text = box.value;
  box.value = "";
  growBox();
  closeSheets();
  send({ kind: "text", text });
});

box.addEventListener("input", growBox);
box.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  box.form.requestSubmit();
});

for (const toggle of toggles) {
  toggle.addEventListener("click", () => {
    const isOpening = toggle.getAttribute("aria-expanded") !== "true";
    closeSheets();
    setSheet(toggle, isOpening);
  });
}

phone.addEventListener("keydown", (event) => {
  const open = toggles.find((toggle) => toggle.getAttribute("aria-expanded") === "true");
  if (event.key !== "Escape" || !open) return;
  closeSheets();
  open.focus();
});

for (const example of phone.querySelectorAll(".example")) {
  example.addEventListener("click", () => {
    box.value = example.textContent;
    growBox();
    closeSheets();
    box.focus();
  });
}

for (const town of phone.querySelectorAll(".town")) {
  town.addEventListener("click", () => {
    const { lat, lon } = town.dataset;
    closeSheets();
    share.focus();
    send({ kind: "location", text: "", place: town.textContent, lat: Number(lat), lon: Number(lon) });
  });
}

for (const button of phone.querySelectorAll("[data-kind]")) {
  button.addEventListener("click", () => {
    closeSheets();
    send({ kind: button.dataset.kind, text: "" });
  });
}

for (const radio of phone.querySelectorAll("input[name=channel]")) {
  radio.addEventListener("change", () => {
    state.channel = radio.value;
    keep();
    showChannel();
  });
}

document.getElementById("new-person").addEventListener("click", () => {
  pending?.abort.abort("new person");
  pending = null;
  state = freshState(state.channel);
  keep();
  showPending();
  showThreads();
  setSheet(toggles[0], true);
});

keep();
showThreads();
if (!state.threads.sms.length && !state.threads.whatsapp.length) setSheet(toggles[0], true);
