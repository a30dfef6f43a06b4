"use strict";
// The details panel: everything that is known about one node, and who says so.

/**
 * @typedef {{choose: (id: string) => void, close: () => void, view: (view: string) => void,
 *   link: (id: string, other?: string) => string, relate: (one: string, other: string|null) => void,
 *   say: (text: string) => void}} PanelActions what the page does for the panel
 * @typedef {{search: () => Search, repository: string|null}} PanelContext
 */

/** Lists up to this long are unfolded from the start. */
const UNFOLDED = 6;

class Panel {
  /** @param {HTMLElement} host @param {Graph} graph @param {PanelContext} context @param {PanelActions} actions */
  constructor(host, graph, context, actions) {
    this.host = host;
    this.graph = graph;
    this.context = context;
    this.actions = actions;
    this.relation = new RelationView(host, graph, context.search, actions);
    /** From a name in the panel to its details, where a reader of the keyboard goes on at their top. */
    this.walk = (/** @type {string} */ id) => {
      actions.choose(id);
      this.focus();
    };
  }

  /** @param {string|null} id @param {string} view the view that is on @param {string|null} [other] the node to relate it to */
  show(id, view, other = null) {
    this.host.hidden = id === null;
    if (id === null) return this.host.replaceChildren();
    const node = this.graph.node(id);
    if (other !== null) this.relation.show(id, other);
    else this.host.replaceChildren(this.#head(node, view), this.#body(node));
    this.host.scrollTop = 0;
  }

  focus() {
    this.host.querySelector("h2")?.focus();
  }

  /** @param {NodeData} node @param {string} view */
  #head(node, view) {
    const { say } = this.actions;
    const link = el("button", { type: "button" }, "Copy link");
    link.addEventListener("click", () => copyText(link, this.actions.link(node.id), "Link", say));
    const cite = el("button", { type: "button" }, "Copy BibTeX");
    cite.addEventListener("click", () => copyText(cite, bibtexOf(this.graph, node), "BibTeX", say));
    const there = view === "network" ? "tree" : "network";
    const turn = el("button", { type: "button", class: "turn" }, there === "tree" ? "Show in tree" : "Show network");
    turn.addEventListener("click", () => this.actions.view(there));
    const line = [word(KIND_WORDS, node.kind), ...(node.organizations ?? []).slice(0, 3)].join(" · ");
    return panelHead(
      [line, node.date],
      node.name,
      this.actions.close,
      link,
      bibtexOf(this.graph, node) ? cite : null,
      turn,
    );
  }

