"use strict";
// The network view: vis-network draws what pyvis wrote down, one neighbourhood at a time, at places that are computed
// here: what a node came from to the left, what came of it to the right, techniques above, papers below.

/**
 * @typedef {{nodes: Record<string, any>[], edges: Record<string, any>[], options: Record<string, any>}} Pyvis
 * @typedef {"left"|"right"|"above"|"below"} Side
 * @typedef {{side: Side|null, ring: number, by: string, x: number, y: number}} Place
 *   `by` is the nearer node by which a node was found.
 */

/** More names than this cannot be read at once. */
const MOST = 90;
const COLUMN = { rows: 14, width: 230, height: 54 };
const ROW = { columns: 5, width: 215, height: 80 };
/** So many of the far ring hang on one of the near ring, this far to the left and right by turns. */
const STEM = 7;
const SWAY = 26;
/** With more neighbours than this on a side, the relations are told by their dashes alone. */
const LABELLED = 8;
const GAP = 100;
/** Below this scale names cannot be read: the view opens on the middle instead of on everything. */
const SMALLEST_LOOK = 0.5;

class Network {
  /**
   * @param {HTMLElement} host @param {HTMLElement} note @param {Graph} graph @param {Pyvis} data
   * @param {{choose: (id: string) => void, say: (text: string) => void}} actions
   */
  constructor(host, note, graph, data, actions) {
    this.host = host;
    this.note = note;
    this.graph = graph;
    this.actions = actions;
    this.options = data.options;
    this.nodes = new Map(data.nodes.map((node) => [node.id, node]));
    this.edges = data.edges;
    /** @type {any} */
    this.canvas = null;
    this.drawn = "";
    /** @type {string[]} */
    this.order = [];
  }

  /** @param {string} id @param {number} hops */
  show(id, hops) {
    const { graph, host } = this;
    const { places, total } = arrange(graph, id, hops, MOST);
    const name = graph.node(id).name;
    const part =
      places.size - 1 < total
        ? `${places.size - 1} of ${total} neighbours of `
        : `${total === 1 ? "1 neighbour" : `${total} neighbours`} of `;
    const bold = el("b", {}, name);
    this.note.replaceChildren(part, bold, hops === 1 ? " within one step" : " within two steps");
    host.setAttribute("aria-label", `Network: ${part}${name}. The details panel lists the same relations as text.`);
    const key = JSON.stringify([id, hops, theme()]);
    if (key === this.drawn) return this.#look();
    this.drawn = key;
    this.order = [...places.keys()];
    const colours = palette();
    const nodes = this.order.map((one) => {
      const place = /** @type {Place} */ (places.get(one));
      const node = this.nodes.get(one) ?? { id: one, label: one };
      const mark = colours.group(String(node.group));
      const chosen = one === id;
      return {
        ...node,
        x: place.x,
        y: place.y,
        borderWidth: chosen ? 3 : 1.5,
        color: {
          background: mark.fill,
          border: mark.line,
          highlight: { background: mark.fill, border: colours.accent },
          hover: { background: mark.fill, border: colours.accent },
        },
        font: { color: colours.ink, size: chosen ? 18 : 14, face: "system-ui, sans-serif" },
      };
    });
    /** @type {Map<string, number>} */
    const pairs = new Map();
    const edges = this.edges
      .filter((edge) => shown(places, edge))
      .map((edge) => {
        const far = /** @type {Place} */ (places.get(edge.from === id ? edge.to : edge.from));
        const pair = JSON.stringify([edge.from, edge.to]);
        const before = pairs.get(pair) ?? 0;
        pairs.set(pair, before + 1);
        const crowd = this.order.filter((one) => places.get(one)?.side === far.side).length;
        return {
          ...edge,
          label: (edge.from === id || edge.to === id) && crowd <= LABELLED ? edge.label : undefined,
          // A second claim about the same pair runs beside the first; the rest leave their end straight, between names.
          smooth: before
            ? { enabled: true, type: "curvedCW", roundness: 0.18 * before }
            : {
                enabled: true,
                type: "cubicBezier",
                roundness: 0.5,
                forceDirection: far.side === "left" || far.side === "right" ? "horizontal" : "vertical",
              },
          color: { color: colours.muted, highlight: colours.accent, hover: colours.accent },
          font: {
            color: colours.muted,
            size: 11,
            face: "system-ui, sans-serif",
            strokeColor: colours.page,
            strokeWidth: 4,
            align: "middle",
          },
        };
      });
    this.canvas?.destroy();
    const vis = /** @type {any} */ (window).vis;
    this.canvas = new vis.Network(
      host,
      { nodes: new vis.DataSet(nodes), edges: new vis.DataSet(edges) },
      structuredClone(this.options),
    );
    // The frame of vis-network is a stop of the Tab key without a name; the host around it is the stop that speaks.
    host.querySelectorAll("[tabindex]").forEach((inner) => inner.setAttribute("tabindex", "-1"));
    this.canvas.on("click", (/** @type {{nodes: string[]}} */ event) => {
      if (event.nodes.length) this.actions.choose(event.nodes[0]);
    });
    this.canvas.on("hoverNode", () => host.classList.add("pointing"));
    this.canvas.on("blurNode", () => host.classList.remove("pointing"));
    this.centre = id;
    this.#look();
  }

