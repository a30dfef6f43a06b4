"use strict";
// The table view: the rows that stand in the page for readers without scripts, made sortable, limited to what filters let
// pass, and shown as an outline of descent when asked.

/** @type {[Key, string][]} the columns; the first four are in the page before any script runs */
const TABLE_COLUMNS = [
  ["name", "Model"],
  ["date", "Date"],
  ["maker", "Maker"],
  ["parents", "Came from"],
  ["arch", "Architecture"],
  ["weights", "Weights"],
  ["children", "Led to"],
];
const DEEPEST = 12;

class Table {
  /**
   * @param {HTMLElement} host @param {Graph} graph @param {Shown} shown
   * @param {{choose: (id: string) => void, sort: (sort: Sort) => void, say: (text: string) => void}} actions
   */
  constructor(host, graph, shown, actions) {
    this.host = host;
    this.graph = graph;
    this.shown = shown;
    this.actions = actions;
    /** @type {HTMLElement} */
    this.body = /** @type {any} */ (host.querySelector("tbody"));
    /** @type {Map<string, HTMLElement>} */
    this.rows = new Map();
    /** @type {Set<string>} rows of the outline whose children are put away */
    this.folded = new Set();
    /** @type {{state: State, sight: Sight}|null} */
    this.last = null;
  }

  /** Gives the rows their buttons and the columns that only a script can fill. */
  #take() {
    if (this.rows.size) return;
    const ids = [...this.shown.models].sort(this.graph.byDate);
    const rows = /** @type {HTMLElement[]} */ ([...this.body.children]);
    ids.forEach((id, at) => this.#furnish(rows[at], id));
    const head = /** @type {HTMLElement} */ (this.host.querySelector("thead tr"));
    head.replaceChildren(
      ...TABLE_COLUMNS.map(([key, label]) => {
        const button = el("button", { type: "button" }, label, el("span", { class: "order", "aria-hidden": "true" }));
        button.addEventListener("click", () => this.#sort(key));
        return el("th", { scope: "col", "data-key": key }, button);
      }),
    );
    this.body.addEventListener("keydown", (event) => this.#key(event));
    // Where there is no room for heads, a list of them stands above the rows.
    const by = el(
      "select",
      { id: "sort-by" },
      ...TABLE_COLUMNS.map(([key, label]) => el("option", { value: key }, label)),
    );
    by.addEventListener("change", () => this.#sort(/** @type {Key} */ (/** @type {HTMLSelectElement} */ (by).value)));
    const way = el("button", { type: "button", id: "sort-way" });
    way.addEventListener("click", () => this.#sort(this.#sorted.key));
    this.sorter = el("div", { class: "sorter" }, el("label", { for: "sort-by" }, "Sort by"), by, way);
    this.host.prepend(this.sorter);
  }

  /** @returns {Sort} */
  get #sorted() {
    return this.last?.state.sort ?? DEFAULT.sort;
  }

  /** The row of a node; papers and techniques get one when a selection holds them. @param {string} id @returns {HTMLElement} */
  #row(id) {
    const known = this.rows.get(id);
    if (known) return known;
    const { name, kind, date, organizations } = this.graph.node(id);
    const came = this.graph.into(id, "refines").map((edge) => this.graph.node(edge.source).name);
    const row = el(
      "tr",
      { class: kind },
      el("th", { scope: "row" }, name),
      el("td", {}, date),
      el("td", {}, (organizations ?? []).join(", ")),
      el("td", {}, came.join(", ")),
    );
    this.#furnish(row, id);
    return row;
  }

  /** Gives a row its buttons and the columns that only a script can fill. @param {HTMLElement} row @param {string} id */
  #furnish(row, id) {
    const node = this.graph.node(id);
    const name = el("button", { type: "button", class: "row-name" }, node.name);
    name.addEventListener("click", () => this.actions.choose(id));
    const label = `Fold what came of ${node.name}`;
    const fold = el("button", { type: "button", class: "icon fold", "aria-label": label, hidden: true }, "▾");
    fold.addEventListener("click", () => this.#fold(id));
    row.dataset.id = id;
    row.children[0].replaceChildren(fold, name);
    const facts = this.shown.facts.get(id);
    row.append(
      el("td", {}, facts ? facts.arch : word(KIND_WORDS, node.kind).toLowerCase()),
      el("td", {}, word(WEIGHT_LABELS, facts?.weights)),
      el("td", { class: "number" }, String(this.graph.children(id).length || "")),
    );
    this.rows.set(id, row);
  }

  /** By a column; by the same one, the other way. @param {Key} key */
  #sort(key) {
    const { key: before, up: ascending } = this.#sorted;
    const up = before === key && !this.last?.state.outline ? !ascending : key !== "children";
    this.actions.sort({ key, up });
    this.actions.say(
      `Sorted by ${TABLE_COLUMNS.find(([one]) => one === key)?.[1]}, ${up ? "ascending" : "descending"}`,
    );
  }

  /** @param {string} id */
  #fold(id) {
    if (!this.folded.delete(id)) this.folded.add(id);
    if (this.last) this.show(this.last.state, this.last.sight);
    /** @type {HTMLElement|null|undefined} */ (this.rows.get(id)?.querySelector(".fold"))?.focus();
  }

