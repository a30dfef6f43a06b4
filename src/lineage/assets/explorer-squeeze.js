"use strict";
// A part of the layout, drawn close: the models that are shown keep the order that the layout gave them in both
// directions, and the room of those that are not shown goes. Rows keep their height, names their width. As both maps
// only ever take room away between things, what did not overlap or cross in the layout does not do so here; nothing is
// laid out anew, so a model never changes its neighbours.

/**
 * @typedef {{id: string, x: number, y: number, width: number, height: number, label: string, band: string}} Box
 * @typedef {{id: string, parent: string, label: string, x: number, y: number, width: number, height: number}} Chip
 * @typedef {{source: string, target: string, kind: string, points: number[][]}} Link
 * @typedef {{key: string, label: string, y: number, height: number}} Band
 * @typedef {{year: number, x: number}} Tick
 * @typedef {{boxes: Map<string, Box>, links: Map<string, Link>, parents: Map<string, string>, chips: Map<string, Chip[]>,
 *   bands: Band[], ticks: Tick[], font: number, chip: number, chipPadding: number}} Geometry links, parents and chips by
 *   the child; a parent whose line would cross others has a chip instead of a link
 * @typedef {{from: string, to: string, kind: string, through: boolean, points: number[][]}} Line
 *   `through`: models that are not shown lie between the two
 * @typedef {{width: number, height: number, boxes: Map<string, Box>, chips: Chip[], pills: Map<string, Box>,
 *   lines: Line[], bands: Band[], ticks: Tick[]}} Picture
 */

const ROW_GAP = 3;
/** Of a row in which only a line runs. */
const LINE_ROOM = 5;
const BAND_HEADER = 18;
const BAND_FOOT = 7;
/** Between two things in a row; between a line that goes up and what is beside it. */
const SIDE_GAP = 8;
const BUS_GAP = 4;
const EDGE = 10;
/** Of a year in which something stands, and of one in which nothing does; between the last model of a year and the next year. */
const YEAR_WIDTH = 36;
const EMPTY_YEAR = 14;
const YEAR_GAP = 6;
/** Below this share of the time of the layout the chips go: what they say is in the lines of a chosen model, too. */
const CROWDED = 0.3;
const PILL = { height: 12, digit: 5.6, around: 9, gap: 4 };

/** The nearest shown model above a model. @param {(id: string) => string|undefined} above @param {string} id @param {(id: string) => boolean} shown @returns {string|null} */
function shownAbove(above, id, shown) {
  for (let here = above(id); here !== undefined; here = above(here)) if (shown(here)) return here;
  return null;
}

/** @param {Geometry} geometry @param {string} id @param {string} above @returns {number[][]} the way from a model down to a later one, along the lines of the layout */
function way(geometry, id, above) {
  /** @type {number[][]} */
  let points = [];
  for (let here = id; here !== above;) {
    const link = /** @type {Link} */ (geometry.links.get(here));
    if (points.length) {
      const [x, y] = points[0];
      const [, row] = link.points[link.points.length - 1];
      points = link.points.concat(y === row ? [] : [[x, row]], points);
    } else points = [...link.points];
    here = link.source;
  }
  return points;
}

/**
 * @param {Geometry} geometry @param {ReadonlySet<string>} shown @param {ReadonlyMap<string, string>} pills texts to the right of models
 * @param {number} width that the picture may have, in points; it is wider where the names need it @returns {Picture}
 */
function squeeze(geometry, shown, pills, width) {
  const boxes = [...geometry.boxes.values()].filter((box) => shown.has(box.id));
  const lines = boxes.flatMap((box) => {
    const above = shownAbove(
      (id) => geometry.links.get(id)?.source,
      box.id,
      (id) => shown.has(id),
    );
    if (above === null) return [];
    const link = /** @type {Link} */ (geometry.links.get(box.id));
    const points = way(geometry, box.id, above);
    return [{ from: above, to: box.id, kind: link.kind, through: link.source !== above, points }];
  });
  const ticks = yearsOf(geometry, boxes);
  const every = (/** @type {string} */ id) => geometry.chips.get(id) ?? [];
  const rows = closeRows(
    geometry,
    boxes,
    boxes.flatMap(({ id }) => every(id)),
    lines,
  );
  let chipsOf = every;
  let columns = closeColumns(geometry, { boxes, chipsOf, lines, pills, ticks }, rows, width - 2 * EDGE);
  if (columns.time < CROWDED) {
    chipsOf = () => [];
    columns = closeColumns(geometry, { boxes, chipsOf, lines, pills, ticks }, rows, width - 2 * EDGE);
  }
  /** @type {Map<string, Box>} */
  const placed = new Map(boxes.map((box) => [box.id, { ...box, x: EDGE + columns.at(box.x), y: rows.at(box.y) }]));
  const beside = (/** @type {Chip} */ chip) => {
    const from = /** @type {Box} */ (geometry.boxes.get(chip.id));
    const to = /** @type {Box} */ (placed.get(chip.id));
    return { ...chip, x: to.x + chip.x - from.x, y: to.y + chip.y - from.y };
  };
  const drawn = lines.map((line) => ({ ...line, points: bent(line, placed, rows, columns) }));
  // Drawn close, a line to a child may leave its parent where a chip stands: the chip goes, as where it is crowded.
  const struck = (/** @type {Chip} */ chip) => drawn.some(({ points }) => strikes(points, chip));
  const moved = boxes.flatMap(({ id }) => chipsOf(id).map(beside)).filter((chip) => !struck(chip));
  /** @type {Map<string, Box>} */
  const placedPills = new Map();
  for (const [id, label] of pills) {
    const box = placed.get(id);
    if (!box) continue;
    const right = Math.max(box.x + box.width, ...chipsOf(id).map((one) => beside(one).x + one.width));
    const size = pillWidth(label);
    placedPills.set(id, {
      ...box,
      x: right + PILL.gap,
      y: box.y + (box.height - PILL.height) / 2,
      width: size,
      height: PILL.height,
      label,
    });
  }
  return {
    width: Math.max(columns.width + 2 * EDGE, 120),
    height: rows.height,
    boxes: placed,
    chips: moved,
    pills: placedPills,
    lines: drawn,
    bands: rows.bands,
    ticks: ticks.map(({ year, x }) => ({ year, x: EDGE + columns.at(x) })),
  };
}

