"use strict";
// The help: what the keys do and how a selection is written.

/** @type {[string, string][]} */
const KEYS = [
  ["/", "search, or write a selection"],
  ["← →", "parent, first child"],
  ["↑ ↓", "siblings; rows of the table"],
  ["Home End", "the earliest, the latest model"],
  ["Enter", "details of the model"],
  ["Space", "unfold or fold what came of it"],
  ["+ −", "zoom"],
  ["1 2 3", "tree, network, table"],
  ["f", "filters"],
  ["l", "only this lineage"],
  ["Esc", "close, go back a step"],
  ["?", "this list"],
];
/** @type {[string, string][]} */
const SELECTIONS = [
  ["llama+", "LLaMA and all that came of it"],
  ["+vicuna", "Vicuna and all it came from"],
  ["2+bert+1", "two generations up, one down"],
  ["@t5", "what came of T5, and all of that came from"],
  ["uses:rope", "the models that use a technique"],
  ["org:meta,year:2023", "both at once: a comma"],
];

/** @param {HTMLDialogElement} dialog @param {(query: string) => void} select */
function fillKeys(dialog, select) {
  if (dialog.childElementCount) return;
  const close = el("button", { type: "button", class: "icon", "aria-label": "Close (Esc)" }, "✕");
  close.addEventListener("click", () => dialog.close());
  dialog.append(
    el("header", {}, el("h2", { id: "keys-title" }, "Keys and selections"), close),
    el(
      "dl",
      {},
      ...KEYS.map(([key, text]) =>
        el("div", {}, el("dt", {}, ...key.split(" ").map((one) => el("kbd", {}, one))), el("dd", {}, text)),
      ),
    ),
    el("h3", {}, "Selections, written into the search box"),
    el(
      "ul",
      {},
      ...SELECTIONS.map(([query, text]) => {
        const button = el("button", { type: "button" }, el("code", {}, query), el("span", {}, text));
        button.addEventListener("click", () => {
          dialog.close();
          select(query);
        });
        return el("li", {}, button);
      }),
    ),
  );
}
