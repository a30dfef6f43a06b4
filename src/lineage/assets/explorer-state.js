"use strict";
// The one state of the page, how it is written in the address, and who is told when it changes.
//
// CONTRACT for all parts of the page
// - `Store.state` is frozen; nobody writes into it. A part changes it by `store.go({node: "llama"})`, which is a step that
//   the back button takes back, or by `store.go(change, {replace: true})`, which is none.
// - A part is told by `store.listen((state, before) => ...)`; it is called once at the start with `before === null`.
// - `store.link(change)` is the address of the present state with a change: what "copy link" copies.
// - What is not the default is in the address (`writeState`), and nothing else; `readState` takes any text and lets pass
//   only what it knows, so hostile addresses do nothing.
// - A new part of the page registers itself: `PARTS.push((page) => { page.store.listen(...) })`; `page` is {store, graph,
//   say, part, ...} (see explorer.js). No part needs to be named in explorer.js.

/**
 * @typedef {"tree"|"network"|"table"} View
 * @typedef {"dim"|"only"|"off"} Focus
 *   what becomes of everything outside the lineage of the chosen node: stands back, is away, or nothing
 * @typedef {"architecture"|"maker"|"weights"|"year"|"technique"} Colour
 * @typedef {{from: number|null, to: number|null, arch: readonly string[], org: readonly string[],
 *   weights: readonly string[], basis: readonly string[], evidence: readonly string[]}} Filters
 * @typedef {"name"|"date"|"maker"|"parents"|"arch"|"weights"|"children"} Key what the table can be sorted by
 * @typedef {{key: Key, up: boolean}} Sort
 * @typedef {object} State
 * @property {string|null} node the chosen node (`n`)
 * @property {string|null} other the second node of a relationship (`with`)
 * @property {View} view `view`
 * @property {number|null} up generations of ancestors counted from the node; null is the default of the view: all in tree and table, 1 in the network (`up`)
 * @property {number|null} down likewise of descendants (`down`)
 * @property {Focus} focus `focus`
 * @property {boolean} all every model is drawn, not only the coarse view; in the network every neighbour, not only those that fit (`all=1`)
 * @property {readonly string[]} open models whose children were unfolded in place (`open`)
 * @property {Filters} filters `years=2020..2023`, `arch`, `org`, `weights`, `basis`, `evidence`
 * @property {Colour} colour `colour`
 * @property {string|null} technique the technique of `colour=technique` (`technique`)
 * @property {string} query a selection in the selector language, which limits what is shown (`q`)
 * @property {boolean} outline the table as nested descent (`outline=1`)
 * @property {Sort} sort of the table; `sort=name`, downwards `sort=-name`
 * @property {string|null} tour the tour that is on (`tour`)
 * @property {number} step its step, from 1 (`step`)
 * @property {boolean} embed without the chrome, for a frame in a post (`embed=1`)
 */

/** @type {readonly View[]} */
const VIEWS = ["tree", "network", "table"];
/** @type {readonly Focus[]} */
const FOCUSES = ["dim", "only", "off"];
/** @type {readonly Colour[]} */
const COLOURS = ["architecture", "maker", "weights", "year", "technique"];
/** @type {readonly ("arch"|"org"|"weights"|"basis"|"evidence")[]} filters that are lists of values */
const FACETS = ["arch", "org", "weights", "basis", "evidence"];
/** @type {readonly Key[]} */
const KEYS_OF_ROWS = ["name", "date", "maker", "parents", "arch", "weights", "children"];
const MOST_HOPS = 99;
const MOST_OPEN = 200;

/** @type {Filters} */
const NO_FILTERS = Object.freeze({ from: null, to: null, arch: [], org: [], weights: [], basis: [], evidence: [] });
/** @type {State} */
const DEFAULT = Object.freeze({
  node: null,
  other: null,
  view: "tree",
  up: null,
  down: null,
  focus: "dim",
  all: false,
  open: [],
  filters: NO_FILTERS,
  colour: "architecture",
  technique: null,
  query: "",
  outline: false,
  sort: Object.freeze({ key: "date", up: true }),
  tour: null,
  step: 1,
  embed: false,
});

/**
 * What there is: `node` gives the id that a name means, or null; `missing` says why it means none; `value` gives a value of
 * a filter as it is written here, or null.
 * @typedef {{node: (name: string) => string|null, missing: (name: string) => string,
 *   value: (facet: typeof FACETS[number], value: string) => string|null}} Known
 */

