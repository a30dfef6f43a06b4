"use strict";
// Makes nodes and edges of the columns that views/columns.py wrote; the same rules, read the other way.

/**
 * @typedef {[string, "="|"t"|"l"|"p"|"d", ...any[]]} Column
 * @typedef {{count: number, fields: Column[]}} Columns
 * @typedef {{nodes: Columns, edges: Columns}} Drawn models, and what one came from another
 * @typedef {{more: [Columns, Columns], nodes: [NodeData["kind"], Columns][], edges: Columns,
 *   sources: [(string|null)[], number[]][]}} Rest `more` of the models and edges that are drawn, and all others
 * @typedef {{nodes: NodeData[], edges: EdgeData[]}} Content in the order of `lineage.LineageGraph`
 */

/** So many records are read in one piece; some milliseconds. */
const RECORDS_AT_ONCE = 400;

/**
 * Models and their descent; `later` reads everything else, a piece at a time, and ends with the content of the whole.
 * @param {Drawn} drawn @param {() => Generator<void, [Rest, any[]]>} rest reads the other columns and their prose, likewise
 * @returns {Content & {later: Generator<void, Content>}}
 */
function readColumns(drawn, rest) {
  const models = records(drawn.nodes, "model").map(withId);
  const descent = records(drawn.edges, null);
  withEnds(descent, models);
  return { ...inGraphOrder(models, descent), later: readRest(models, descent, rest) };
}

/** @param {NodeData[]} models @param {EdgeData[]} descent both in the order of the columns @param {() => Generator<void, [Rest, any[]]>} rest @returns {Generator<void, Content>} */
function* readRest(models, descent, rest) {
  const [columns, prose] = yield* rest();
  withProse(columns, prose);
  const [ofModels, ofDescent] = columns.more;
  for (const { known, more } of [
    { known: models, more: ofModels },
    { known: descent, more: ofDescent },
  ]) {
    for (let from = 0; from < known.length; from += RECORDS_AT_ONCE) {
      records(more, null, from, known);
      yield;
    }
  }
  const nodes = [...models];
  for (const [kind, group] of columns.nodes) {
    nodes.push(...records(group, kind).map(withId));
    yield;
  }
  const others = [];
  for (let from = 0; from < columns.edges.count; from += RECORDS_AT_ONCE) {
    others.push(...records(columns.edges, null, from, null));
    yield;
  }
  withEnds(others, nodes);
  const take = sourceReader(columns.sources);
  const next = [0, 0];
  for (const [at, node] of nodes.entries()) {
    followUp(node);
    readSources(node, take);
    for (const [which, edges] of [descent, others].entries())
      while (next[which] < edges.length && edges[next[which]].target === node.id)
        readSources(edges[next[which]++], take);
    if (at % RECORDS_AT_ONCE === 0) yield;
  }
  return inGraphOrder(nodes, [...descent, ...others]);
}

/** Puts sentences and titles where they belong. @param {Rest} columns @param {any[]} prose in the same order */
function withProse({ more, nodes, edges, sources }, prose) {
  let next = 0;
  for (const { fields } of [...more, ...nodes.map(([, group]) => group), edges])
    for (const column of fields) if (column.length === 2) column.push(prose[next++]);
  /** @type {any} */ (sources.at(-1))[0] = prose[next];
}

/** Says what follows from other fields. @param {any} node */
function followUp(node) {
  if (node.title === 0) node.title = node.name;
  if (node.address === 0) node.address = node.arxiv === undefined ? node.url : `https://arxiv.org/abs/${node.arxiv}`;
  for (const event of Array.isArray(node.dates) ? node.dates : []) if (event?.date === 0) event.date = node.date;
}

