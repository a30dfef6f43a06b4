"use strict";
// How claims are shown, wherever they are: relation, basis, evidence, note, dispute, and each source with its place.

/** @param {readonly Source[]} sources */
function sourceList(sources) {
  return el(
    "ul",
    { class: "sources" },
    ...sources.map((source) =>
      el(
        "li",
        {},
        outward(source.url, shortAddress(source.url)),
        source.locator ? el("span", { class: "locator" }, source.locator) : null,
        source.shows ? el("p", { class: "shows" }, source.shows) : null,
      ),
    ),
  );
}

/**
 * A claim with all that is known about it.
 * @param {EdgeData} edge
 * @param {{form?: "of"|"into"|"from", open?: boolean, extra?: string}} [how] `form` says how the relation reads: below the
 *   parent ("fine-tuned from"), between parent and child ("fine-tuned into"), below the child ("fine-tuned from it"); `open` when
 *   its sources are unfolded; `extra` is a line of ours about it
 */
function claimView(edge, { form = "from", open = false, extra = "" } = {}) {
  const descent = LINEAGE_KINDS.has(edge.kind);
  const relation =
    form === "of"
      ? relationWords(edge)
      : form === "into"
        ? word(INTO_WORDS, edge.relation ?? edge.kind)
        : word(FROM_IT_WORDS, edge.relation ?? edge.kind);
  const count = counted(edge.sources.length, "source");
  return el(
    "div",
    { class: "claim" },
    el(
      "p",
      { class: "marks" },
      relation && descent ? el("span", { class: `mark basis-${edge.basis ?? "none"}` }, relation) : null,
      edge.basis && edge.kind === "derived-from" ? el("span", { class: "mark" }, `basis: ${edge.basis}`) : null,
      edge.role === "concurrent" ? el("span", { class: "mark" }, "concurrent") : null,
      el("span", { class: "mark evidence", title: word(EVIDENCE_WORDS, edge.evidence) }, edge.evidence),
    ),
    extra ? el("p", { class: "extra-line" }, extra) : null,
    edge.note ? el("p", { class: "note" }, edge.note) : null,
    edge.disputed
      ? el("div", { class: "note" }, `Disputed by ${edge.disputed.by}`, sourceList([edge.disputed.source]))
      : null,
    el("details", { open }, el("summary", {}, count), sourceList(edge.sources)),
  );
}

/**
 * A name to go on by, with its date.
 * @param {NodeData} node @param {(id: string) => void} choose
 */
function endButton(node, choose) {
  const button = el(
    "button",
    { type: "button", class: "end" },
    el("span", {}, node.name),
    node.date ? el("span", { class: "when" }, node.date) : null,
  );
  button.addEventListener("click", () => choose(node.id));
  return button;
}

/**
 * Puts a text on the clipboard, or, where that is forbidden, into a field from which it can be taken.
 * @param {HTMLElement} button @param {string} text @param {string} what @param {(text: string) => void} say
 */
async function copyText(button, text, what, say) {
  let done = false;
  try {
    await navigator.clipboard.writeText(text);
    done = true;
  } catch {
    // A sandboxed frame may not write to the clipboard: the text is put where it can be selected.
  }
  if (done) {
    button.textContent = `${what} copied`;
    return say(`${what} copied`);
  }
  const lines = text.split("\n").length;
  const box = /** @type {HTMLInputElement|HTMLTextAreaElement} */ (
    lines > 1
      ? el("textarea", { class: "permalink", readonly: true, rows: Math.min(8, lines), "aria-label": what })
      : el("input", { class: "permalink", readonly: true, "aria-label": what })
  );
  box.value = text;
  button.replaceWith(box);
  box.focus();
  box.select();
  say(`${what} selected: copy it`);
}
