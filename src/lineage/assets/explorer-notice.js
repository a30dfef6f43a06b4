"use strict";
// What a reader asked for and does not get: an address that names what is not there, and filters that nothing passes.

/** @param {Graph} graph @param {Shown} shown @returns {Known} names as the command line resolves them, and values of filters without regard to case */
function knownIn(graph, shown) {
  /** @type {Map<string, Map<string, string>>} */
  const values = new Map();
  const valuesOf = (/** @type {typeof FACETS[number]} */ facet) => {
    const known = values.get(facet) ?? new Map([...shown.counts(facet, DEFAULT).keys()].map((one) => [normalForm(one), one]));
    values.set(facet, known);
    return known;
  };
  return {
    node: (name) => {
      if (graph.has(name)) return name;
      const found = name.length > 400 ? [] : shown.prepare().candidates(name);
      return found.length === 1 ? found[0] : null;
    },
    missing: (name) => {
      try {
        shown.prepare().resolve(clipped(name, 80));
        return "";
      } catch (error) {
        const { message } = faultOf(error);
        return message.charAt(0).toUpperCase() + message.slice(1);
      }
    },
    value: (facet, value) => (value.length > 400 ? null : (valuesOf(facet).get(normalForm(value)) ?? null)),
  };
}

/** A line above the picture, until it is put away or the page shows something else. */
class Notice {
  /** @param {HTMLElement} host @param {(text: string) => void} say */
  constructor(host, say) {
    this.host = host;
    this.say = say;
    /** @type {string[]} */
    this.told = [];
  }

  /** @param {string[]} sentences */
  show(sentences) {
    this.told = [...new Set([...this.told, ...sentences.map((one) => clipped(one, 300))])].slice(0, 5);
    const { told } = this;
    const close = el("button", { type: "button", class: "icon", "aria-label": "Put this away" }, "✕");
    close.addEventListener("click", () => {
      this.hide();
      part("#search").focus();
    });
    const text = `Not all of this link is here. ${told.map((one) => one.replace(/[^?!.]$/, "$&.")).join(" ")}`;
    this.host.replaceChildren(el("p", {}, text), close);
    this.host.hidden = false;
    this.say(text);
  }

  hide() {
    this.told = [];
    this.host.hidden = true;
    this.host.replaceChildren();
  }
}

/** Stands in the place of a picture or table that would be empty: which filter to release. */
class Empty {
  /** @param {HTMLElement} host @param {Store} store @param {Shown} shown */
  constructor(host, store, shown) {
    this.host = host;
    this.store = store;
    this.shown = shown;
  }

  /** @param {State} state @param {number} count of what is shown */
  show(state, count) {
    const releases = this.#releases(state);
    this.host.hidden = count > 0 || state.view === "network" || !releases.length;
    if (this.host.hidden) return this.host.replaceChildren();
    const buttons = releases.map(([label, change]) => this.#button(`Without ${label}: ${this.#counted({ ...state, ...change })}`, change));
    const all = Object.assign({}, ...releases.map(([, change]) => change), { filters: NO_FILTERS });
    this.host.replaceChildren(
      el("h2", {}, "Nothing matches"),
      el("p", {}, "No model passes all that is asked for."),
      el("ul", {}, ...buttons.map((button) => el("li", {}, button))),
      ...(releases.length > 1 ? [this.#button("Clear all of them", all)] : []),
    );
  }

  /** @param {string} label @param {Partial<State>} change */
  #button(label, change) {
    const button = el("button", { type: "button" }, label);
    button.addEventListener("click", () => {
      this.store.go(change);
      part("#search").focus();
    });
    return button;
  }

  /** @param {State} state @returns {string} what would be shown */
  #counted(state) {
    const sight = this.shown.look(state);
    if (state.view !== "table") return counted(sight.models.size, "model");
    return countedKinds(this.shown.graph, this.shown.rows(state, sight));
  }

  /** @param {State} state @returns {[string, Partial<State>][]} what limits it, in words, and the change without it */
  #releases(state) {
    const { filters, query, node, focus } = state;
    const { first, last } = this.shown;
    /** @type {[string, Partial<State>][]} */
    const releases = [];
    if (query) releases.push([`the selection ${clipped(query, 80)}`, { query: "" }]);
    if (filters.from !== null || filters.to !== null)
      releases.push([
        `the years ${filters.from ?? first} to ${filters.to ?? last}`,
        { filters: { ...filters, from: null, to: null } },
      ]);
    for (const [facet, label, words] of FILTER_LISTS)
      if (filters[facet].length)
        releases.push([
          `${label.toLowerCase()} ${filters[facet].map((one) => (Object.hasOwn(words, one) ? words[one] : one)).join(", ")}`,
          { filters: { ...filters, [facet]: [] } },
        ]);
    if (node !== null && focus === "only") releases.push(["the limit to one lineage", { focus: DEFAULT.focus }]);
    return releases;
  }
}