/** @param {NodeData[]} nodes @param {EdgeData[]} edges @returns {Content} */
function inGraphOrder(nodes, edges) {
  const sorted = [...nodes].sort((one, other) => compare(one.id, other.id));
  const rank = new Map(sorted.map((node, at) => [node.id, at]));
  const place = (/** @type {string} */ id) => /** @type {number} */ (rank.get(id));
  // Numbers are compared in a fraction of the time of names.
  const keyed = edges.map((edge) => ({ edge, key: place(edge.source) * nodes.length + place(edge.target) }));
  keyed.sort(
    ({ key, edge: one }, { key: otherKey, edge: other }) =>
      key - otherKey || compare(one.kind, other.kind) || compare(one.relation ?? "", other.relation ?? ""),
  );
  return { nodes: sorted, edges: keyed.map(({ edge }) => edge) };
}

/** @param {any[]} edges with places for ends @param {NodeData[]} nodes */
function withEnds(edges, nodes) {
  for (const edge of edges) {
    edge.source = nodes[edge.source].id;
    edge.target = nodes[edge.target].id;
  }
}

/**
 * The records of columns: all of them, or some from a place on; `known` ones get the fields beside their own.
 * @param {Columns} columns @param {string|null} kind @param {number} [from] @param {any[]|null} [known] @returns {any[]}
 */
function records({ count, fields }, kind, from, known) {
  const read = fields.map(
    ([field, form, ...rest]) => /** @type {[string, (at: number) => any]} */ ([field, cell(form, rest)]),
  );
  const found = [];
  const end = from === undefined ? count : Math.min(count, from + RECORDS_AT_ONCE);
  for (let at = from ?? 0; at < end; at++) {
    const record = known?.[at] ?? (kind === null ? {} : { kind });
    for (const [field, value] of read) {
      const one = value(at);
      if (one === null) continue;
      // An assignment to a field of this name would set something else.
      if (field === "__proto__")
        Object.defineProperty(record, field, { value: one, writable: true, enumerable: true, configurable: true });
      else record[field] = one;
    }
    found.push(record);
  }
  return found;
}

/** @param {string} form @param {any[]} rest @returns {(at: number) => any} */
function cell(form, [first, second]) {
  if (form === "t") return (at) => first[second[at]] ?? null;
  if (form === "l") return (at) => second[at]?.map((/** @type {number} */ one) => first[one]) ?? null;
  if (form === "p") return (at) => (second[at] ? `${first[second[at][0]]}:${second[at][1]}` : null);
  if (form === "d") {
    let sum = 0;
    const sums = first.map((/** @type {number} */ more) => (sum += more));
    return (at) => sums[at];
  }
  return (at) => first[at];
}

/** @param {any} node @returns {NodeData} with the id that follows from its name */
function withId(node) {
  if (node.id === 0) {
    const words = String(node.name).toLowerCase();
    node.id = words.replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-+|-+$/g, "");
  }
  return node;
}

/** @param {[(string|null)[], number[]][]} columns @returns {(count: number) => Source[]} */
function sourceReader(columns) {
  const parts = columns.map(([table, back], which) => {
    let next = 0;
    let at = 0;
    /** @type {(string|null)[]} of places in documents, the last one first */
    const recent = [];
    return () => {
      const far = back[at++];
      if (which !== 1) return far ? table[next - far] : table[next++];
      const [value] = far ? recent.splice(far - 1, 1) : [table[next++]];
      recent.unshift(value);
      return value;
    };
  });
  return (count) =>
    Array.from({ length: count }, () => {
      const [url, locator, shows] = parts.map((part) => part());
      return /** @type {Source} */ ({ url, ...(locator !== null && { locator }), ...(shows !== null && { shows }) });
    });
}

/** @param {any} record @param {(count: number) => Source[]} take */
function readSources(record, take) {
  if (typeof record.sources === "number") record.sources = take(record.sources);
  for (const event of Array.isArray(record.dates) ? record.dates : [])
    if (typeof event?.sources === "number") event.sources = take(event.sources);
  if (typeof record.disputed?.source === "number") record.disputed.source = take(1)[0];
}
