"use strict";
// The filters: a histogram of the years with two handles, and lists of values with how many models each would leave.

/** @type {[Exclude<keyof Filters, "from"|"to">, string, Record<string, string>][]} */
const FILTER_LISTS = [
  ["arch", "Architecture", {}],
  ["weights", "Weights", WEIGHT_LABELS],
  ["org", "Maker", {}],
  ["basis", "Came by", { outputs: "outputs (distilled)", succession: "succession, no reuse claimed" }],
  ["evidence", "Evidence", {}],
];
/** What limits what is shown, in the words of the panel, each once. @param {State} state @param {{first: number, last: number}} years @returns {string[]} */
function limitsOf({ query, filters }, { first, last }) {
  const [from, to] = [filters.from ?? first, filters.to ?? last];
  const span = filters.from === null && filters.to === null ? "" : from === to ? String(from) : `${from} to ${to}`;
  const values = FILTER_LISTS.flatMap(([facet, , words]) =>
    filters[facet].map((value) => (Object.hasOwn(words, value) ? words[value] : value)),
  );
  return [...new Set([clipped(query, 160), span, ...values])].filter(Boolean);
}

/** So many makers are listed before the reader asks for all. */
const FEW = 8;

class FilterPanel {
  /** @param {HTMLElement} host @param {Store} store @param {Shown} shown @param {Graph} graph @param {() => void} close */
  constructor(host, store, shown, graph, close) {
    this.host = host;
    this.store = store;
    this.shown = shown;
    this.graph = graph;
    this.close = close;
    /** @type {Set<string>} lists of which all values are shown */
    this.whole = new Set();
    this.made = false;
  }

  #make() {
    if (this.made) return;
    this.made = true;
    const { shown, store } = this;
    const close = el("button", { type: "button", class: "icon", "aria-label": "Close filters (Esc)" }, "✕");
    close.addEventListener("click", () => this.close());
    this.bars = el("div", { class: "bars", "aria-hidden": "true" });
    this.from = this.#slider("from", "First year", shown.first);
    this.to = this.#slider("to", "Last year", shown.last);
    this.span = el("output", {});
    this.colour = el(
      "select",
      { id: "colour" },
      ...COLOURS.map((one) => el("option", { value: one }, COLOUR_LABELS[one])),
    );
    this.colour.addEventListener("change", () => {
      const colour = /** @type {Colour} */ (/** @type {HTMLSelectElement} */ (this.colour).value);
      store.go({ colour, technique: colour === "technique" ? this.#firstTechnique() : null });
    });
    const users = (/** @type {NodeData} */ node) => this.graph.outOf(node.id, "uses-technique").length;
    const techniques = [...this.graph.nodes.values()].filter((node) => node.kind === "technique" && users(node));
    techniques.sort((one, other) => users(other) - users(one) || compare(one.name, other.name));
    this.technique = el(
      "select",
      { id: "technique", "aria-label": "Technique" },
      ...techniques.map((node) => el("option", { value: node.id }, `${node.name} (${users(node)})`)),
    );
    this.technique.addEventListener("change", () =>
      store.go({ technique: /** @type {HTMLSelectElement} */ (this.technique).value }),
    );
    this.lists = FILTER_LISTS.map(([facet, label]) => {
      const list = el("ul", {});
      const more = el("button", { type: "button", class: "more", hidden: true }, "All of them");
      more.addEventListener("click", () => {
        this.whole.add(facet);
        this.show(store.state);
      });
      return { facet, list, more, box: el("fieldset", {}, el("legend", {}, label), list, more) };
    });
    this.host.replaceChildren(
      el("header", {}, el("h2", {}, "Filter and colour"), close),
      el(
        "div",
        { class: "body" },
        el("label", { class: "choice" }, el("span", {}, "Colour by"), this.colour),
        this.technique,
        el("fieldset", { class: "years" }, el("legend", {}, "Years ", this.span), this.bars, this.from, this.to),
        ...this.lists.map(({ box }) => box),
      ),
    );
  }

  #firstTechnique() {
    const { state } = this.store;
    if (state.node !== null && this.graph.node(state.node).kind === "technique") return state.node;
    return /** @type {HTMLSelectElement} */ (this.technique).value || null;
  }

