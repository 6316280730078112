// Passkeys: the form that carries data-passkey tells what to ask the browser for, and takes what it answers.
"use strict";

const form = document.querySelector("form[data-passkey]");

const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");

const decodeAll = (descriptors) => (descriptors ?? []).map((descriptor) => ({ ...descriptor, id: toBytes(descriptor.id) }));

function decode(options) {
  const decoded = { ...options, challenge: toBytes(options.challenge) };
  if (options.user) decoded.user = { ...options.user, id: toBytes(options.user.id) };
  if (options.excludeCredentials) decoded.excludeCredentials = decodeAll(options.excludeCredentials);
  if (options.allowCredentials) decoded.allowCredentials = decodeAll(options.allowCredentials);
  return decoded;
}

const ANSWER = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];

function encode(credential) {
  const given = ANSWER.filter((name) => credential.response[name]);
  const response = Object.fromEntries(given.map((name) => [name, toText(credential.response[name])]));
  response.transports = credential.response.getTransports?.() ?? [];
  return { id: credential.id, rawId: toText(credential.rawId), type: credential.type, response };
}

const show = (name, isShown) => { form.querySelector(`[data-passkey-${name}]`).hidden = !isShown; };

async function ask() {
  show("state", true);
  show("failed", false);
  show("again", false);
  try {
    const publicKey = decode(JSON.parse(form.dataset.options));
    const credential = await navigator.credentials[form.dataset.passkey]({ publicKey });
    form.elements.credential.value = JSON.stringify(encode(credential));
    form.submit();
  } catch {
    show("state", false);
    show("failed", true);
    show("again", true);
  }
}

if (form && window.PublicKeyCredential) {
  form.querySelector("[data-passkey-again]").addEventListener("click", ask);
  ask();
} else if (form) {
  show("state", false);
  show("missing", true);
  show("again", false);
}
