"use strict";
// The details panel, and the few functions by which the page makes elements. Text reaches the document as text nodes
// and attribute values only; an address becomes a link only when it is http or https.

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element with attributes and children; a string becomes a text node.
 * @param {string} tag @param {Record<string, string|number|boolean|null|undefined>} [attributes]
 * @param {...(Node|string|null|undefined|false)} children @returns {HTMLElement}
 */
function el(tag, attributes = {}, ...children) {
  return /** @type {HTMLElement} */ (fill(document.createElement(tag), attributes, children));
}

/** The same for SVG. @type {(tag: string, attributes?: Record<string, any>, ...children: any[]) => SVGElement} */
function svg(tag, attributes = {}, ...children) {
  return /** @type {SVGElement} */ (fill(document.createElementNS(SVG, tag), attributes, children));
}

/** @param {Element} element @param {Record<string, any>} attributes @param {any[]} children */
function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes))
    if (value !== null && value !== undefined && value !== false)
      element.setAttribute(name, value === true ? "" : String(value));
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** @param {unknown} address @returns {string|null} the address if a browser may be sent there */
function safeAddress(address) {
  try {
    const url = new URL(String(address));
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

/** @param {unknown} address @param {string} text @returns {HTMLElement} a link, or plain text for any other address */
function outward(address, text) {
  const href = safeAddress(address);
  return href ? el("a", { href, rel: "noopener noreferrer", target: "_blank" }, text) : el("span", {}, text);
}

const KIND_WORDS = { model: "Model", paper: "Paper", technique: "Technique" };
const DATE_WORDS = { paper: "paper", announced: "announced", weights: "weights released", api: "service opened" };
const RELATION_WORDS = {
  "continued-pretraining": "pretraining continued from",
  finetuned: "fine-tuned from",
  adapter: "adapter on",
  merged: "merged from",
  quantized: "quantized from",
  pruned: "pruned from",
  expanded: "expanded from",
  distilled: "distilled from",
  architecture: "design of",
  reproduction: "reproduction of",
  succeeds: "succeeds",
  refines: "refines",
};
const EVIDENCE_WORDS = {
  stated: "A primary source says so.",
  evident: "Configuration, code or tokenizer show it.",
  reported: "A credible third party says so.",
  inferred: "Our own reading; see the note.",
};
const WEIGHTS_WORDS = {
  open: "open: anyone may have and use them",
  restricted: "restricted: to be had under conditions of use",
  api: "only as a service",
  unreleased: "not released",
};
const ORIGIN_WORDS = {
  scratch: "trained from random weights",
  derived: "weights came from a parent",
  undisclosed: "not disclosed",
};
/** Fields of a record in the order in which they are shown; what is not named here follows under its own name. */
const FIELD_WORDS = {
  organizations: "Makers",
  authors: "Authors",
  family: "Family",
  category: "Subject",
  type: "Document",
  contribution: "Contribution",
  architecture: "Architecture",
  weights: "Weights",
  origin: "Origin",
  license: "Licence",
  context_length: "Context",
  pretraining_tasks: "Pretraining",
  extension: "What is new",
  application: "Made for",
  corpus: "Trained on",
  included_because: "Here because",
  collections: "In the sets",
};
/** Shown elsewhere in the panel, or written as claims. */
const FIELDS_APART = new Set([
  ...[
    "id",
    "kind",
    "name",
    "title",
    "date",
    "dates",
    "aliases",
    "sources",
    "location",
    "variants",
    "summary",
    "arxiv",
    "url",
    "address",
  ],
  ...["derived_from", "succeeds", "introduced_technique", "uses_technique", "described_by", "refines"],
]);

/** @param {Record<string, string>} table @param {string|null|undefined} key @returns {string} */
function word(table, key) {
  return key && Object.hasOwn(table, key) ? table[key] : (key ?? "").replaceAll("-", " ");
}

/** @param {{reason: string, note?: string}[]} why @returns {string} */
function reasons(why) {
  return why.map((one) => word({}, one.reason) + (one.note ? ` (${one.note})` : "")).join("; ");
}

/** Everything that is known about one node. */
class Panel {
  /**
   * @param {HTMLElement} host
   * @param {Graph} graph
   * @param {{choose: (id: string) => void, close: () => void, view: (view: string) => void, link: (id: string) => string,
   *   say: (text: string) => void}} actions
   */
  constructor(host, graph, actions) {
    this.host = host;
    this.graph = graph;
    this.actions = actions;
  }

  /** @param {string|null} id @param {string} view the view that is on */
  show(id, view) {
    this.host.hidden = id === null;
    if (id === null) return this.host.replaceChildren();
    const node = this.graph.node(id);
    this.host.replaceChildren(this.#head(node, view), this.#body(node));
    this.host.scrollTop = 0;
  }

  focus() {
    this.host.querySelector("h2")?.focus();
  }

  /** @param {NodeData} node @param {string} view */
  #head(node, view) {
    const close = el("button", { type: "button", class: "icon close", "aria-label": "Close details (Esc)" }, "✕");
    close.addEventListener("click", this.actions.close);
    const copy = el("button", { type: "button", class: "copy" }, "Copy link");
    copy.addEventListener("click", () => this.#copy(node.id, copy));
    const inTree = node.kind === "model";
    const other = view === "network" ? "tree" : "network";
    const turn = el(
      "button",
      { type: "button", class: "turn" },
      other === "tree" ? (inTree ? "Show in tree" : "Show tree") : "Show network",
    );
    turn.addEventListener("click", () => this.actions.view(other));
    const line = [word(KIND_WORDS, node.kind), ...(node.organizations ?? []).slice(0, 3)].join(" · ");
    return el(
      "header",
      {},
      el(
        "div",
        { class: "titles" },
        el("p", { class: "kicker" }, line, node.date && el("span", { class: "when" }, ` · ${node.date}`)),
        el("h2", { tabindex: -1 }, node.name),
      ),
      close,
      el("div", { class: "actions" }, copy, turn),
    );
  }

  /** @param {string} id @param {HTMLElement} button */
  async #copy(id, button) {
    const link = this.actions.link(id);
    let done = false;
    try {
      await navigator.clipboard.writeText(link);
      done = true;
    } catch {
      // A sandboxed frame may not write to the clipboard: the link is put where it can be selected.
    }
    if (done) {
      button.textContent = "Link copied";
      return this.actions.say("Link copied");
    }
    const box = el("input", { class: "permalink", readonly: true, "aria-label": "Permanent link" });
    /** @type {HTMLInputElement} */ (box).value = link;
    button.replaceWith(box);
    box.focus();
    /** @type {HTMLInputElement} */ (box).select();
    this.actions.say("Copy the selected link");
  }

  /** @param {NodeData} node */
  #body(node) {
    const { graph } = this;
    const body = el("div", { class: "body" });
    if (node.aliases?.length) body.append(el("p", { class: "aliases" }, `Also called ${node.aliases.join(", ")}`));
    if (node.summary) body.append(el("p", { class: "summary" }, node.summary));
    const address = node.arxiv ? `https://arxiv.org/abs/${node.arxiv}` : (node.address ?? node.url);
    if (node.kind === "paper" && address)
      body.append(el("p", {}, outward(address, node.arxiv ? `arXiv:${node.arxiv}` : shortAddress(address))));
    const parents = [...graph.into(node.id, "derived-from"), ...graph.into(node.id, "succeeds", "refines")];
    const children = [...graph.outOf(node.id, "derived-from"), ...graph.outOf(node.id, "succeeds", "refines")];
    children.sort((one, other) => graph.byDate(one.target, other.target));
    const none = node.kind === "model" ? (node.origin === "undisclosed" ? "Not disclosed." : "No model is known.") : "";
    /** @type {[string, EdgeData[], boolean, string][]} */
    const sections = [
      [node.kind === "technique" ? "Refines" : "Came from", parents, true, none],
      [node.kind === "technique" ? "Refined by" : "Led to", children, false, ""],
    ];
    const later = (/** @type {EdgeData} */ one, /** @type {EdgeData} */ other) =>
      graph.byDate(one.target, other.target);
    const rest = /** @type {[string, EdgeData[], boolean, string][]} */ ([
      ["Introduced by", graph.into(node.id, "introduced-technique"), true, ""],
      ["Introduces", graph.outOf(node.id, "introduced-technique"), true, ""],
      ["Describes", graph.outOf(node.id, "described-by"), true, ""],
      ["Papers and cards", graph.into(node.id, "described-by"), true, ""],
      ["Techniques used", graph.into(node.id, "uses-technique"), true, ""],
      ["Used by", graph.outOf(node.id, "uses-technique").sort(later), false, ""],
    ]);
    const claims = node.kind === "model" ? [...sections, ...rest] : [...rest, ...sections];
    const lists = claims.map(([title, edges, incoming, empty]) => this.#claims(node, title, edges, incoming, empty));
    const facts = this.#facts(node);
    const order = node.kind === "model" ? [lists[0], facts, ...lists.slice(1)] : [facts, ...lists];
    for (const one of order) if (one) body.append(one);
    if (node.sources?.length)
      body.append(el("section", {}, el("h3", {}, "Sources of these facts"), sourceList(node.sources)));
    if (node.location) body.append(el("p", { class: "location" }, `Written in graph_data/${node.location}`));
    return body;
  }

  /** @param {NodeData} node */
  #facts(node) {
    const list = el("dl");
    /** @param {string} name @param {...(Node|string)} values */
    const add = (name, ...values) => list.append(el("div", {}, el("dt", {}, name), el("dd", {}, ...values)));
    for (const [field, name] of Object.entries(FIELD_WORDS)) {
      const value = node[field];
      if (value === null || value === undefined || (Array.isArray(value) && !value.length)) continue;
      if (field === "weights") add(name, word(WEIGHTS_WORDS, value));
      else if (field === "origin") add(name, word(ORIGIN_WORDS, value));
      else if (field === "context_length") add(name, `${Number(value).toLocaleString("en")} tokens`);
      else if (field === "included_because") add(name, reasons(node.included_because ?? []));
      else if (["category", "type"].includes(field)) add(name, word({}, String(value)));
      else add(name, plainText(value));
    }
    for (const [field, value] of Object.entries(node))
      if (!Object.hasOwn(FIELD_WORDS, field) && !FIELDS_APART.has(field) && plainText(value))
        add(field.replaceAll("_", " "), plainText(value));
    if (node.dates?.length)
      add(
        "Dates",
        el(
          "ul",
          { class: "dates" },
          ...node.dates.map((event) =>
            el(
              "li",
              {},
              `${event.date} · ${word(DATE_WORDS, event.kind)}`,
              event.sources?.length ? sourceList(event.sources) : null,
            ),
          ),
        ),
      );
    else if (node.date) add("Date", node.date);
    if (node.variants?.length) add("Sizes", variantTable(node.variants));
    return list.childElementCount ? el("section", {}, el("h3", {}, "Facts"), list) : null;
  }

  /**
   * One list of claims by their other end: each with relation, basis, evidence, note and sources.
   * @param {NodeData} node @param {string} title @param {EdgeData[]} edges @param {boolean} incoming @param {string} empty
   */
  #claims(node, title, edges, incoming, empty) {
    if (!edges.length && !empty) return null;
    /** @type {Map<string, EdgeData[]>} */
    const ends = new Map();
    for (const edge of edges) {
      const end = edge.source === node.id ? edge.target : edge.source;
      ends.set(end, [...(ends.get(end) ?? []), edge]);
    }
    const heading = el("h3", {}, title, ends.size > 1 ? el("span", { class: "count" }, ` ${ends.size}`) : null);
    if (!edges.length) return el("section", {}, heading, el("p", { class: "empty" }, empty));
    const open = edges.length <= 3;
    const items = [...ends].map(([id, own]) => {
      const end = this.graph.node(id);
      const button = el(
        "button",
        { type: "button", class: "end" },
        el("span", {}, end.name),
        end.date ? el("span", { class: "when" }, end.date) : null,
      );
      button.addEventListener("click", () => this.actions.choose(id));
      return el("li", {}, button, ...own.map((edge) => this.#claim(edge, incoming, open)));
    });
    return el("section", {}, heading, el("ul", { class: "claims" }, ...items));
  }

  /** @param {EdgeData} edge @param {boolean} incoming @param {boolean} open whether its sources are unfolded */
  #claim(edge, incoming, open) {
    const relation = incoming
      ? relationWords(edge)
      : edge.relation
        ? edge.relation.replaceAll("-", " ")
        : edge.kind === "succeeds"
          ? "succession"
          : "";
    const basis = edge.basis && edge.kind === "derived-from" ? `basis: ${edge.basis}` : "";
    const marks = [
      relation && LINEAGE_KINDS.has(edge.kind)
        ? el("span", { class: `mark basis-${edge.basis ?? "none"}` }, relation)
        : null,
      basis ? el("span", { class: "mark" }, basis) : null,
      edge.role === "concurrent" ? el("span", { class: "mark" }, "concurrent") : null,
      el("span", { class: "mark", title: word(EVIDENCE_WORDS, edge.evidence) }, edge.evidence),
    ];
    const count = edge.sources.length === 1 ? "1 source" : `${edge.sources.length} sources`;
    return el(
      "div",
      { class: "claim" },
      el("p", { class: "marks" }, ...marks),
      edge.note ? el("p", { class: "note" }, edge.note) : null,
      edge.disputed
        ? el("div", { class: "note" }, `Disputed by ${edge.disputed.by}`, sourceList([edge.disputed.source]))
        : null,
      el("details", { open }, el("summary", {}, count), sourceList(edge.sources)),
    );
  }
}

/** @param {EdgeData} edge how the child stands to the parent, in words */
function relationWords(edge) {
  return word(RELATION_WORDS, edge.relation ?? edge.kind);
}

/** @param {unknown} value @returns {string} a field as text */
function plainText(value) {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map(plainText).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** @param {string} address @returns {string} without the scheme, as people write it */
function shortAddress(address) {
  return String(address)
    .replace(/^https?:\/\/(www\.)?/, "")
    .replace(/\/$/, "");
}

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

/** @param {readonly Variant[]} variants */
function variantTable(variants) {
  const active = variants.some((variant) => variant.active_parameters);
  const row = (/** @type {Variant} */ variant) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, variant.url ? outward(variant.url, variant.name) : variant.name),
      el("td", {}, variant.parameters ?? ""),
      active && el("td", {}, variant.active_parameters ?? ""),
    );
  const head = el(
    "tr",
    {},
    el("th", { scope: "col" }, "size"),
    el("th", { scope: "col" }, "parameters"),
    active && el("th", { scope: "col" }, "active"),
  );
  return el("table", {}, el("thead", {}, head), el("tbody", {}, ...variants.map(row)));
}
