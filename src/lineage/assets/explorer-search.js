"use strict";
// Search by name, alias, maker, paper and technique, and by the selector language: what the box finds and shows.

/** @typedef {{node: NodeData, field: string, text: string, rank: number}} Hit */

/** Words of a text without case, accents of compatibility and punctuation. @param {string} text @returns {string[]} */
function words(text) {
  const folded = text.normalize("NFKC").toLowerCase().replaceAll("+", "plus");
  return folded.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
}

/** What a node can be found by, in the order in which a match counts. */
const SEARCHED = ["name", "alias", "arXiv", "maker", "family", "author", "paper", "technique"];

/** So many nodes are put into the index in one piece; some milliseconds. */
const INDEXED_AT_ONCE = 100;

/** An index of every name in the graph, as it is now; made a piece at a time, or when something is looked for. */
class Search {
  /** @param {Graph} graph */
  constructor(graph) {
    this.graph = graph;
    this.waiting = [...graph.nodes.values()];
    /** @type {{node: NodeData, weight: number, texts: {field: string, text: string, parts: string[], whole: string}[], all: string}[]} */
    this.entries = [];
    /** @type {Map<string, {parts: string[], whole: string}>} names that come back, as those of makers and techniques do */
    this.read = new Map();
  }

  /** Takes some more nodes in. @param {number} [count] @returns {boolean} whether all are in */
  advance(count = INDEXED_AT_ONCE) {
    const { graph, entries, waiting } = this;
    for (const node of waiting.slice(entries.length, entries.length + count)) {
      const texts = [...this.#texts(node)].map(([field, text]) => ({ field, text, ...this.#words(text) }));
      entries.push({
        node,
        weight: (graph.incoming.get(node.id)?.length ?? 0) + (graph.outgoing.get(node.id)?.length ?? 0),
        texts,
        all: texts.map(({ whole }) => whole).join("\n"),
      });
    }
    return entries.length === waiting.length;
  }

  /** @param {string} text */
  #words(text) {
    let found = this.read.get(text);
    if (!found) {
      const parts = words(text);
      found = { parts, whole: parts.join("") };
      this.read.set(text, found);
    }
    return found;
  }

  /** @param {NodeData} node @returns {Iterable<[string, string]>} */
  *#texts(node) {
    yield ["name", node.name];
    yield ["alias", node.id];
    for (const alias of node.aliases ?? []) yield ["alias", alias];
    if (node.arxiv) yield ["arXiv", node.arxiv];
    for (const maker of node.organizations ?? []) yield ["maker", maker];
    if (node.family) yield ["family", node.family];
    for (const author of node.authors ?? []) yield ["author", author];
    for (const edge of this.graph.into(node.id, "described-by", "introduced-technique"))
      yield ["paper", this.graph.node(edge.source).name];
    if (node.kind === "model")
      for (const edge of [
        ...this.graph.into(node.id, "uses-technique"),
        ...this.graph.outOf(node.id, "introduced-technique"),
      ]) {
        const technique = this.graph.node(edge.kind === "uses-technique" ? edge.source : edge.target);
        for (const name of [technique.name, ...(technique.aliases ?? [])]) yield ["technique", name];
      }
  }

  /** The best matches first. @param {string} query @param {number} limit @returns {{hits: Hit[], total: number}} */
  find(query, limit) {
    const wanted = words(query);
    const whole = wanted.join("");
    if (!whole) return { hits: [], total: 0 };
    this.advance(Infinity);
    const hits = [];
    for (const entry of this.entries) {
      // Most nodes have nothing to do with it, and this is the quickest way to see so.
      if (!wanted.every((word) => entry.all.includes(word))) continue;
      /** @type {{field: string, text: string, rank: number}|null} */
      let best = null;
      for (const { field, text, parts, whole: target } of entry.texts) {
        const closeness = nearness(wanted, whole, parts, target);
        const rank = closeness * 10 + SEARCHED.indexOf(field);
        if (closeness < 4 && (!best || rank < best.rank)) best = { field, text, rank };
      }
      if (
        !best &&
        wanted.length > 1 &&
        wanted.every((word) => entry.texts.some(({ parts }) => parts.some((part) => part.startsWith(word))))
      )
        best = { field: "name", text: entry.node.name, rank: 90 };
      if (best) hits.push({ node: entry.node, weight: entry.weight, ...best });
    }
    hits.sort(
      (one, other) => one.rank - other.rank || other.weight - one.weight || compare(one.node.id, other.node.id),
    );
    return { hits: hits.slice(0, limit), total: hits.length };
  }
}

