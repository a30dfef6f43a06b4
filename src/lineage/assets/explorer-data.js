"use strict";
// The graph that the page carries: look-ups, ancestry, search. Nothing here touches the document.

/**
 * @typedef {{url: string, locator?: string|null, shows?: string|null}} Source
 * @typedef {{kind: string, date: string, sources?: Source[]}} DatedEvent
 * @typedef {{name: string, parameters?: string|null, active_parameters?: string|null, url?: string|null}} Variant
 * @typedef {{id: string, kind: "model"|"paper"|"technique", name: string, date: string, aliases?: string[],
 *   organizations?: string[], dates?: DatedEvent[], variants?: Variant[], sources?: Source[], location?: string,
 *   [field: string]: any}} NodeData
 * @typedef {{source: string, target: string, kind: string, relation?: string|null, basis?: string|null,
 *   evidence: string, sources: Source[], role?: string|null, note?: string|null,
 *   disputed?: {by: string, source: Source}|null, [field: string]: any}} EdgeData
 * @typedef {{node: NodeData, field: string, text: string, rank: number}} Hit
 */

const LINEAGE_KINDS = new Set(["derived-from", "succeeds", "refines"]);

/** The graph of the page. Edges point forward in time, as in `lineage.LineageGraph`. */
class Graph {
  /** @param {{nodes: NodeData[], edges: EdgeData[]}} content */
  constructor(content) {
    /** @type {Map<string, NodeData>} */
    this.nodes = new Map(content.nodes.map((node) => [node.id, node]));
    this.edges = content.edges;
    /** @type {Map<string, EdgeData[]>} */
    this.incoming = new Map(content.nodes.map((node) => [node.id, []]));
    /** @type {Map<string, EdgeData[]>} */
    this.outgoing = new Map(content.nodes.map((node) => [node.id, []]));
    for (const edge of this.edges) {
      this.outgoing.get(edge.source)?.push(edge);
      this.incoming.get(edge.target)?.push(edge);
    }
  }

  /** @param {string} id @returns {NodeData} a node that is known to be there */
  node(id) {
    return /** @type {NodeData} */ (this.nodes.get(id));
  }

  /** @param {string} id @param {...string} kinds */
  into(id, ...kinds) {
    return (this.incoming.get(id) ?? []).filter((edge) => !kinds.length || kinds.includes(edge.kind));
  }

  /** @param {string} id @param {...string} kinds */
  outOf(id, ...kinds) {
    return (this.outgoing.get(id) ?? []).filter((edge) => !kinds.length || kinds.includes(edge.kind));
  }

  /** @param {string} id @returns {string[]} what it directly came from */
  parents(id) {
    return [
      ...new Set(
        this.into(id)
          .filter((edge) => LINEAGE_KINDS.has(edge.kind))
          .map((edge) => edge.source),
      ),
    ];
  }

  /** @param {string} id @returns {string[]} what directly came of it, the earliest first */
  children(id) {
    const found = new Set(
      this.outOf(id)
        .filter((edge) => LINEAGE_KINDS.has(edge.kind))
        .map((edge) => edge.target),
    );
    return [...found].sort(this.byDate);
  }

  /** @param {string} id */
  ancestors(id) {
    return this.#reach(id, (one) => this.parents(one));
  }

  /** @param {string} id */
  descendants(id) {
    return this.#reach(id, (one) => this.children(one));
  }

  /** @param {string} start @param {(id: string) => string[]} step @returns {Set<string>} without the start itself */
  #reach(start, step) {
    /** @type {Set<string>} */
    const found = new Set([start]);
    for (const here of found) step(here).forEach((there) => found.add(there));
    found.delete(start);
    return found;
  }

  /** Order of ids by plotted date, then id. @type {(one: string, other: string) => number} */
  byDate = (one, other) =>
    compare(this.nodes.get(one)?.date ?? "", this.nodes.get(other)?.date ?? "") || compare(one, other);

  /** The node with the most claims: where a view without a chosen node starts. @returns {string|null} */
  hub() {
    let best = null;
    let most = -1;
    for (const node of this.nodes.values()) {
      const count = this.into(node.id).length + this.outOf(node.id).length;
      if (node.kind === "model" && count > most) [best, most] = [node.id, count];
    }
    return best;
  }
}

/** @param {string} one @param {string} other @returns {number} order of code units, the same in every locale */
function compare(one, other) {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Words of a text without case, accents of compatibility and punctuation. @param {string} text @returns {string[]} */
function words(text) {
  const folded = text.normalize("NFKC").toLowerCase().replaceAll("+", "plus");
  return folded.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
}

/** What a node can be found by, in the order in which a match counts. */
const SEARCHED = ["name", "alias", "arXiv", "maker", "family", "author", "paper", "technique"];

/** An index of every name in the graph. */
class Search {
  /** @param {Graph} graph */
  constructor(graph) {
    this.graph = graph;
    this.entries = [...graph.nodes.values()].map((node) => ({
      node,
      weight: graph.into(node.id).length + graph.outOf(node.id).length,
      texts: [...this.#texts(node)].map(([field, text]) => {
        const parts = words(text);
        return { field, text, parts, whole: parts.join("") };
      }),
    }));
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
    const hits = [];
    for (const entry of this.entries) {
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
