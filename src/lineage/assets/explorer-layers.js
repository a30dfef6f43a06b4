"use strict";
// Where the nodes of a selection stand in the network view, or those that join two: in columns, each claim from left to
// right. The same nodes give the same picture on every machine; nothing here touches the document.

/** So often the columns are put in the order of their neighbours. */
const SWEEPS = 6;
/** Between two columns: with room for a word beside the line, and less. */
const GAPS = [124, 90, 56];
/** So many rows a column may have. */
const DEPTHS = [14, 11, 9, 7, 5];
/** Between two rows in a narrow room. */
const DOWN = 36;
/** Between the columns and those without a claim, and between these; and so much of the width is left to the buttons. */
const APART = 64;
const CLEAR = 22;
const MARGIN = 130;

/**
 * The column of each node that a claim joins to another: one more than that of the last before it.
 * @param {Graph} graph @param {readonly string[]} ids @param {readonly EdgeData[]} edges among them @returns {Map<string, number>}
 */
function columnsOf(graph, ids, edges) {
  /** @type {Map<string, Set<string>>} */
  const before = new Map(ids.map((id) => [id, new Set()]));
  for (const { source, target } of edges) if (source !== target) before.get(target)?.add(source);
  const joined = new Set(edges.flatMap(({ source, target }) => [source, target]));
  /** @type {Map<string, number>} */
  const columns = new Map();
  const waiting = ids.filter((id) => joined.has(id)).sort(graph.byDate);
  while (waiting.length) {
    const free = waiting.findIndex((id) => [...(before.get(id) ?? [])].every((one) => columns.has(one)));
    // A model may introduce the technique that it uses: of a ring of claims the earliest goes first.
    const [id] = waiting.splice(Math.max(0, free), 1);
    const above = [...(before.get(id) ?? [])].flatMap((one) => columns.get(one) ?? []);
    columns.set(id, Math.max(-1, ...above) + 1);
  }
  return columns;
}

/**
 * The nodes by columns, each column in an order in which few lines cross.
 * @param {Graph} graph @param {readonly string[]} ids @param {readonly EdgeData[]} edges among them @returns {string[][]}
 */
function layersOf(graph, ids, edges) {
  const columns = columnsOf(graph, ids, edges);
  const columnOf = (/** @type {string} */ id) => /** @type {number} */ (columns.get(id));
  /** @type {string[][]} */
  const layers = [];
  for (const [id, at] of columns) layers[at] = [...(layers[at] ?? []), id];
  /** @type {Map<string, string[]>} */
  const beside = new Map();
  for (const { source, target } of edges) {
    beside.set(source, [...(beside.get(source) ?? []), target]);
    beside.set(target, [...(beside.get(target) ?? []), source]);
  }
  /** @type {Map<string, number>} how high each stands, from the middle of its column */
  const heights = new Map();
  const heightOf = (/** @type {string} */ id) => /** @type {number} */ (heights.get(id));
  const settle = (/** @type {string[]} */ layer) =>
    layer.forEach((id, at) => heights.set(id, at - (layer.length - 1) / 2));
  layers.forEach((layer) => settle(layer.sort(graph.byDate)));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const forward = sweep % 2 === 0;
    for (const layer of forward ? layers : [...layers].reverse()) {
      const wish = new Map(
        layer.map((id) => {
          const near = (beside.get(id) ?? []).filter((one) => forward === columnOf(one) < columnOf(id));
          const sum = near.reduce((total, one) => total + heightOf(one), 0);
          return [id, near.length ? sum / near.length : heightOf(id)];
        }),
      );
      const wishOf = (/** @type {string} */ id) => /** @type {number} */ (wish.get(id));
      layer.sort((one, other) => wishOf(one) - wishOf(other) || graph.byDate(one, other));
      settle(layer);
    }
  }
  return layers;
}

/**
 * Places all in a room where they can be read in it, the widest first; else as wide as they can be. In a narrow room the
 * columns are rows where each is short, so that it goes on below.
 * @param {Graph} graph @param {readonly string[]} ids @param {readonly EdgeData[]} edges among them
 * @param {(id: string) => Extent} extent of a node around its middle @param {Form} form @param {number} width @param {number} height of the room
 * @returns {{places: Map<string, Place>, fits: boolean, roomy: boolean, down: boolean}}
 *   `roomy` where there is room for words beside lines; `down` where the columns are rows
 */
