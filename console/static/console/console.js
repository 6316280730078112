// What every page shares: a key press follows the control that names it (data-key), unless somebody is typing.
"use strict";

// On a phone the menu is a strip: it begins at the page that one is on.
for (const here of document.querySelectorAll(".pages a[aria-current], .reasons a[aria-current]")) {
  const strip = here.closest("nav");
  const start = (element) => element.getBoundingClientRect().left;
  for (const moved of [strip, strip.querySelector("ul")]) moved.scrollLeft += start(here) - start(moved) - 32;
}

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  if (isTyping || event.ctrlKey || event.altKey || event.metaKey) return;
  const control = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!control) return;
  event.preventDefault();
  control.matches("input, select, textarea") ? control.focus() : control.click();
});

// Forms marked data-once are sent once, however often somebody presses.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.once === undefined) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});

// A select or checkbox marked data-submit sends its form when it changes.
document.addEventListener("change", (event) => {
  if (event.target.dataset.submit !== undefined) event.target.form.requestSubmit();
});

// On a phone the menu scrolls sideways: show the entry of the page one is on.
document.querySelector(".pages a[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
