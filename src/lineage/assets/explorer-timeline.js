"use strict";
// The dates of one node as a small picture: each date as wide as what it may stand for, between the dates of what it
// came from and of what came of it. The same dates stand beside it as text.

/** @typedef {{label: string, dates: string[], own: boolean}} TimelineRow */

const TIMELINE = { width: 360, left: 96, right: 8, row: 18, axis: 20 };

/** @param {Graph} graph @param {NodeData} node @returns {TimelineRow[]} */
function timelineRows(graph, node) {
  const dates = (/** @type {string[]} */ ids) =>
    ids
      .filter((id) => id !== node.id)
      .map((id) => graph.node(id).date)
      .filter(Boolean)
      .sort(compare);
  const own = (node.dates?.length ? node.dates : node.date ? [{ kind: "introduced", date: node.date }] : [])
    .map((event) => ({ label: word(SHORT_DATE_WORDS, event.kind), dates: [event.date], own: true }))
    .sort((one, other) => compare(one.dates[0], other.dates[0]));
  const before = {
    label: node.kind === "technique" ? "refines" : "came from",
    dates: dates(graph.parents(node.id)),
    own: false,
  };
  const after = {
    label: node.kind === "technique" ? "refined by" : "led to",
    dates: dates(graph.children(node.id)),
    own: false,
  };
  const users = {
    label: node.kind === "technique" ? "used by" : "describes",
    dates: dates(graph.outOf(node.id, "uses-technique", "described-by").map((edge) => edge.target)),
    own: false,
  };
  return [before, ...own, users, after].filter((row) => row.dates.length);
}

/** @param {Graph} graph @param {NodeData} node @returns {SVGElement|null} nothing where there is only one point in time */
function timeline(graph, node) {
  const rows = timelineRows(graph, node);
  const spans = rows.flatMap((row) => row.dates.map(intervalOf));
  if (rows.length < 2 || !spans.every(({ start, end }) => Number.isFinite(start) && Number.isFinite(end))) return null;
  const yearOf = (/** @type {number} */ day) => new Date(day * DAY).getUTCFullYear();
  const first = yearOf(Math.min(...spans.map(({ start }) => start)));
  const last = yearOf(Math.max(...spans.map(({ end }) => end))) + 1;
  const [from, to] = [Date.UTC(first, 0) / DAY, Date.UTC(last, 0) / DAY];
  const { width, left, right, row: step, axis } = TIMELINE;
  const room = width - left - right;
  const x = (/** @type {number} */ day) => round(left + ((day - from) / (to - from)) * room);
  const height = axis + rows.length * step + 4;
  const every = [1, 2, 5, 10, 20].find((count) => (room * count) / (last - first) >= 38) ?? 50;
  const parts = [];
  for (let year = first; year <= last; year++) {
    const at = x(Date.UTC(year, 0) / DAY);
    const named = (last - year) % every === 0;
    parts.push(svg("line", { class: "year", x1: at, x2: at, y1: named ? axis - 5 : axis, y2: height }));
    if (named && at < width - 12)
      parts.push(svg("text", { class: "tick", x: at, y: axis - 8, "text-anchor": "middle" }, String(year)));
  }
  rows.forEach((row, index) => {
    const y = axis + index * step + step / 2 + 1;
    parts.push(svg("text", { class: row.own ? "own" : "", x: 0, y: y + 4 }, row.label));
    for (const date of row.dates) {
      const { start, end } = intervalOf(date);
      const wide = Math.max(5, x(end + 1) - x(start));
      parts.push(
        row.own
          ? svg("rect", { class: "own", x: x(start), y: y - 4, width: wide, height: 8, rx: 2 })
          : svg("circle", { cx: round((x(start) + x(end + 1)) / 2), cy: y, r: 3 }),
      );
    }
  });
  const told = rows.map((row) =>
    row.own || row.dates.length === 1
      ? `${row.label} ${row.dates[0]}`
      : `${row.label} ${row.dates.length}, ${row.dates[0]} to ${row.dates[row.dates.length - 1]}`,
  );
  return svg(
    "svg",
    { class: "timeline", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `Timeline: ${told.join("; ")}` },
    ...parts,
  );
}