/** The years from that of the first shown model to the one after the last. @param {Geometry} geometry @param {Box[]} boxes */
function yearsOf({ ticks }, boxes) {
  const first = Math.min(...boxes.map((box) => box.x));
  const last = Math.max(...boxes.map((box) => box.x));
  const from = ticks.filter((tick) => tick.x <= first).length - 1;
  const to = ticks.findIndex((tick) => tick.x > last);
  return boxes.length ? ticks.slice(Math.max(0, from), to < 0 ? undefined : to + 1) : ticks;
}

/** @param {string} label @returns {number} */
function pillWidth(label) {
  return label.length * PILL.digit + PILL.around;
}

/**
 * A line through the maps. Where its way up left from above or below its parent, but the parent has no room there any
 * more, it leaves to the right.
 * @param {Line} line @param {Map<string, Box>} placed @param {{at: (y: number) => number}} rows @param {{at: (x: number) => number}} columns
 */
function bent(line, placed, rows, columns) {
  const points = line.points.map(([x, y]) => [EDGE + columns.at(x), rows.at(y)]);
  const parent = /** @type {Box} */ (placed.get(line.from));
  const child = /** @type {Box} */ (placed.get(line.to));
  const middle = parent.y + parent.height / 2;
  const right = parent.x + parent.width;
  if (points[0][0] > right) points.splice(0, 1, [right, middle], [points[0][0], middle]);
  points[points.length - 1] = [child.x, child.y + child.height / 2];
  points[points.length - 2][1] = points.length > 2 || points[0][1] !== middle ? points[points.length - 2][1] : middle;
  return points.filter(
    ([x, y], at) => !at || Math.abs(x - points[at - 1][0]) > 0.01 || Math.abs(y - points[at - 1][1]) > 0.01,
  );
}

/** @param {number[][]} points of a line of levels and uprights @param {Chip} chip @returns {boolean} whether it runs through the chip */
function strikes(points, { x, y, width, height }) {
  return points.some(([toX, toY], at) => {
    const [fromX, fromY] = points[Math.max(0, at - 1)];
    return (
      Math.max(fromX, toX) > x && Math.min(fromX, toX) < x + width && Math.max(fromY, toY) > y && Math.min(fromY, toY) < y + height
    );
  });
}

/** @typedef {{from: number, to: number, at: number}} Row in the layout, and where it begins in the picture */

/** @param {Geometry} geometry @param {Box[]} boxes @param {Chip[]} chips @param {Line[]} lines */
function closeRows(geometry, boxes, chips, lines) {
  /** @type {[number, number][]} */
  const taken = [...boxes, ...chips].map((one) => [one.y, one.y + one.height]);
  for (const { points } of lines)
    for (let index = 1; index < points.length; index++)
      if (points[index][1] === points[index - 1][1] && Math.abs(points[index][0] - points[index - 1][0]) > 1)
        taken.push([points[index][1] - LINE_ROOM / 2, points[index][1] + LINE_ROOM / 2]);
  taken.sort((one, other) => one[0] - other[0]);
  /** @type {Row[]} */
  const rows = [];
  /** @type {Band[]} */
  const bands = [];
  let free = 0;
  let next = 0;
  for (const band of geometry.bands) {
    const top = free;
    let last = -Infinity;
    for (; next < taken.length && taken[next][0] < band.y + band.height; next++) {
      const [from, to] = taken[next];
      const row = rows.at(-1);
      if (row && last > -Infinity && from <= row.to) {
        row.to = Math.max(row.to, to);
      } else {
        const at = last === -Infinity ? top + BAND_HEADER : free + Math.min(ROW_GAP, Math.max(0, from - last));
        rows.push({ from, to, at });
      }
      const here = /** @type {Row} */ (rows.at(-1));
      last = here.to;
      free = here.at + here.to - here.from;
    }
    if (last === -Infinity) continue;
    free += BAND_FOOT;
    bands.push({ ...band, y: top, height: free - top });
  }
  const at = (/** @type {number} */ y) => {
    let low = 0;
    let high = rows.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (rows[middle].from <= y) low = middle;
      else high = middle - 1;
    }
    const row = rows[low];
    if (!row) return 0;
    if (y <= row.to) return row.at + Math.max(0, y - row.from);
    const end = row.at + row.to - row.from;
    const after = rows[low + 1];
    return after ? Math.min(after.at, end + (y - row.to)) : end;
  };
  return { at, rows, bands, height: free };
}

