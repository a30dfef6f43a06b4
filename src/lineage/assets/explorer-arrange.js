"use strict";
// Where the neighbours of a node stand in the network view: what it came from to the left, what came of it to the
// right, techniques above, papers below. The same node gives the same picture on every machine.

/**
 * @typedef {"left"|"right"|"above"|"below"} Side
 * @typedef {{side: Side|null, ring: number, by: string, x: number, y: number}} Place
 *   `by` is the nearer node by which a node was found.
 */

/**
 * @typedef {object} Form how close the neighbours stand
 * @property {{rows: number, first: number, width: number, height: number}} column of those to the left and right; `first` is the way to the first of them
 * @property {{columns: number, width: number, height: number}} row of those above and below
 * @property {number} label the greatest width of a name
 */
/** @type {Form} */
const WIDE = {
  column: { rows: 14, first: 312, width: 250, height: 58 },
  row: { columns: 5, width: 225, height: 96 },
  label: 190,
};
/** One column to each side of the middle, on a phone. @type {Form} */
const CLOSE = {
  column: { rows: 14, first: 140, width: 140, height: 76 },
  row: { columns: 3, width: 140, height: 96 },
  label: 122,
};
/** So many of the far ring hang on one of the near ring, this far to the left and right by turns. */
const STEM = 7;
const SWAY = 26;
const GAP = 110;
/** With fewer neighbours than this a picture says too little: then more are shown than there is room for, and it can be moved. */
const FEWEST = 6;
const FEWEST_ANYHOW = 10;
/** Between the outermost names and the edge of the window. */
const EDGE_ROOM = 12;

/** @typedef {{node: (id: string) => boolean, edge: (edge: EdgeData) => boolean}} Within what filters and a selection let pass */
/** @type {Within} */
const EVERYTHING = { node: () => true, edge: () => true };

/** @typedef {{hops: number, total: number, order: [string, Place][]}} Neighbourhood the nodes in the order in which they are shown, without places yet */

/**
 * Where the neighbours of a node stand. The same node and form give the same picture on every machine.
 * @param {Graph} graph @param {string} centre @param {{up: number, down: number}} reach steps to the left and to the right; up and down of them as many as the more
 * @param {number} most @param {Form} [form] @param {Within} [within]
 * @returns {{places: Map<string, Place>, total: number}}
 */
function arrange(graph, centre, reach, most, form = WIDE, within = EVERYTHING) {
  const around = neighbourhood(graph, centre, reach, within);
  return { places: placesOf(graph, around, most, form), total: around.total };
}

/**
 * What surrounds a node, the nearest first; of one ring the first of each side and kind before the second of any, so that
 * few names still show all kinds of neighbours.
 * @param {Graph} graph @param {string} centre @param {{up: number, down: number}} reach @param {Within} [within] @returns {Neighbourhood}
 */
function neighbourhood(graph, centre, reach, within = EVERYTHING) {
  const hops = Math.max(reach.up, reach.down);
  const far = { left: reach.up, right: reach.down, above: hops, below: hops };
  /** @type {Map<string, Place>} */
  const found = new Map([[centre, { side: null, ring: 0, by: "", x: 0, y: 0 }]]);
  for (let ring = 1; ring <= hops; ring++)
    for (const here of [...found].filter(([, place]) => place.ring === ring - 1).map(([id]) => id))
      for (const [there, side] of neighbours(graph, here, within))
        if (!found.has(there) && ring <= far[found.get(here)?.side ?? side])
          found.set(there, { side: found.get(here)?.side ?? side, ring, by: here, x: 0, y: 0 });
  const degree = (/** @type {string} */ id) => graph.into(id).length + graph.outOf(id).length;
  /** @type {Map<string, number>} */
  const stems = new Map();
  /** @type {Map<string, number>} */
  const ranks = new Map();
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
    .map((entry) => {
      const [id, { side, ring }] = entry;
      const group = `${ring} ${side} ${graph.node(id).kind}`;
      const rank = (ranks.get(group) ?? 0) + 1;
      ranks.set(group, rank);
      return { entry, ring, rank };
    })
    .sort((one, other) => one.ring - other.ring || one.rank - other.rank);
  return { hops, total: found.size - 1, order: kept.map(({ entry }) => entry) };
}