  /** @param {"from"|"to"} end @param {string} label @param {number} value */
  #slider(end, label, value) {
    const { first, last } = this.shown;
    const slider = /** @type {HTMLInputElement} */ (
      el("input", { type: "range", min: first, max: last, step: 1, value, "aria-label": label })
    );
    slider.addEventListener("input", () => {
      const { filters } = this.store.state;
      const year = Number(slider.value);
      const change = { from: filters.from, to: filters.to, [end]: year };
      if (end === "from" && year > (filters.to ?? last)) change.to = year;
      if (end === "to" && year < (filters.from ?? first)) change.from = year;
      if (change.from === first) change.from = null;
      if (change.to === last) change.to = null;
      this.store.go({ filters: { ...filters, ...change } }, { replace: true });
    });
    return slider;
  }

  /** @param {State} state */
  show(state) {
    this.#make();
    const { shown } = this;
    const { filters } = state;
    const years = shown.counts("years", state);
    const most = Math.max(1, ...years.values());
    const from = filters.from ?? shown.first;
    const to = filters.to ?? shown.last;
    /** @type {HTMLElement[]} */
    const bars = [];
    for (let year = shown.first; year <= shown.last; year++) {
      const height = Math.ceil((40 * (years.get(String(year)) ?? 0)) / most);
      const inside = year >= from && year <= to;
      const bar = svg(
        "svg",
        { class: inside ? "in" : "", viewBox: "0 0 10 40", preserveAspectRatio: "none" },
        svg("rect", { x: 1, y: 40 - height, width: 8, height }),
      );
      bars.push(/** @type {any} */ (bar));
    }
    this.bars?.replaceChildren(...bars);
    /** @type {HTMLInputElement} */ (this.from).value = String(from);
    /** @type {HTMLInputElement} */ (this.to).value = String(to);
    if (this.span) this.span.textContent = from === to ? String(from) : `${from} to ${to}`;
    /** @type {HTMLSelectElement} */ (this.colour).value = state.colour;
    const technique = /** @type {HTMLSelectElement} */ (this.technique);
    technique.hidden = state.colour !== "technique";
    if (state.technique !== null) technique.value = state.technique;
    for (const one of this.lists ?? []) this.#list(one, state);
  }

  /** @param {{facet: any, list: HTMLElement, more: HTMLElement}} one @param {State} state */
  #list({ facet, list, more }, state) {
    const key = /** @type {Exclude<keyof Filters, "from"|"to">} */ (facet);
    const words = FILTER_LISTS.find(([one]) => one === key)?.[2] ?? {};
    const on = new Set(state.filters[key]);
    const counts = [...this.shown.counts(key, state)].filter(([value]) => value);
    const whole = this.whole.has(key) || counts.length <= FEW + 2;
    const listed = counts.filter(([value], at) => whole || at < FEW || on.has(value));
    const focused =
      document.activeElement instanceof HTMLInputElement && list.contains(document.activeElement)
        ? document.activeElement.value
        : null;
    list.replaceChildren(
      ...listed.map(([value, count]) => {
        const box = /** @type {HTMLInputElement} */ (el("input", { type: "checkbox", value, checked: on.has(value) }));
        box.addEventListener("change", () => {
          if (box.checked) on.add(value);
          else on.delete(value);
          this.store.filter({ [key]: [...on].sort(compare) });
        });
        const item = el(
          "li",
          { class: count || on.has(value) ? "" : "none" },
          el(
            "label",
            {},
            box,
            el("span", {}, Object.hasOwn(words, value) ? words[value] : value),
            el("span", { class: "count" }, String(count)),
          ),
        );
        if (value === focused) queueMicrotask(() => box.focus());
        return item;
      }),
    );
    more.hidden = whole;
    more.textContent = `All ${counts.length}`;
  }

  focus() {
    /** @type {HTMLElement|null} */ (this.host.querySelector("select"))?.focus();
  }
}