  /** @param {State} state @param {Sight} sight */
  show(state, sight) {
    this.#take();
    this.last = { state, sight };
    const ids = this.shown.rows(state, sight);
    for (const id of ids) this.#row(id);
    const outline = state.outline ? this.#outline(ids) : null;
    const order = outline ? outline.map(({ id }) => id) : ids.sort(this.#order());
    const rows = order.map((id) => this.#row(id));
    // A row that is put in its place again would lose the focus.
    if (rows.length !== this.body.childElementCount || rows.some((row, at) => row !== this.body.children[at])) {
      const { activeElement: focused } = document;
      const inside = this.body.contains(focused);
      this.body.replaceChildren(...rows);
      if (inside) /** @type {HTMLElement} */ (focused).focus({ preventScroll: true });
      if (inside && !this.body.contains(document.activeElement)) this.enter(state.node);
    }
    this.host.classList.toggle("is-outline", state.outline);
    for (const [at, id] of order.entries()) {
      const row = /** @type {HTMLElement} */ (this.rows.get(id));
      const place = outline?.[at];
      row.className = [
        this.shown.facts.has(id) ? "" : this.graph.node(id).kind,
        place ? `level-${Math.min(place.level, DEEPEST)}` : "",
        id === state.node ? "chosen" : "",
        sight.up.has(id) ? "up" : "",
        sight.down.has(id) ? "down" : "",
      ]
        .join(" ")
        .trim();
      const fold = /** @type {HTMLElement} */ (row.querySelector(".fold"));
      fold.hidden = !place?.parent;
      fold.setAttribute("aria-expanded", String(!this.folded.has(id)));
      if (id === state.node) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
    for (const head of this.host.querySelectorAll("th[data-key]")) {
      const on = !state.outline && head.getAttribute("data-key") === state.sort.key;
      head.setAttribute("aria-sort", on ? (state.sort.up ? "ascending" : "descending") : "none");
    }
    const [by, way] = /** @type {[HTMLSelectElement, HTMLElement]} */ ([...(this.sorter?.children ?? [])].slice(1));
    /** @type {HTMLElement} */ (this.sorter).hidden = state.outline;
    by.value = state.sort.key;
    way.textContent = state.sort.up ? "▲ ascending" : "▼ descending";
  }

  /** @param {string[]} ids @returns {{id: string, level: number, parent: boolean}[]} each after what it hangs on, the earliest first */
  #outline(ids) {
    const among = new Set(ids);
    /** @type {Map<string|null, string[]>} */
    const below = new Map();
    for (const id of ids) {
      const above = this.shown.above(id, among);
      below.set(above, [...(below.get(above) ?? []), id]);
    }
    /** @type {{id: string, level: number, parent: boolean}[]} */
    const rows = [];
    const walk = (/** @type {string|null} */ above, /** @type {number} */ level) => {
      for (const id of (below.get(above) ?? []).sort(this.graph.byDate)) {
        rows.push({ id, level, parent: below.has(id) });
        if (!this.folded.has(id)) walk(id, level + 1);
      }
    };
    walk(null, 0);
    return rows;
  }

  /** @returns {(one: string, other: string) => number} */
  #order() {
    const { key, up } = this.#sorted;
    const value = (/** @type {string} */ id) => {
      const facts = this.shown.facts.get(id);
      if (key === "date") return this.graph.node(id).date;
      if (key === "maker") return (this.graph.node(id).organizations ?? []).join(", ").toLowerCase();
      if (key === "arch" || key === "weights") return facts?.[key] ?? "";
      if (key === "children") return String(this.graph.children(id).length).padStart(5, "0");
      if (key === "parents") return this.rows.get(id)?.children[3].textContent?.toLowerCase() ?? "";
      return this.graph.node(id).name.toLowerCase();
    };
    const values = new Map([...this.rows.keys()].map((id) => [id, value(id)]));
    const sign = up ? 1 : -1;
    return (one, other) =>
      sign * compare(values.get(one) ?? "", values.get(other) ?? "") || this.graph.byDate(one, other);
  }

  /** Up and down go from row to row; left folds, or goes to what it hangs on; right unfolds. @param {KeyboardEvent} event */
  #key(event) {
    const row = /** @type {Element} */ (event.target).closest("tr");
    const id = row?.getAttribute("data-id");
    if (!row || !id || event.ctrlKey || event.metaKey || event.altKey) return;
    const to = {
      ArrowUp: row.previousElementSibling,
      ArrowDown: row.nextElementSibling,
      Home: this.body.firstElementChild,
      End: this.body.lastElementChild,
    }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      /** @type {HTMLElement|null|undefined} */ (to?.querySelector(".row-name"))?.focus();
    } else if (this.last?.state.outline && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
      event.preventDefault();
      const fold = /** @type {HTMLElement} */ (row.querySelector(".fold"));
      if (!fold.hidden && this.folded.has(id) === (event.key === "ArrowRight")) this.#fold(id);
      else if (event.key === "ArrowLeft") {
        const above = this.shown.above(
          id,
          new Set([...this.body.children].map((one) => one.getAttribute("data-id") ?? "")),
        );
        if (above !== null) this.focus(above);
      }
    }
  }

  /** @param {string} id */
  focus(id) {
    const row = this.rows.get(id);
    /** @type {HTMLElement|null|undefined} */ (row?.querySelector(".row-name"))?.focus();
  }

  /** The focus goes to a node, or to the first row where it has none. @param {string|null} id */
  enter(id) {
    const row = (id !== null && this.rows.get(id)) || this.body.firstElementChild;
    if (row && this.body.contains(row)) /** @type {HTMLElement|null} */ (row.querySelector(".row-name"))?.focus();
    else this.host.focus();
  }

  /** @param {string} id */
  reveal(id) {
    this.rows.get(id)?.scrollIntoView({ block: "nearest" });
  }
}
