"use strict";
// Which models are shown: the coarse view, what was unfolded, the chosen one with its lineage, and what filters and
// selections let pass. Nothing here touches the document.

/**
 * @typedef {object} Sight what a state shows
 * @property {Set<string>} models those drawn in the tree
 * @property {Set<string>} matching those that filters and the selection let pass
 * @property {Set<string>} selected all nodes of the selection that filters let pass, papers and techniques among them; none without a selection
 * @property {Set<string>} up ancestors of the chosen node, or what a paper or technique came from
 * @property {Set<string>} down its descendants, or the models that it belongs to
 * @property {Map<string, string>} pills what stands on the button that unfolds a model or folds it
 * @property {number} waiting so many models of the chosen technique or paper are not drawn, because they are too many
 * @property {{message: string, at: number|null}|null} fault of the selection
 */
/** @typedef {{year: number, arch: string, org: string[], weights: string, claims: [string, string][]}} Facts */

/** So many models of a technique or paper are drawn beside those that are shown anyway: the earliest. */
const FIRST_USERS = 24;

class Shown {
  /** @param {Graph} graph @param {Geometry} geometry @param {readonly string[]} coarse */
  constructor(graph, geometry, coarse) {
    this.graph = graph;
    this.geometry = geometry;
    this.coarse = new Set(coarse);
    this.models = modelsOf(graph);
    /** @type {Map<string, string[]>} children in the tree picture */
    this.hung = new Map();
    for (const [child, parent] of geometry.parents) this.hung.set(parent, [...(this.hung.get(parent) ?? []), child]);
    /** @type {Map<string, Facts>} */
    this.facts = new Map(this.models.map((id) => [id, this.#factsOf(id)]));
    const years = [...this.facts.values()].map((one) => one.year);
    this.first = Math.min(...years);
    this.last = Math.max(...years);
    /** @type {((state: State) => Iterable<string>)[]} other parts of the page name models that must be drawn */
    this.also = [];
    /** @type {Selector|null} made for the first selection, or before it */
    this.selector = null;
    /** @type {{query: string, found: Set<string>, all: Set<string>, fault: Sight["fault"]}} */
    this.asked = { query: "", found: new Set(), all: new Set(), fault: null };
  }

  /** @param {string} id @returns {Facts} */
  #factsOf(id) {
    const node = this.graph.node(id);
    return {
      year: Number(node.date.slice(0, 4)),
      arch: node.kind === "model" ? (node.architecture ?? "undisclosed") : "",
      org: node.organizations ?? [],
      weights: node.weights ?? "",
      claims: this.graph
        .into(id, "derived-from", "succeeds")
        .map((edge) => [edge.basis ?? (edge.kind === "succeeds" ? "succession" : ""), edge.evidence]),
    };
  }

  /** @param {State} state @returns {Sight} */
  look(state) {
    const { graph, geometry } = this;
    const { models: asked, all, fault } = this.select(state.query);
    const limited = isLimited(state) && !(state.query && fault);
    const matching = new Set(this.models.filter((id) => (!asked || asked.has(id)) && this.passes(id, state.filters)));
    const selected = new Set([...all].filter((id) => this.passes(id, state.filters)));
    const { up, down } = this.lineage(state);
    const node = state.node === null ? null : graph.node(state.node);
    const base = limited ? matching : state.all ? this.models : this.coarse;
    let models = new Set(base);
    if (!limited) for (const id of state.open) for (const child of this.#children(id)) models.add(child);
    if (node?.kind === "model") {
      if (!models.has(node.id) && !limited) graph.parents(node.id).forEach((id) => models.add(id));
      models.add(node.id);
      if (state.up !== null && !limited) up.forEach((id) => models.add(id));
      if (state.down !== null && !limited) down.forEach((id) => models.add(id));
    } else if (node && !limited) {
      const more = this.placed([...up, ...down]).filter((id) => !models.has(id)).sort(graph.byDate);
      more.slice(0, FIRST_USERS).forEach((id) => models.add(id));
    }
    // Of two nodes the lines that join them are the answer: what is beside them only makes them small.
    const joined = state.other !== null && state.focus === "dim" && !state.all;
    const only = node !== null && (state.focus === "only" || joined);
    if (only)
      models = new Set([node.id, ...up, ...down].filter((id) => !limited || matching.has(id) || id === node.id));
    if (state.other !== null) [state.other, ...up].forEach((id) => models.add(id));
    for (const more of this.also) for (const id of more(state)) models.add(id);
    for (const id of models) if (!geometry.boxes.has(id)) models.delete(id);
    const waiting = node?.kind === "model" || limited ? 0 : this.placed([...up, ...down]).filter((id) => !models.has(id)).length;
    return { models, matching, selected, up, down, waiting, fault, pills: limited || only ? new Map() : this.#pills(models, state) };
  }

  /** The rows of the table: a selection as it is, without one the models; the earliest first. @param {State} state @param {Sight} sight @returns {string[]} */
  rows(state, { matching, selected, up, down, fault }) {
    const among = state.focus === "only" && state.node !== null ? new Set([state.node, ...up, ...down]) : null;
    const ids = state.query && !fault ? [...selected] : [...matching];
    return ids.filter((id) => !among || among.has(id)).sort(this.graph.byDate);
  }

  /** @param {string[]} ids @returns {string[]} those that have a place in the tree */
  placed(ids) {
    return ids.filter((id) => this.geometry.boxes.has(id));
  }

  /**
   * What belongs to the chosen node. A paper or a technique has no place in the tree: it stands for the models that it
   * describes, serves or came with; a paper that describes none, for those that use what it introduced.
   * @param {State} state
   */
  lineage({ node: id, other, up: above, down: below }) {
    const { graph } = this;
    // Of two nodes only what joins them counts.
    if (id !== null && other !== null) return { up: idsBetween(graph, id, other), down: new Set() };
    const node = id === null ? null : graph.node(id);
    if (node?.kind === "model")
      return { up: graph.ancestors(node.id, above ?? Infinity), down: graph.descendants(node.id, below ?? Infinity) };
    const up = new Set();
    const down = new Set();
    if (node) {
      for (const edge of graph.outOf(node.id)) down.add(edge.target);
      for (const edge of graph.into(node.id)) up.add(edge.source);
      const found = [...down];
      if (![...found, ...up].some((one) => graph.node(one).kind === "model"))
        for (const one of found) for (const edge of graph.outOf(one, "uses-technique")) down.add(edge.target);
    }
    return { up, down };
  }

  /** @param {string} id @param {Filters} filters @param {string} [without] a filter that does not count @returns {boolean} */
  passes(id, filters, without = "") {
    const facts = this.facts.get(id) ?? this.#factsOf(id);
    if (without !== "years" && (facts.year < (filters.from ?? 0) || facts.year > (filters.to ?? 9999))) return false;
    if (without !== "arch" && filters.arch.length && !filters.arch.includes(facts.arch)) return false;
    if (without !== "weights" && filters.weights.length && !filters.weights.includes(facts.weights)) return false;
    if (without !== "org" && filters.org.length && !filters.org.some((org) => facts.org.includes(org))) return false;
    const basis = without === "basis" ? [] : filters.basis;
    const evidence = without === "evidence" ? [] : filters.evidence;
    if (!basis.length && !evidence.length) return true;
    return facts.claims.some(
      ([one, how]) => (!basis.length || basis.includes(one)) && (!evidence.length || evidence.includes(how)),
    );
  }

  /**
   * How many models each value of a filter would let pass, with all other filters as they are; the most first.
   * @param {"arch"|"org"|"weights"|"basis"|"evidence"|"years"} facet @param {State} state @returns {Map<string, number>}
   */
  counts(facet, state) {
    const { models: asked } = this.select(state.query);
    /** @type {Map<string, number>} */
    const counts = new Map();
    const values = (/** @type {Facts} */ facts) => {
      if (facet === "years") return [String(facts.year)];
      if (facet === "basis")
        return facts.claims
          .filter(([, how]) => !state.filters.evidence.length || state.filters.evidence.includes(how))
          .map(([one]) => one);
      if (facet === "evidence")
        return facts.claims
          .filter(([one]) => !state.filters.basis.length || state.filters.basis.includes(one))
          .map(([, how]) => how);
      return facet === "org" ? facts.org : [facts[facet]];
    };
    for (const id of this.models) {
      const own = new Set(values(/** @type {Facts} */ (this.facts.get(id))));
      const counted = (!asked || asked.has(id)) && this.passes(id, state.filters, facet);
      for (const value of own) counts.set(value, (counts.get(value) ?? 0) + Number(counted));
    }
    return new Map([...counts].sort(([one, a], [other, b]) => b - a || compare(one, other)));
  }

  /**
   * The models that a selection selects. Where it selects none, its papers and techniques stand for their models; beside
   * models they do not: who asks for the models of a maker does not mean all that use its techniques.
   * @param {string} query
   * @returns {{models: Set<string>|null, all: Set<string>, fault: Sight["fault"]}} `all` is the selection itself
   */
  select(query) {
    if (!query) return { models: null, all: new Set(), fault: null };
    if (this.asked.query !== query) {
      /** @type {Set<string>} */
      let all = new Set();
      let found = all;
      /** @type {Sight["fault"]} */
      let fault = null;
      try {
        all = new Set(this.#selected(query));
        const isModel = (/** @type {string} */ id) => this.graph.node(id).kind === "model";
        found = new Set([...all].filter(isModel));
        if (!found.size)
          for (const node of all) {
            const { up, down } = this.lineage({ ...DEFAULT, node });
            for (const id of [...up, ...down]) if (isModel(id)) found.add(id);
          }
      } catch (error) {
        fault = faultOf(error);
      }
      this.asked = { query, found, all, fault };
    }
    const { found, all, fault } = this.asked;
    return { models: fault ? null : found, all, fault };
  }

  /**
   * The nodes that names beside each other select, in the order in which they are written; null for any other text.
   * @param {string} text @returns {string[][]|null} of each name or pattern its nodes
   */
  named(text) {
    const names = text.match(/"(?:[^"\\]|\\.)*"|[^\s"]+/gs) ?? [];
    if ((names.length < 2 && !patternOf(text, false)) || text.replaceAll(/"(?:[^"\\]|\\.)*"/gs, "").match(/[+@,:"]/)) return null;
    const selector = this.prepare();
    // A name is looked up before it is selected: what may have been meant instead of a wrong one takes its time.
    const known = (/** @type {string} */ name) =>
      patternOf(name, name[0] === '"') !== null ||
      (!/^\d+$/.test(name) && selector.candidates(name.replaceAll(/^"|"$|\\(?=.)/gs, "")).length === 1);
    if (!names.every(known)) return null;
    try {
      const found = names.map((name) => [...selector.select(name)]);
      return found.every((ids) => ids.length) ? found : null;
    } catch {
      return null;
    }
  }

  /** @param {string} query @returns {Iterable<string>} by the selector language, where the page has it */
  #selected(query) {
    return this.prepare().select(query);
  }

  /** @returns {Selector} ready for selections @throws {Error} where the page has no selector language */
  prepare() {
    this.graph.complete();
    if (typeof Selector === "undefined") throw new Error("selections cannot be read here");
    if (!this.selector) {
      this.selector = new Selector(this.graph);
      this.selector.allNames();
    }
    return this.selector;
  }

  /** @param {string} id */
  #children(id) {
    return [...(this.hung.get(id) ?? []), ...this.graph.children(id)];
  }

  /** @param {string} id @param {ReadonlySet<string>} among @returns {string|null} the nearest of them that a model hangs on */
  above(id, among) {
    return shownAbove(
      (one) => this.geometry.parents.get(one),
      id,
      (one) => among.has(one),
    );
  }

  /** @param {Set<string>} models @param {State} state @returns {Map<string, string>} */
  #pills(models, state) {
    /** @type {Map<string, number>} */
    const hidden = new Map();
    for (const id of this.models)
      if (!models.has(id)) {
        const above = this.above(id, models);
        if (above !== null) hidden.set(above, (hidden.get(above) ?? 0) + 1);
      }
    /** @type {Map<string, string>} */
    const pills = new Map([...hidden].map(([id, count]) => [id, `+${count}`]));
    if (!state.all) for (const id of state.open) if (models.has(id) && this.hung.has(id)) pills.set(id, "−");
    return pills;
  }
}

/** How many nodes of which kinds: `369 techniques`, or `82 nodes: 39 models, 43 papers`. @param {Graph} graph @param {Iterable<string>} ids */
function countedKinds(graph, ids) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const id of ids) counts.set(graph.node(id).kind, (counts.get(graph.node(id).kind) ?? 0) + 1);
  const said = ["model", "paper", "technique"].flatMap((kind) => {
    const count = counts.get(kind);
    return count ? [counted(count, kind)] : [];
  });
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return said.length === 1 ? said[0] : `${counted(total, "node")}${total ? `: ${said.join(", ")}` : ""}`;
}

/** @param {unknown} error @returns {{message: string, at: number|null}} */
function faultOf(error) {
  const { message, at } = /** @type {{message?: unknown, at?: unknown}} */ (error);
  return { message: String(message ?? error), at: typeof at === "number" ? at : null };
}