/**
 * x of the picture for x of the layout: never nearer than the names need, and else as much time as there is width for.
 * @param {Geometry} geometry @param {{boxes: Box[], chipsOf: (id: string) => Chip[], lines: Line[],
 *   pills: ReadonlyMap<string, string>, ticks: Tick[]}} what
 * @param {{rows: Row[]}} rows @param {number} width
 */
function closeColumns(geometry, { boxes, chipsOf, lines, pills, ticks }, { rows }, width) {
  /** @type {{x: number, first: number, last: number, size: number, not: number, tick?: boolean}[]} things in the order of x, with the rows that they stand in */
  const things = [];
  const rowOf = (/** @type {number} */ y) => {
    let low = 0;
    let high = rows.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (rows[middle].from <= y) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  for (const box of boxes) {
    const row = rowOf(box.y + box.height / 2);
    let size = Math.max(box.width, ...chipsOf(box.id).map((chip) => chip.x + chip.width - box.x));
    const pill = pills.get(box.id);
    if (pill !== undefined) size += PILL.gap + pillWidth(pill);
    things.push({ x: box.x, first: row, last: row, size: size + SIDE_GAP - BUS_GAP, not: -1 });
  }
  /** @type {Set<string>} */
  const seen = new Set();
  for (const { from, points } of lines)
    for (let index = 1; index < points.length; index++) {
      const [x, y] = points[index];
      const before = points[index - 1];
      if (Math.abs(before[0] - x) > 0.01) continue;
      const key = `${x} ${before[1]} ${y}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const parent = /** @type {Box} */ (geometry.boxes.get(from));
      const own = index === 1 && x < parent.x + parent.width ? rowOf(parent.y + parent.height / 2) : -1;
      const [low, high] = [Math.min(before[1], y), Math.max(before[1], y)];
      let first = rowOf(low);
      if (rows[first].to < low + 0.1) first++;
      let last = rowOf(high);
      if (rows[last].from > high - 0.1) last--;
      things.push({ x, first, last, size: 0, not: own });
    }
  for (const tick of ticks) things.push({ x: tick.x, first: 1, last: 0, size: 0, not: -1, tick: true });
  things.sort((one, other) => one.x - other.x || Number(other.tick ?? false) - Number(one.tick ?? false));
  const places = new Float64Array(things.length);
  const edge = new Float64Array(rows.length);
  const attempt = (/** @type {number} */ time) => {
    edge.fill(-1e6);
    let right = 0;
    let year = 0;
    let busy = false;
    for (let index = 0, end = 0; index < things.length; index = end) {
      const { x } = things[index];
      let at = index ? places[index - 1] + (x - things[index - 1].x) * time : 0;
      if (things[index].tick) {
        at = busy ? Math.max(at + YEAR_GAP, year + YEAR_WIDTH) : Math.max(year, Math.min(at, year + EMPTY_YEAR));
        year = at;
        busy = false;
      }
      // All that stands at one x of the layout stands at one x of the picture.
      for (end = index; end < things.length && things[end].x - x < 0.01; end++) {
        const { first, last, not } = things[end];
        for (let row = first; row <= last; row++) if (row !== not && edge[row] > at) at = edge[row];
      }
      for (let one = index; one < end; one++) {
        const { first, last, not, size } = things[one];
        places[one] = at;
        busy ||= !things[one].tick;
        for (let row = first; row <= last; row++) if (row !== not) edge[row] = Math.max(edge[row], at + size + BUS_GAP);
        right = Math.max(right, at + size);
      }
    }
    return right;
  };
  let time = 1;
  let right = attempt(time);
  if (right > width) {
    let low = 0;
    let high = 1;
    for (let step = 0; step < 7; step++) {
      time = (low + high) / 2;
      right = attempt(time);
      if (right > width) high = time;
      else low = time;
    }
    time = low;
    right = attempt(time);
  }
  const at = (/** @type {number} */ x) => {
    let low = 0;
    let high = things.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (things[middle].x <= x + 0.01) low = middle;
      else high = middle - 1;
    }
    return things.length ? places[low] : 0;
  };
  return { at, width: right, time };
}
