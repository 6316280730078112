// A chip puts its placeholder where one was writing last, or on the clipboard when nowhere.
"use strict";

let written = null;
document.addEventListener("focusin", (event) => {
  if (event.target.matches("textarea:not([readonly])")) written = event.target;
});
document.addEventListener("click", (event) => {
  const chip = event.target.closest("[data-insert]");
  if (!chip) return;
  const token = chip.dataset.insert;
  if (!written) {
    navigator.clipboard?.writeText(token);
    return;
  }
  written.setRangeText(token, written.selectionStart, written.selectionEnd, "end");
  written.focus();
});