  /** All of it where that can be read, else the chosen node in the middle at a size that can. */
  #look() {
    if (!this.canvas || !this.host.clientWidth) return;
    this.canvas.setSize("100%", "100%");
    this.canvas.redraw();
    this.canvas.fit({ animation: false });
    const scale = this.canvas.getScale();
    if (scale > 1.1) this.canvas.moveTo({ scale: 1.1, animation: false });
    else if (scale < SMALLEST_LOOK)
      this.canvas.moveTo({ position: { x: 0, y: 0 }, scale: SMALLEST_LOOK, animation: false });
  }

  /** @param {number} factor */
  zoom(factor) {
    this.canvas?.moveTo({ scale: clamp(this.canvas.getScale() * factor, 0.1, 4), animation: false });
  }

  fit() {
    this.canvas?.fit({ animation: false });
  }

  resize() {
    this.#look();
  }
}

/**
 * An edge is drawn where a neighbour was found by it; the others would hide the ones that matter.
 * @param {Map<string, Place>} places @param {Record<string, any>} edge
 */
function shown(places, edge) {
  const from = places.get(edge.from);
  const to = places.get(edge.to);
  return Boolean(from && to && (from.by === edge.to || to.by === edge.from));
}

/**
 * Where the neighbours of a node stand. The same node gives the same picture on every machine.
 * @param {Graph} graph @param {string} centre @param {number} hops @param {number} most
 * @returns {{places: Map<string, Place>, total: number}}
 */