  /** @param {NodeData} node */
  #body(node) {
    const { graph, actions } = this;
    const body = el("div", { class: "body" });
    const add = (/** @type {(Node|null|false)[]} */ ...parts) =>
      body.append(...parts.filter((one) => one instanceof Node));
    if (node.aliases?.length) add(el("p", { class: "aliases" }, `Also called ${node.aliases.join(", ")}`));
    if (node.summary) add(el("p", { class: "summary" }, node.summary));
    const answer = answerTo(graph, node);
    if (answer) add(el("p", { class: "answer" }, answer));
    const address = node.arxiv ? `https://arxiv.org/abs/${node.arxiv}` : (node.address ?? node.url);
    if (node.kind === "paper" && address)
      add(el("p", {}, outward(address, node.arxiv ? `arXiv:${node.arxiv}` : shortAddress(address))));
    add(picker(graph, this.context.search(), node, (other) => actions.relate(node.id, other), actions.say));
    const up = [...graph.into(node.id, "derived-from"), ...graph.into(node.id, "succeeds", "refines")];
    const technique = node.kind === "technique";
    const none = node.kind === "model" ? (node.origin === "undisclosed" ? "Not disclosed." : "No model is known.") : "";
    const from = this.#claims(node, technique ? "Refines" : "Came from", up, { form: "of", empty: none });
    const to = this.#ledTo(node);
    const papers = this.#claims(node, "Papers and cards", graph.into(node.id, "described-by"));
    const introduced = this.#claims(node, "Introduces", graph.outOf(node.id, "introduced-technique"), {
      extra: (edge) => takenUp(graph, edge.target),
    });
    if (node.kind === "model")
      add(
        from,
        to,
        this.#facts(node),
        introduced,
        this.#claims(node, "Techniques used", graph.into(node.id, "uses-technique"), {
          extra: (edge) => standing(graph, edge.source, node.id),
        }),
        papers,
      );
    else
      add(
        this.#claims(node, "Introduced by", graph.into(node.id, "introduced-technique")),
        introduced,
        this.#claims(node, "Describes", graph.outOf(node.id, "described-by")),
        this.#users(node),
        this.#facts(node),
        papers,
        from,
        to,
      );
    if (node.sources?.length) add(el("section", {}, el("h3", {}, "Sources of these facts"), sourceList(node.sources)));
    add(correction(node, this.context.repository, actions.say));
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
    if (node.variants?.length) add("Sizes", variantTable(node.variants));
    const dates = el(
      "ul",
      { class: "dates" },
      ...[...(node.dates ?? [])]
        .sort((one, other) => compare(one.date, other.date))
        .map((event) =>
          el(
            "li",
            {},
            `${event.date} · ${word(DATE_WORDS, event.kind)}`,
            event.sources?.length ? sourceList(event.sources) : null,
          ),
        ),
    );
    if (node.dates?.length) add("Dates", dates);
    else if (node.date) add("Date", node.date);
    const picture = timeline(this.graph, node);
    if (!list.childElementCount && !picture) return null;
    return el("section", {}, el("h3", {}, "Facts and dates"), picture, list);
  }

  /**
   * One list of claims by their other end: each with relation, basis, evidence, note and sources.
   * @param {NodeData} node @param {string} title @param {EdgeData[]} edges
   * @param {{form?: "of"|"from", empty?: string, extra?: (edge: EdgeData) => string}} [how]
   */
  #claims(node, title, edges, { form = "from", empty = "", extra = () => "" } = {}) {
    if (!edges.length && !empty) return null;
    const ends = new Set(edges.map((edge) => (edge.source === node.id ? edge.target : edge.source)));
    const heading = el("h3", {}, title, ends.size > 1 ? el("span", { class: "count" }, ` ${ends.size}`) : null);
    if (!edges.length) return el("section", {}, heading, el("p", { class: "empty" }, empty));
    return el("section", {}, heading, this.#list(node, edges, { form, open: edges.length <= UNFOLDED, extra }));
  }

  /**
   * @param {NodeData} node @param {EdgeData[]} edges
   * @param {{form?: "of"|"from", open?: boolean, extra?: (edge: EdgeData) => string}} how
   */
  #list(node, edges, { form = "from", open = false, extra = () => "" }) {
    /** @type {Map<string, EdgeData[]>} */
    const ends = new Map();
    for (const edge of edges) {
      const end = edge.source === node.id ? edge.target : edge.source;
      ends.set(end, [...(ends.get(end) ?? []), edge]);
    }
    const items = [...ends].map(([id, own]) =>
      el(
        "li",
        {},
        endButton(this.graph.node(id), this.walk),
        ...own.map((edge) => claimView(edge, { form, open, extra: extra(edge) })),
      ),
    );
    return el("ul", { class: "claims" }, ...items);
  }

  /** What came of a node, by years: directly, with the claims, and through others. @param {NodeData} node */
  #ledTo(node) {
    const { graph } = this;
    const edges = graph.outOf(node.id, "derived-from", "succeeds", "refines");
    if (!edges.length) return null;
    const title = node.kind === "technique" ? "Refined by" : "Led to";
    const direct = new Set(edges.map((edge) => edge.target));
    const through = [...firstWays(graph, node.id)].filter(([id]) => !direct.has(id));
    const far = through.length ? `, ${direct.size + through.length} in all` : "";
    const heading = el("h3", {}, title, el("span", { class: "count" }, ` ${direct.size} directly${far}`));
    const groups = byYear([...edges.map((edge) => edge.target), ...through.map(([id]) => id)], graph);
    const open = direct.size + through.length <= UNFOLDED;
    const most = Math.max(...[...groups.values()].map((ids) => new Set(ids).size));
    const parts = [...groups].map(([year, ids]) => {
      const own = edges
        .filter((edge) => graph.node(edge.target).date.startsWith(year))
        .sort((one, other) => graph.byDate(one.target, other.target));
      const rest = through.filter(([id]) => ids.includes(id)).sort(([one], [other]) => graph.byDate(one, other));
      const near = new Set(own.map((edge) => edge.target)).size;
      const counts = [near ? `${near} directly` : "", rest.length ? `${rest.length} through others` : ""];
      return yearGroup(year, counts.filter(Boolean).join(", "), (near + rest.length) / most, open, () => [
        own.length ? this.#list(node, own, { open: edges.length <= UNFOLDED }) : null,
        rest.length ? this.#through(node, rest) : null,
      ]);
    });
    return el("section", { class: "led-to" }, heading, ...parts);
  }

  /** @param {NodeData} node @param {[string, string][]} rest what came of it, each with the last step before it */
  #through(node, rest) {
    const items = rest.map(([id, by]) => {
      const how = el("button", { type: "button", class: "how" }, "How?");
      how.setAttribute("aria-label", `How ${this.graph.node(id).name} came of ${node.name}`);
      how.addEventListener("click", () => {
        this.actions.relate(node.id, id);
        this.focus();
      });
      const end = endButton(this.graph.node(id), this.walk);
      end.append(el("span", { class: "by" }, `through ${this.graph.node(by).name}`));
      return el("li", {}, end, how);
    });
    return el("ul", { class: "through" }, ...items);
  }

  /** Who uses a technique, by years, with the time since it was introduced. @param {NodeData} node */
  #users(node) {
    const { graph } = this;
    const edges = graph.outOf(node.id, "uses-technique");
    if (!edges.length || node.kind !== "technique") return null;
    const { adopters } = adoptionOf(graph, node.id);
    const lags = new Map(adopters.map(({ model, lag }) => [model, lag]));
    const order = new Map(adopters.map(({ model }, index) => [model, index]));
    edges.sort((one, other) => (order.get(one.target) ?? 0) - (order.get(other.target) ?? 0));
    const extra = (/** @type {EdgeData} */ edge) => {
      const lag = lags.get(edge.target) ?? null;
      return lag === null ? "not known to be later than the introduction" : `${spanWords(lag)} after the introduction`;
    };
    const heading = el("h3", {}, "Used by", el("span", { class: "count" }, ` ${counted(adopters.length, "model")}`));
    if (edges.length <= UNFOLDED) return el("section", {}, heading, this.#list(node, edges, { open: true, extra }));
    const groups = byYear([...order.keys()], graph);
    const most = Math.max(...[...groups.values()].map((ids) => ids.length));
    const parts = [...groups].map(([year, ids], index) =>
      yearGroup(year, counted(ids.length, "model"), ids.length / most, index === 0, () => [
        this.#list(
          node,
          edges.filter((edge) => ids.includes(edge.target)),
          { extra },
        ),
      ]),
    );
    return el("section", { class: "users" }, heading, ...parts);
  }
}

