"use strict";
// The graph that the page carries: look-ups and ancestry; and its picture. Nothing here touches the document.

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
 */

const LINEAGE_KINDS = new Set(["derived-from", "succeeds", "refines"]);

/** The graph of the page. Edges point forward in time, as in `lineage.LineageGraph`. */
class Graph {
  /** @param {Content & {later?: Generator<void, Content>}} content that is there at once, and what reads the whole */
  constructor(content) {
    /** What is still to be read: at first there are only the models and their descent. */
    this.later = content.later ?? null;
    /** @type {Map<string, NodeData>} */
    this.nodes = new Map();
    /** @type {EdgeData[]} */
    this.edges = [];
    /** @type {Map<string, EdgeData[]>} */
    this.incoming = new Map();
    /** @type {Map<string, EdgeData[]>} */
    this.outgoing = new Map();
    this.#take(content);
  }

  /** @param {Content} content */
  #take({ nodes, edges }) {
    this.nodes = new Map(nodes.map((node) => [node.id, node]));
    this.edges = edges;
    this.incoming = new Map(nodes.map((node) => [node.id, []]));
    this.outgoing = new Map(nodes.map((node) => [node.id, []]));
    for (const edge of edges) {
      this.outgoing.get(edge.source)?.push(edge);
      this.incoming.get(edge.target)?.push(edge);
    }
  }

  /** Reads a piece of what is missing, in some milliseconds. @returns {boolean} whether all is there now */
  advance() {
    const read = this.later?.next();
    if (read?.done) {
      this.later = null;
      this.#take(read.value);
    }
    return this.later === null;
  }

  /** Sees to it that papers, techniques, all fields and all sources are there: they are read after the first picture. */
  complete() {
    while (!this.advance());
  }

  /** @param {string} id @returns {boolean} whether there is such a node */
  has(id) {
    if (!this.nodes.has(id)) this.complete();
    return this.nodes.has(id);
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

  /** @param {string} id @param {number} [depth] at most so many generations @returns {Set<string>} */
  ancestors(id, depth = Infinity) {
    return this.#reach(id, depth, this.incoming, "source");
  }

  /** @param {string} id @param {number} [depth] at most so many generations @returns {Set<string>} */
  descendants(id, depth = Infinity) {
    return this.#reach(id, depth, this.outgoing, "target");
  }

  /**
   * @param {string} start @param {number} depth @param {Map<string, EdgeData[]>} edges @param {"source"|"target"} end
   * @returns {Set<string>} without the start itself
   */
  #reach(start, depth, edges, end) {
    /** @type {Set<string>} */
    const found = new Set([start]);
    let ring = [start];
    for (let far = 0; far < depth && ring.length; far++) {
      const next = [];
      for (const here of ring)
        for (const edge of edges.get(here) ?? [])
          if (LINEAGE_KINDS.has(edge.kind) && !found.has(edge[end])) {
            found.add(edge[end]);
            next.push(edge[end]);
          }
      ring = next;
    }
    found.delete(start);
    return found;
  }

  /** Order of ids by plotted date, then id. @type {(one: string, other: string) => number} */
  byDate = (one, other) =>
    compare(this.nodes.get(one)?.date ?? "", this.nodes.get(other)?.date ?? "") || compare(one, other);

  /** The node with the most claims: where a view without a chosen node starts. @returns {string|null} */
  hub() {
    this.complete();
    let best = null;
    let most = -1;
    for (const node of this.nodes.values()) {
      const count = this.into(node.id).length + this.outOf(node.id).length;
      if (node.kind === "model" && count > most) [best, most] = [node.id, count];
    }
    return best;
  }
}

/**
 * @typedef {object} PackedLayout columns of numbers; lengths in tenths of a point, models by their place among them
 * @property {number} font
 * @property {number} chip
 * @property {number} chipPadding
 * @property {[number[], number[], number[], number[], number[], (string|0)[]]} boxes
 * @property {[number[], number[], number[], number[][]]} links
 * @property {[number[], number[]]} parents of models without a link
 * @property {[number[], number[], number[], number[], number[], number[], (string|0)[]]} chips
 * @property {[string, string, number, number][]} bands
 * @property {[number, number][]} ticks
 */

const LINK_KINDS = ["weights", "outputs", "architecture", "succession"];

/** @param {Graph} graph @returns {string[]} in the order of `lineage.LineageGraph` */
function modelsOf(graph) {
  return [...graph.nodes.values()].filter((node) => node.kind === "model").map((node) => node.id);
}

/** @param {PackedLayout} packed @param {Graph} graph @param {Record<string, string>} bandOf an architecture @returns {Geometry} */
function readLayout(packed, graph, bandOf) {
  const ids = modelsOf(graph);
  const [boxAt, x, y, width, height, labels] = packed.boxes;
  /** @type {Map<string, Box>} */
  const boxes = new Map();
  boxAt.forEach((place, at) => {
    const { id, name, architecture } = graph.node(ids[place]);
    const band = (Object.hasOwn(bandOf, architecture) && bandOf[architecture]) || "undisclosed";
    const lengths = { x: x[at] / 10, y: y[at] / 10, width: width[at] / 10, height: height[at] / 10 };
    boxes.set(id, { id, ...lengths, label: labels[at] || name, band });
  });
  /** @type {Map<string, Link>} */
  const links = new Map();
  const [sources, targets, kinds, lines] = packed.links;
  targets.forEach((place, at) => {
    const points = [];
    for (let index = 0; index < lines[at].length; index += 2)
      points.push([lines[at][index] / 10, lines[at][index + 1] / 10]);
    links.set(ids[place], { source: ids[sources[at]], target: ids[place], kind: LINK_KINDS[kinds[at]], points });
  });
  const parents = new Map([...links.values()].map(({ source, target }) => [target, source]));
  packed.parents[0].forEach((place, at) => parents.set(ids[place], ids[packed.parents[1][at]]));
  /** @type {Map<string, Chip[]>} */
  const chips = new Map();
  const [own, others, chipX, chipY, chipWidth, chipHeight, chipLabels] = packed.chips;
  own.forEach((place, at) => {
    const id = ids[place];
    const parent = ids[others[at]];
    const lengths = { x: chipX[at] / 10, y: chipY[at] / 10, width: chipWidth[at] / 10, height: chipHeight[at] / 10 };
    const label = chipLabels[at] || `+ ${graph.node(parent).name}`;
    chips.set(id, [...(chips.get(id) ?? []), { id, parent, label, ...lengths }]);
  });
  const bands = packed.bands.map(([key, label, top, size]) => ({ key, label, y: top, height: size }));
  const ticks = packed.ticks.map(([year, at]) => ({ year, x: at }));
  return {
    boxes,
    links,
    parents,
    chips,
    bands,
    ticks,
    font: packed.font,
    chip: packed.chip,
    chipPadding: packed.chipPadding,
  };
}

/** @param {string} one @param {string} other @returns {number} order of code units, the same in every locale */
function compare(one, other) {
  return one < other ? -1 : one > other ? 1 : 0;
}