/** A value of each filter, in a sentence. */
const FACET_WORDS = {
  arch: "architecture",
  org: "maker",
  weights: "kind of release",
  basis: "way in which a model came of another",
  evidence: "grade of evidence",
};

/**
 * Reads a state from the fragment of an address. What is unknown or malformed counts as not written.
 * @param {string} hash @param {Known} known @returns {{state: State, lost: string[]}}
 *   and sentences on names and values of filters that were asked for and are not there
 */
function readState(hash, known) {
  const wanted = new URLSearchParams(hash.replace(/^#/, ""));
  /** @type {string[]} */
  const lost = [];
  const id = (/** @type {string} */ key) => {
    const value = wanted.get(key);
    const found = value === null ? null : known.node(value);
    if (value && found === null) lost.push(known.missing(value));
    return found;
  };
  const passing = (/** @type {typeof FACETS[number]} */ facet) => {
    const found = wanted.getAll(facet).slice(0, 99).flatMap((value) => {
      const one = known.value(facet, value);
      if (one === null) lost.push(`“${clipped(value, 60)}” is no ${FACET_WORDS[facet]} here`);
      return one === null ? [] : [one];
    });
    return [...new Set(found)];
  };
  const count = (/** @type {string} */ key) => {
    const value = wanted.get(key) ?? wanted.get("hops") ?? "";
    return /^\d{1,2}$/.test(value) ? Number(value) : null;
  };
  /** @template {string} T @param {string} key @param {readonly T[]} values @returns {T} one of them, else the first */
  const one = (key, values) => values.find((value) => value === wanted.get(key)) ?? values[0];
  const years = wanted.get("years") ?? "";
  let span = /^(\d{4})?\.\.(\d{4})?$/.exec(years);
  if (years && !span) lost.push(`“${clipped(years, 60)}” is no span of years, such as 2020..2023`);
  if (span?.[1] && span[2] && Number(span[1]) > Number(span[2])) {
    lost.push(`The years ${years} end before they begin`);
    span = null;
  }
  const name = wanted.get("tour") ?? "";
  const step = wanted.get("step") ?? "";
  const colour = one("colour", COLOURS);
  const technique = id("technique");
  const sort = wanted.get("sort");
  const key = KEYS_OF_ROWS.find((each) => sort === each || sort === `-${each}`);
  /** @type {State} */
  const state = {
    node: id("n"),
    other: id("n") === null ? null : id("with"),
    view: one("view", VIEWS),
    up: count("up"),
    down: count("down"),
    focus: one("focus", FOCUSES),
    all: wanted.get("all") === "1",
    open: (wanted.get("open") ?? "").split(",", MOST_OPEN).flatMap((each) => (each && known.node(each)) || []),
    filters: {
      from: span?.[1] ? Number(span[1]) : null,
      to: span?.[2] ? Number(span[2]) : null,
      arch: passing("arch"),
      org: passing("org"),
      weights: passing("weights"),
      basis: passing("basis"),
      evidence: passing("evidence"),
    },
    colour: colour === "technique" && technique === null ? "architecture" : colour,
    technique: colour === "technique" ? technique : null,
    query: wanted.get("q") ?? "",
    outline: wanted.get("outline") === "1",
    sort: key === undefined ? DEFAULT.sort : Object.freeze({ key, up: sort === key }),
    tour: /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) ? name : null,
    step: /^[1-9]\d{0,2}$/.test(step) ? Number(step) : 1,
    embed: wanted.get("embed") === "1",
  };
  return { state: Object.freeze(state), lost };
}

/** @param {State} state @returns {string} only what differs from the default, always in the same order */
function writeState(state) {
  const wanted = new URLSearchParams();
  const { filters } = state;
  if (state.node !== null) wanted.set("n", state.node);
  if (state.other !== null) wanted.set("with", state.other);
  if (state.view !== DEFAULT.view) wanted.set("view", state.view);
  if (state.up !== null) wanted.set("up", String(Math.min(state.up, MOST_HOPS)));
  if (state.down !== null) wanted.set("down", String(Math.min(state.down, MOST_HOPS)));
  if (state.focus !== DEFAULT.focus) wanted.set("focus", state.focus);
  if (state.all) wanted.set("all", "1");
  if (state.open.length) wanted.set("open", state.open.join(","));
  if (filters.from !== null || filters.to !== null)
    wanted.set("years", `${filters.from === null ? "" : filters.from}..${filters.to === null ? "" : filters.to}`);
  for (const facet of FACETS) for (const value of filters[facet]) wanted.append(facet, value);
  if (state.colour !== DEFAULT.colour) wanted.set("colour", state.colour);
  if (state.technique !== null) wanted.set("technique", state.technique);
  if (state.query) wanted.set("q", state.query);
  if (state.outline) wanted.set("outline", "1");
  const sort = `${state.sort.up ? "" : "-"}${state.sort.key}`;
  if (sort !== DEFAULT.sort.key) wanted.set("sort", sort);
  if (state.tour !== null) wanted.set("tour", state.tour);
  if (state.tour !== null && state.step !== 1) wanted.set("step", String(state.step));
  if (state.embed) wanted.set("embed", "1");
  return wanted.toString().replaceAll("%2C", ",");
}

/** @param {State} state @returns {boolean} whether a filter or a selection limits what is shown */
function isLimited({ filters, query }) {
  return (
    Boolean(query) || filters.from !== null || filters.to !== null || FACETS.some((facet) => filters[facet].length)
  );
}

/** Keeps the state, the address and all parts of the page together. */
class Store {
  /** @param {Known} known @param {(lost: string[]) => void} [lost] told what an address asked for that is not there */
  constructor(known, lost = () => {}) {
    this.known = known;
    this.lost = lost;
    /** @type {State} */
    this.state = DEFAULT;
    /** @type {((state: State, before: State|null) => void)[]} */
    this.listeners = [];
    this.started = false;
    /** What an address means that says only a part: that of a tour, the picture of its step. @type {(state: State) => State} */
    this.whole = (state) => state;
  }

  /** @param {(state: State, before: State|null) => void} listener */
  listen(listener) {
    this.listeners.push(listener);
    if (this.started) listener(this.state, null);
  }

  /** Reads the address and tells everybody; from now on the address leads. */
  start() {
    this.started = true;
    window.addEventListener("popstate", () => this.#follow());
    window.addEventListener("hashchange", () => this.#follow());
    this.#follow(true);
  }

  /** @param {Partial<State>} change @param {{replace?: boolean}} [how] */
  go(change, { replace = false } = {}) {
    const before = this.state;
    const wanted = { ...before, ...change };
    // Nothing is related to no node.
    const next = Object.freeze({ ...wanted, other: wanted.node === null ? null : wanted.other });
    const hash = writeState(next);
    if (hash !== writeState(before)) {
      const address = hash ? `#${hash}` : location.href.split("#")[0];
      try {
        if (replace) history.replaceState(null, "", address);
        else history.pushState(null, "", address);
      } catch {
        // A document without an address of its own (srcdoc) refuses; its fragment can still be set.
        location.hash = hash;
      }
    }
    this.#tell(next, before);
  }

  /** @param {Partial<Filters>} change */
  filter(change) {
    this.go({ filters: Object.freeze({ ...this.state.filters, ...change }) });
  }

  /** @param {Partial<State>} [change] @returns {string} the address of the present state with a change */
  link(change = {}) {
    const hash = writeState({ ...this.state, tour: null, step: 1, embed: false, ...change });
    return `${location.href.split("#")[0]}${hash ? `#${hash}` : ""}`;
  }

  #follow(first = false) {
    const { state: read, lost } = readState(location.hash, this.known);
    const state = this.whole(read);
    const before = this.state;
    if (first) this.#tell(state, null);
    else if (writeState(state) !== writeState(before)) this.#tell(state, before);
    if (lost.length) this.lost(lost);
  }

  /** @param {State} next @param {State|null} before */
  #tell(next, before) {
    this.state = next;
    for (const listener of this.listeners) {
      listener(next, before);
      // A listener that went on to another state has told everybody already.
      if (this.state !== next) return;
    }
  }
}

/**
 * What a part of the page is given.
 * @typedef {object} PageParts
 * @property {Store} store
 * @property {Graph} graph
 * @property {(text: string) => void} say speaks in the live region
 * @property {Record<string, any>} blocks the data blocks that were unpacked: `tours` and so on
 * @property {{tree: Tree, network: Network, table: Table, shown: Shown}} views
 */

/** @type {((page: PageParts) => void)[]} parts that register themselves, called in the order of the files */
const PARTS = [];
