"use strict";
// Where the nodes of a selection stand in the network view, or those that join two: in columns, each claim from left to
// right. The same nodes give the same picture on every machine; nothing here touches the document.

/** So often the columns are put in the order of their neighbours. */
const SWEEPS = 6;
/** Between two columns: with room for a word beside the line, and less. */
const GAPS = [124, 90, 56];
/** So many rows a column may have. */
const DEPTHS = [14, 11, 9, 7, 5];
/** Between the columns and those without a claim, and between these. */
const APART = 84;
const CLEAR = 22;

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
 * Places all in a room where they can be read in it, the widest first; else as wide as they can be.
 * @param {Graph} graph @param {readonly string[]} ids @param {readonly EdgeData[]} edges among them
 * @param {(id: string) => Extent} extent of a node around its middle @param {Form} form @param {number} width @param {number} height of the room
 * @returns {{places: Map<string, Place>, fits: boolean}}
 */
function layered(graph, ids, edges, extent, form, width, height) {
  const layers = layersOf(graph, ids, edges);
  const joined = new Set(layers.flat());
  const alone = ids.filter((id) => !joined.has(id)).sort(graph.byDate);
  const gaps = form.label === WIDE.label ? GAPS : GAPS.slice(-1);
  const put = (/** @type {number} */ gap, /** @type {number} */ rows) =>
    columned(layers, alone, extent, gap, rows, form.column.height, width - 2 * EDGE_ROOM);
  for (const gap of gaps)
    for (const rows of DEPTHS) {
      const { places, wide, high } = put(gap, rows);
      if (wide <= width - 2 * EDGE_ROOM && high <= height - 2 * EDGE_ROOM) return { places, fits: true };
    }
  return { places: put(gaps[0], DEPTHS[0]).places, fits: false };
}

/**
 * @param {string[][]} layers @param {string[]} alone those without a claim, beside each other below the columns @param {(id: string) => Extent} extent
 * @param {number} gap between two columns @param {number} rows of a column @param {number} step from row to row @param {number} width of the room
 */
function columned(layers, alone, extent, gap, rows, step, width) {
  /** @type {Map<string, Place>} */
  const places = new Map();
  const set = (/** @type {string} */ id, /** @type {number} */ x, /** @type {number} */ y) =>
    places.set(id, { side: "right", ring: 1, by: "", x, y });
  const widest = (/** @type {string[]} */ own) => Math.max(...own.map((id) => extent(id).right - extent(id).left));
  let right = 0;
  let [top, bottom] = [0, 0];
  for (const layer of layers) {
    // A long column stands in several, each shifted by half a row, so that lines to the far ones pass between names.
    const parts = Math.ceil(layer.length / rows);
    for (let part = 0; part < parts; part++) {
      const own = layer.slice(
        Math.round((part * layer.length) / parts),
        Math.round(((part + 1) * layer.length) / parts),
      );
      const room = widest(own);
      own.forEach((id, at) => {
        const y = (at - (own.length - 1) / 2) * step + (part % 2 ? step / 2 : 0);
        [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
        set(id, right + room / 2, y);
      });
      right += room + gap;
    }
  }
  if (layers.length) right -= gap;
  if (alone.length) {
    const cell = widest(alone) + CLEAR;
    const abreast = clamp(Math.floor((width + CLEAR) / cell), 1, alone.length);
    const left = (Math.max(right, abreast * cell - CLEAR) - abreast * cell + CLEAR) / 2;
    const first = layers.length ? bottom + APART : 0;
    alone.forEach((id, at) => {
      bottom = first + Math.floor(at / abreast) * step;
      set(id, left + (at % abreast) * cell + (cell - CLEAR) / 2, bottom);
    });
    right = Math.max(right, abreast * cell - CLEAR);
  }
  for (const [id, place] of places)
    put(places, id, place.x - right / 2, place.y - (top + bottom) / 2);
  return { places, wide: right, high: bottom - top + step };
}