function layered(graph, ids, edges, extent, form, width, height) {
  const layers = layersOf(graph, ids, edges);
  const joined = new Set(layers.flat());
  const alone = ids.filter((id) => !joined.has(id)).sort(graph.byDate);
  const [wide, high] = [width - 2 * EDGE_ROOM, height - 2 * EDGE_ROOM];
  const tall = (/** @type {readonly string[]} */ own) =>
    Math.max(form.column.height, ...own.map((id) => extent(id).bottom - extent(id).top + CLEAR / 2));
  const [step, below] = [tall(layers.flat()), tall(alone)];
  const abreast = Math.max(1, Math.floor(wide / form.column.width));
  const narrow = form.label !== WIDE.label;
  if (narrow && layers.every((layer) => layer.length <= abreast)) {
    const turned = (/** @type {string} */ id) => {
      const { left, top, right, bottom } = extent(id);
      return { left: top, top: left, right: bottom, bottom: right };
    };
    const points = columned(layers, turned, DOWN, abreast, form.column.width);
    for (const [id, { x, y }] of points) points.set(id, { x: y, y: x });
    const all = withAlone(points, alone, extent, below, wide);
    return { places: all.places, fits: all.wide <= wide && all.high <= high, roomy: false, down: true };
  }
  const gaps = narrow ? GAPS.slice(-1) : GAPS;
  const across = (/** @type {number} */ gap, /** @type {number} */ rows) => {
    const points = columned(layers, extent, gap, rows, step);
    const all = withAlone(points, alone, extent, below, wide);
    const fits = all.wide <= wide && all.high <= high;
    return { places: all.places, fits, roomy: gap === GAPS[0], down: false };
  };
  for (const gap of gaps)
    for (const rows of DEPTHS) {
      const tried = across(gap, rows);
      if (tried.fits) return tried;
    }
  return across(gaps[0], DEPTHS[0]);
}

/**
 * @param {string[][]} layers @param {(id: string) => Extent} extent @param {number} gap between two columns
 * @param {number} rows of a column @param {number} step from row to row @returns {Map<string, Point>}
 */
function columned(layers, extent, gap, rows, step) {
  /** @type {Map<string, Point>} */
  const points = new Map();
  let right = 0;
  for (const layer of layers) {
    // A long column stands in several, each shifted by half a row, so that lines to the far ones pass between names.
    const parts = Math.ceil(layer.length / rows);
    for (let part = 0; part < parts; part++) {
      const own = layer.slice(
        Math.round((part * layer.length) / parts),
        Math.round(((part + 1) * layer.length) / parts),
      );
      const room = widest(own, extent);
      const shift = part % 2 && own.length < rows ? step / 2 : 0;
      own.forEach((id, at) => points.set(id, { x: right + room / 2, y: (at - (own.length - 1) / 2) * step + shift }));
      right += room + gap;
    }
  }
  return points;
}

/**
 * Puts those without a claim beside each other below the rest, and all around the middle.
 * @param {Map<string, Point>} points @param {string[]} alone @param {(id: string) => Extent} extent @param {number} step @param {number} width of the room
 */
function withAlone(points, alone, extent, step, width) {
  if (alone.length) {
    const { left, right, bottom } = hull(points, extent);
    const cell = widest(alone, extent) + CLEAR;
    const abreast = clamp(Math.floor((width - (width > 4 * MARGIN ? MARGIN : 0) + CLEAR) / cell), 1, alone.length);
    const first = points.size ? bottom + APART : 0;
    alone.forEach((id, at) =>
      points.set(id, {
        x: (left + right) / 2 + ((at % abreast) - (abreast - 1) / 2) * cell,
        y: first + Math.floor(at / abreast) * step,
      }),
    );
  }
  const { left, top, right, bottom } = hull(points, extent);
  /** @type {Map<string, Place>} */
  const places = new Map();
  for (const [id, { x, y }] of points) {
    const middle = { x: Math.round(x - (left + right) / 2), y: Math.round(y - (top + bottom) / 2) };
    places.set(id, { side: "right", ring: 1, by: "", ...middle });
  }
  return { places, wide: right - left, high: bottom - top };
}

/** @param {Map<string, Point>} points @param {(id: string) => Extent} extent @returns {Extent} around all */
function hull(points, extent) {
  const all = [...points].map(([id, { x, y }]) => {
    const own = extent(id);
    return { left: x + own.left, top: y + own.top, right: x + own.right, bottom: y + own.bottom };
  });
  if (!all.length) return { left: 0, top: 0, right: 0, bottom: 0 };
  return {
    left: Math.min(...all.map((one) => one.left)),
    top: Math.min(...all.map((one) => one.top)),
    right: Math.max(...all.map((one) => one.right)),
    bottom: Math.max(...all.map((one) => one.bottom)),
  };
}

/** @param {string[]} ids @param {(id: string) => Extent} extent @returns {number} */
function widest(ids, extent) {
  return Math.max(...ids.map((id) => extent(id).right - extent(id).left));
}