function arrange(graph, centre, hops, most) {
  /** @type {Map<string, Place>} */
  const found = new Map([[centre, { side: null, ring: 0, by: "", x: 0, y: 0 }]]);
  for (let ring = 1; ring <= hops; ring++)
    for (const here of [...found].filter(([, place]) => place.ring === ring - 1).map(([id]) => id))
      for (const [there, side] of neighbours(graph, here))
        if (!found.has(there)) found.set(there, { side: found.get(here)?.side ?? side, ring, by: here, x: 0, y: 0 });
  const total = found.size - 1;
  const degree = (/** @type {string} */ id) => graph.into(id).length + graph.outOf(id).length;
  /** @type {Map<string, number>} */
  const stems = new Map();
  const kept = [...found]
    .sort(
      ([one, a], [other, b]) =>
        a.ring - b.ring ||
        weight(graph, centre, other) - weight(graph, centre, one) ||
        degree(other) - degree(one) ||
        compare(one, other),
    )
    .filter(([, { side, ring, by }]) => {
      if (ring < 2 || side === "left" || side === "right") return true;
      stems.set(by, (stems.get(by) ?? 0) + 1);
      return (stems.get(by) ?? 0) <= STEM;
    })
    .slice(0, most + 1);
  const places = new Map(kept);
  // The nearer ring by date, the farther one in the order of those by which it was found, so that few edges cross.
  const side = (/** @type {Side} */ name) => {
    const own = kept.filter(([, place]) => place.side === name);
    const near = own
      .filter(([, place]) => place.ring === 1)
      .map(([id]) => id)
      .sort(graph.byDate);
    const far = own.filter(([, place]) => place.ring === 2);
    far.sort(([one, a], [other, b]) => near.indexOf(a.by) - near.indexOf(b.by) || graph.byDate(one, other));
    return [...near, ...far.map(([id]) => id)];
  };
  /** @param {string[]} ids @param {number} size @returns {string[][]} lines of at most so many, each of one ring, evenly filled */
  const lines = (ids, size) => {
    const all = [];
    for (let ring = 1; ring <= hops; ring++) {
      const own = ids.filter((id) => places.get(id)?.ring === ring);
      const count = Math.ceil(own.length / size);
      for (let index = 0; index < count; index++)
        all.push(own.slice(Math.round((index * own.length) / count), Math.round(((index + 1) * own.length) / count)));
    }
    return all;
  };
  let half = 0;
  for (const [name, sign] of /** @type {[Side, number][]} */ ([
    ["left", -1],
    ["right", 1],
  ]))
    lines(side(name), COLUMN.rows).forEach((ids, column) =>
      ids.forEach((id, row) => {
        const y = (row - (ids.length - 1) / 2) * COLUMN.height;
        half = Math.max(half, Math.abs(y));
        // Every other column is shifted by half a row, so that an edge to the far column passes between two names.
        put(places, id, sign * (COLUMN.width * 1.25 + column * COLUMN.width), y + (column % 2 ? COLUMN.height / 2 : 0));
      }),
    );
  for (const [name, sign] of /** @type {[Side, number][]} */ ([
    ["above", -1],
    ["below", 1],
  ])) {
    const ids = side(name);
    const y = (/** @type {number} */ row) => sign * (Math.max(half, 30) + GAP + row * ROW.height);
    if (ids.some((id) => places.get(id)?.ring === 2)) {
      // The far ring hangs on the near one: a row of stems.
      const near = ids.filter((id) => places.get(id)?.ring === 1);
      near.forEach((stem, column) => {
        const x = (column - (near.length - 1) / 2) * ROW.width;
        put(places, stem, x, y(0));
        const own = ids.filter((id) => places.get(id)?.by === stem);
        own.forEach((id, row) => put(places, id, x + (row % 2 ? -1 : 1) * SWAY, y(row + 1)));
      });
    } else
      lines(ids, ROW.columns).forEach((line, row, all) => {
        // Every other row stands in the gaps of the row before it.
        const shift = row % 2 && (line.length - all[0].length) % 2 === 0 ? ROW.width / 2 : 0;
        line.forEach((id, column) => put(places, id, (column - (line.length - 1) / 2) * ROW.width + shift, y(row)));
      });
  }
  return { places, total };
}

/** @param {Map<string, Place>} places @param {string} id @param {number} x @param {number} y */
function put(places, id, x, y) {
  const place = places.get(id);
  if (place) places.set(id, { ...place, x: Math.round(x), y: Math.round(y) });
}

/** @param {Graph} graph @param {string} centre @param {string} id how near a neighbour is by what joins the two */
function weight(graph, centre, id) {
  const kinds = [...graph.into(id), ...graph.outOf(id)]
    .filter((edge) => edge.source === centre || edge.target === centre)
    .map((edge) => edge.kind);
  return kinds.some((kind) => LINEAGE_KINDS.has(kind)) ? 2 : kinds.includes("introduced-technique") ? 1 : 0;
}

/** @param {Graph} graph @param {string} id @returns {[string, Side][]} */
function neighbours(graph, id) {
  const own = graph.node(id).kind;
  const ends = [
    ...graph.into(id).map((edge) => /** @type {[string, Side]} */ ([edge.source, "left"])),
    ...graph.outOf(id).map((edge) => /** @type {[string, Side]} */ ([edge.target, "right"])),
  ];
  return ends.map(([there, side]) => {
    const { kind } = graph.node(there);
    if (kind === "technique" && own !== "technique") return [there, "above"];
    return [there, kind === "paper" ? "below" : side];
  });
}

/** @returns {"light"|"dark"} the theme that is on */
function theme() {
  const set = document.documentElement.dataset.theme;
  if (set === "light" || set === "dark") return set;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** The colours of the style sheet, for the canvas. */
function palette() {
  const style = getComputedStyle(document.documentElement);
  const read = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  return {
    ink: read("--ink"),
    muted: read("--muted"),
    page: read("--page"),
    accent: read("--accent"),
    group: (/** @type {string} */ key) => ({
      line: read(`--mark-${key}`) || read("--muted"),
      fill: read(`--fill-${key}`) || read("--card"),
    }),
  };
}
