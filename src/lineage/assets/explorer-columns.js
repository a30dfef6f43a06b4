"use strict";
// Makes nodes and edges of the columns that views/columns.py wrote; the same rules, read the other way.

/**
 * @typedef {[string, "="|"t"|"l"|"p", ...any[]]} Column
 * @typedef {{count: number, fields: Column[]}} Columns
 * @typedef {{nodes: [NodeData["kind"], Columns][], edges: Columns}} Drawn what the pictures need
 * @typedef {{nodes: Columns[], edges: Columns, sources: [(string|null)[], number[]][]}} Rest everything else
 */

/**
 * Nodes and edges without what only the details need; that comes when `complete` is called.
 * @param {Drawn} drawn @param {() => Rest} rest reads the other columns, which takes longer than all before it
 * @returns {{nodes: NodeData[], edges: EdgeData[], complete: () => void}} both in the order of `lineage.LineageGraph`
 */
function readColumns(drawn, rest) {
  const nodes = drawn.nodes.flatMap(([kind, columns]) => records(columns, kind).map(withId));
  const edges = records(drawn.edges, null);
  for (const edge of edges) {
    edge.source = nodes[edge.source].id;
    edge.target = nodes[edge.target].id;
  }
  return {
    nodes: [...nodes].sort((one, other) => compare(one.id, other.id)),
    edges: [...edges].sort(
      (one, other) =>
        compare(one.source, other.source) ||
        compare(one.target, other.target) ||
        compare(one.kind, other.kind) ||
        compare(one.relation ?? "", other.relation ?? ""),
    ),
    complete: () => fillUp(nodes, edges, rest()),
  };
}

/** @param {NodeData[]} nodes @param {EdgeData[]} edges both in the order of the columns @param {Rest} rest */
function fillUp(nodes, edges, rest) {
  let at = 0;
  for (const columns of rest.nodes) for (const more of records(columns, null)) merge(nodes[at++], more);
  records(rest.edges, null).forEach((more, index) => merge(edges[index], more));
  const take = sourceReader(rest.sources);
  let next = 0;
  for (const node of nodes) {
    if (/** @type {any} */ (node).title === 0) node.title = node.name;
    readSources(node, take);
    while (next < edges.length && edges[next].target === node.id) readSources(edges[next++], take);
  }
}

/** Not by assignment: a field may be called `__proto__`. @param {any} record @param {any} more */
function merge(record, more) {
  for (const field of Object.keys(more))
    Object.defineProperty(record, field, { value: more[field], writable: true, enumerable: true, configurable: true });
}

/** @param {Columns} columns @param {string|null} kind @returns {any[]} */
function records({ count, fields }, kind) {
  const read = fields.map(
    ([field, form, ...rest]) => /** @type {[string, (at: number) => any]} */ ([field, cell(form, rest)]),
  );
  return Array.from({ length: count }, (_, at) => {
    /** @type {[string, any][]} */
    const found = kind === null ? [] : [["kind", kind]];
    for (const [field, value] of read) {
      const one = value(at);
      if (one !== null) found.push([field, one]);
    }
    // Not by assignment: a field may be called `__proto__`.
    return Object.fromEntries(found);
  });
}

/** @param {string} form @param {any[]} rest @returns {(at: number) => any} */
function cell(form, [first, second]) {
  if (form === "t") return (at) => first[second[at]] ?? null;
  if (form === "l") return (at) => second[at]?.map((/** @type {number} */ one) => first[one]) ?? null;
  if (form === "p") return (at) => (second[at] ? `${first[second[at][0]]}:${second[at][1]}` : null);
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
  const parts = columns.map(([table, back]) => {
    let next = 0;
    let at = 0;
    return () => {
      const far = back[at++];
      return far ? table[next - far] : table[next++];
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