/**
 * How well a text answers a query: 0 the same, 1 begins so, 2 its words begin so, 3 holds it, 4 not at all.
 * @param {string[]} wanted @param {string} whole @param {string[]} parts @param {string} target
 */
function nearness(wanted, whole, parts, target) {
  if (target === whole) return 0;
  if (target.startsWith(whole)) return 1;
  if (wanted.every((word) => parts.some((part) => part.startsWith(word)))) return 2;
  return whole.length > 1 && target.includes(whole) ? 3 : 4;
}

/** How many results the list shows. */
const LISTED = 50;
/** What makes a text a selection rather than a name. */
const SELECTING = /[+@,*"[]|\w:\S|\S\s+\S+:/;
/** So much of a text is looked for as a name; a selection may be longer. */
const LONGEST_NAME = 400;
/** A name that begins with what is written has a rank below this. */
const BEGINS_SO = 20;

/** The box, its list, and what is done with a result. */
class SearchBox {
  /**
   * @param {Graph} graph
   * @param {{take: (hit: Hit) => void, relate: (one: string, other: string) => void, select: (query: string) => void, say: (text: string) => void, find: (query: string) => {ids: string[], fault: Sight["fault"]},
   *   named: (text: string) => string[][]|null}} actions
   */
  constructor(graph, actions) {
    this.graph = graph;
    this.actions = actions;
    this.box = /** @type {HTMLInputElement} */ (part("#search"));
    this.list = part("#results");
    this.fault = part("#search-fault");
    /** @type {Search|null} */
    this.index = null;
    /** @type {Search|null} */
    this.early = null;
    /** @type {(Hit|Pair|string)[]} a string is a selection */
    this.hits = [];
    this.active = -1;
    const { box, list } = this;
    box.addEventListener("input", () => this.look());
    box.addEventListener("focus", () => box.value.trim() && this.look());
    box.addEventListener("blur", () => this.fold());
    box.addEventListener("keydown", (event) => this.#key(event));
    // The field keeps the focus while an item is pressed, else the list would fold before the click arrives.
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const item = /** @type {Element} */ (event.target).closest("[role=option]");
      const hit = item && this.hits[[...list.children].indexOf(item)];
      if (hit) this.#take(hit);
    });
  }

  /** @returns {Search} of everything */
  prepare() {
    this.graph.complete();
    this.index ??= new Search(this.graph);
    return this.index;
  }

  /** Makes a piece of the index before it is needed. @returns {boolean} whether it is there */
  advance() {
    const done = this.prepare().advance();
    // Whoever was quicker has seen only models so far.
    if (done && this.early && document.activeElement === this.box && this.box.value.trim()) this.look();
    if (done) this.early = null;
    return done;
  }

  /** What is found in before all of it was read: an index of the models. @returns {Search} */
  #ready() {
    return this.graph.later === null ? this.prepare() : (this.early ??= new Search(this.graph));
  }

  look() {
    const { value: query } = this.box;
    const text = query.trim();
    const index = this.#ready();
    const name = query.slice(0, LONGEST_NAME);
    const { hits, total } = index.find(name, LISTED);
    const selecting = SELECTING.test(text) || text.length > SELECTOR_LONGEST;
    // Names beside each other are a selection without any sign of one; before all is read nobody waits for that.
    const named = this.graph.later === null && text.length > 2 && /[\s?]/.test(text) ? this.actions.named(text) : null;
    const { ids, fault } = selecting || named ? this.actions.find(text) : { ids: [], fault: null };
    const pair = pairOf(index, name) ?? pairIn(named);
    const offers = [...((selecting || named) && !fault ? [text] : []), ...(pair ? [pair] : [])];
    // Who writes the beginning of a name may mean it, even where its words are names of others.
    const first = !selecting && named && hits[0]?.rank < BEGINS_SO ? 1 : 0;
    this.hits = [...hits.slice(0, first), ...offers, ...hits.slice(first)];
    this.list.replaceChildren(
      ...this.hits.map((hit, place) => this.#item(hit, place, ids)),
      ...(query.trim() && !this.hits.length && !fault ? [el("li", { class: "nothing" }, "Nothing is called so.")] : []),
    );
    this.#tell(query, selecting && !hits.length ? fault : null);
    const open = this.list.childElementCount > 0;
    this.list.hidden = !open;
    this.box.setAttribute("aria-expanded", String(open));
    this.#mark(this.hits.length ? 0 : -1);
    if (!open && !fault) return;
    if (fault && !hits.length) this.actions.say(fault.message);
    else if ((selecting || named) && !fault && !first)
      this.actions.say(`The selection has ${countedKinds(this.graph, ids)}`);
    else if (total > hits.length) this.actions.say(`${total} results, the first ${hits.length} shown`);
    else this.actions.say(total === 1 ? "1 result" : `${total} results`);
  }

  /** @param {Hit|Pair|string} hit @param {number} index @param {string[]} ids */
  #item(hit, index, ids) {
    if (typeof hit !== "string" && "other" in hit) return pairItem(this.graph, hit, `result-${index}`);
    const selection = typeof hit === "string";
    const kind = selection ? "selection" : hit.node.kind;
    return el(
      "li",
      { role: "option", id: `result-${index}`, "aria-selected": "false" },
      el("span", { class: `dot kind-${kind}`, "aria-hidden": "true" }),
      el(
        "span",
        { class: "found" },
        selection ? `Select ${countedKinds(this.graph, ids)}` : hit.node.name,
      ),
      el("span", { class: "why" }, selection ? hit : why(hit)),
    );
  }

  /** Shows what is wrong with a selection, under the place. @param {string} query @param {Sight["fault"]} fault */
  #tell(query, fault) {
    this.fault.hidden = fault === null;
    this.box.toggleAttribute("aria-invalid", fault !== null);
    if (fault === null) return this.fault.replaceChildren();
    const lead = query.length - query.trimStart().length;
    const at = fault.at === null ? null : Math.min(query.length, fault.at + lead);
    const place =
      at === null
        ? []
        : [el("code", {}, near(query, at), el("mark", {}, query.slice(at, at + 1) || " "), clipped(query.slice(at + 1), 60))];
    this.fault.replaceChildren(...place, el("span", {}, clipped(fault.message, 400)));
  }

  /** @param {number} index */
  #mark(index) {
    this.active = index;
    [...this.list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === index)));
    const item = this.hits.length ? this.list.children[index] : null;
    if (item) item.scrollIntoView({ block: "nearest" });
    if (item) this.box.setAttribute("aria-activedescendant", item.id);
    else this.box.removeAttribute("aria-activedescendant");
  }

  fold() {
    this.list.hidden = true;
    this.fault.hidden = true;
    this.box.setAttribute("aria-expanded", "false");
    this.box.removeAttribute("aria-activedescendant");
  }

  /** @param {Hit|Pair|string} hit */
  #take(hit) {
    this.fold();
    this.box.value = "";
    if (typeof hit === "string") this.actions.select(hit);
    else if ("other" in hit) this.actions.relate(hit.one, hit.other);
    else this.actions.take(hit);
  }

  focus() {
    this.box.focus();
    this.box.select();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { box, list, hits } = this;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (hits.length) this.#mark((this.active + (event.key === "ArrowDown" ? 1 : -1) + hits.length) % hits.length);
    } else if (event.key === "Enter" && hits[this.active]) {
      event.preventDefault();
      this.#take(hits[this.active]);
    } else if (event.key === "Escape" && (box.value || !list.hidden)) {
      event.stopPropagation();
      box.value = "";
      this.fold();
    }
  }
}

/** @param {string} query @param {number} at @returns {string} what stands before the place, its end where it is long */
function near(query, at) {
  return at > 200 ? `…${query.slice(at - 60, at)}` : query.slice(0, at);
}

/** @param {Hit} hit why a node was found, where its name does not say so */
function why({ node, field, text }) {
  const about = [...(node.organizations ?? []).slice(0, 2), node.date?.slice(0, 4)].filter(Boolean).join(", ");
  const kind = node.kind === "model" ? "" : word(KIND_WORDS, node.kind).toLowerCase();
  const reason = field === "name" || text === node.id ? "" : `${field}: ${text}`;
  return [kind, reason, field === "maker" ? (node.date?.slice(0, 4) ?? "") : about].filter(Boolean).join(" · ");
}