/** @param {Graph} graph @param {Neighbourhood} around @param {number} most @param {Form} form @returns {Map<string, Place>} */
function placesOf(graph, { hops, order: found }, most, { column, row }) {
  const kept = found.slice(0, most + 1);
  const places = new Map(kept);
  // The nearer ring by date, the farther one in the order of those by which it was found, so that few edges cross.
  const side = (/** @type {Side} */ name) => {
    const own = kept.filter(([, place]) => place.side === name);
    const near = own
      .filter(([, place]) => place.ring === 1)
      .map(([id]) => id)
      .sort(graph.byDate);
    const order = near;
    for (let ring = 2; ring <= hops; ring++) {
      const outer = own.filter(([, place]) => place.ring === ring);
      outer.sort(([one, a], [other, b]) => order.indexOf(a.by) - order.indexOf(b.by) || graph.byDate(one, other));
      order.push(...outer.map(([id]) => id));
    }
    return order;
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
    lines(side(name), column.rows).forEach((ids, far) =>
      ids.forEach((id, at) => {
        const y = (at - (ids.length - 1) / 2) * column.height;
        half = Math.max(half, Math.abs(y));
        // Every other column is shifted by half a row, so that an edge to the far column passes between two names.
        put(places, id, sign * (column.first + far * column.width), y + (far % 2 ? column.height / 2 : 0));
      }),
    );
  for (const [name, sign] of /** @type {[Side, number][]} */ ([
    ["above", -1],
    ["below", 1],
  ])) {
    const ids = side(name);
    const y = (/** @type {number} */ at) => sign * (Math.max(half, 30) + GAP + at * row.height);
    if (ids.some((id) => (places.get(id)?.ring ?? 0) >= 2)) {
      // The far ring hangs on the near one: a row of stems.
      const near = ids.filter((id) => places.get(id)?.ring === 1);
      near.forEach((stem, across) => {
        const x = (across - (near.length - 1) / 2) * row.width;
        put(places, stem, x, y(0));
        const own = ids.filter((id) => stemOf(places, id) === stem && id !== stem);
        own.forEach((id, at) => put(places, id, x + (at % 2 ? -1 : 1) * SWAY, y(at + 1)));
      });
    } else
      lines(ids, row.columns).forEach((line, at, rows) => {
        // Every other row stands in the gaps of the row before it.
        const shift = at % 2 && (line.length - rows[0].length) % 2 === 0 ? row.width / 2 : 0;
        line.forEach((id, across) => put(places, id, (across - (line.length - 1) / 2) * row.width + shift, y(at)));
      });
  }
  return places;
}

/** @param {number} width of the room @returns {Form} */
function formFor(width) {
  return width < 2 * WIDE.column.first + WIDE.label ? CLOSE : WIDE;
}

/**
 * As many neighbours as can be read in a room, without moving it: the most of them in any form.
 * @param {Graph} graph @param {Neighbourhood} around @param {number} width @param {number} height of the room, in the units of places @param {number} most
 * @returns {{places: Map<string, Place>, form: Form, fits: boolean}}
 */
function legible(graph, around, width, height, most) {
  const form = formFor(width);
  const columns = clamp(Math.floor(width / form.row.width), 2, form.row.columns);
  for (let count = Math.min(most, around.order.length - 1); count >= FEWEST; count--)
    for (const rows of [14, 10, 7, 5, 4]) {
      const tried = { ...form, column: { ...form.column, rows }, row: { ...form.row, columns } };
      const places = placesOf(graph, around, count, tried);
      const xs = [...places.values()].map(({ x }) => x);
      const ys = [...places.values()].map(({ y }) => y);
      const wide = Math.max(...xs) - Math.min(...xs) + form.label + 2 * EDGE_ROOM;
      const high = Math.max(...ys) - Math.min(...ys) + form.row.height + 2 * EDGE_ROOM;
      if (wide <= width && high <= height) return { places, form: tried, fits: true };
    }
  return { places: placesOf(graph, around, FEWEST_ANYHOW, form), form, fits: false };
}

/** @param {Map<string, Place>} places @param {string} id @returns {string} the one of the near ring by which it was found */
function stemOf(places, id) {
  let here = id;
  for (let place = places.get(here); place && place.ring > 1; place = places.get(here)) here = place.by;
  return here;
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

/** @param {Graph} graph @param {string} id @param {Within} within @returns {[string, Side][]} */
function neighbours(graph, id, within) {
  const own = graph.node(id).kind;
  const ends = [
    ...graph.into(id).filter(within.edge).map((edge) => /** @type {[string, Side]} */ ([edge.source, "left"])),
    ...graph.outOf(id).filter(within.edge).map((edge) => /** @type {[string, Side]} */ ([edge.target, "right"])),
  ].filter(([there]) => within.node(there));
  return ends.map(([there, side]) => {
    const { kind } = graph.node(there);
    if (kind === "technique" && own !== "technique") return [there, "above"];
    return [there, kind === "paper" ? "below" : side];
  });
}