/**
 * The head of the panel, which stays in sight, and below it what can be done.
 * @param {(string|undefined)[]} kicker @param {string} title @param {() => void} close @param {...(Node|null)} actions
 */
function panelHead(kicker, title, close, ...actions) {
  const shut = el("button", { type: "button", class: "icon close", "aria-label": "Close details (Esc)" }, "✕");
  shut.addEventListener("click", close);
  const [line, when] = kicker;
  const words = el(
    "div",
    { class: "titles" },
    el("p", { class: "kicker" }, line, when && el("span", { class: "when" }, ` · ${when}`)),
    el("h2", { tabindex: -1 }, title),
  );
  const head = document.createDocumentFragment();
  head.append(el("header", {}, words, growButton(), shut), el("div", { class: "actions" }, ...actions));
  return head;
}

/** On a phone the details are a sheet, which can be drawn up to the top. */
function growButton() {
  const root = document.documentElement;
  const button = el("button", { type: "button", class: "icon grow", "aria-label": "Details as high as the page" }, "⇕");
  button.setAttribute("aria-pressed", String(root.classList.contains("tall-sheet")));
  button.addEventListener("click", () =>
    button.setAttribute("aria-pressed", String(root.classList.toggle("tall-sheet"))),
  );
  return button;
}

/**
 * A year to be unfolded, with a bar as long as its share; its content is made when it is first opened.
 * @param {string} year @param {string} count @param {number} share @param {boolean} open @param {() => (Node|null)[]} content
 */
function yearGroup(year, count, share, open, content) {
  const bar = svg(
    "svg",
    { class: "bar-of", viewBox: "0 0 60 8", width: 60, height: 8, "aria-hidden": "true" },
    svg("rect", { width: round(Math.max(2, 60 * share)), height: 8, rx: 2 }),
  );
  const group = el(
    "details",
    { class: "year-group" },
    el("summary", {}, el("b", {}, year), el("span", {}, count), bar),
  );
  const make = () => {
    if (group.childElementCount === 1) group.append(...content().filter((one) => one instanceof Node));
  };
  if (open) {
    make();
    group.setAttribute("open", "");
  }
  group.addEventListener("toggle", () => group.hasAttribute("open") && make());
  return group;
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

/**
 * Where the record is written, and how to have it mended.
 * @param {NodeData} node @param {string|null} repository @param {(text: string) => void} say
 */
function correction(node, repository, say) {
  if (!node.location) return null;
  const [file, line] = String(node.location).split(/:(?=\d+$)/);
  const path = `graph_data/${file}`;
  const record = `${node.id} (${path}${line ? `:${line}` : ""})`;
  const text = [
    `Record: ${record}`,
    `Name: ${node.name}`,
    "What it says, and what it should say: ",
    "The source that shows it (https address): ",
    "The place in the source: ",
  ].join("\n");
  const copy = el("button", { type: "button" }, "Copy the form as text");
  copy.addEventListener("click", () => copyText(copy, text, "Form", say));
  const links = el("p", { class: "links" });
  if (repository && line && /^[\w-]+(\/[\w-]+)*\.ya?ml$/.test(file)) {
    const form = new URLSearchParams({ template: "correction.yml", title: `Correction: ${node.name}`, record });
    links.append(outward(`${repository}/issues/new?${form}`, "Open the form on GitHub"));
    links.append(outward(`${repository}/blob/HEAD/${path}?plain=1#L${line}`, "See the record on GitHub"));
  }
  return el(
    "details",
    { class: "correction" },
    el("summary", {}, "Suggest a correction"),
    el(
      "p",
      {},
      "This record is written in ",
      el("code", {}, path),
      line ? `, line ${line}. ` : ". ",
      "A correction needs a source.",
    ),
    links.childElementCount ? links : null,
    copy,
  );
}
