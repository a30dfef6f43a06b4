"use strict";
// What is on the page as files: CSV, JSON, BibTeX. Pure functions of the graph and of the ids that are shown; the files
// of pictures are made in explorer-picture.js, and both are offered by explorer-save.js.

const CSV_COLUMNS = [
  "id",
  "kind",
  "name",
  "date",
  "organizations",
  "family",
  "architecture",
  "weights",
  "license",
  "parameters",
  "came_from",
  "introduced",
  "uses",
  "sources",
  "record",
];

/** @param {string} text @returns {string} a cell that no spreadsheet takes for a formula, quoted where it has to be */
function csvCell(text) {
  const harmless = /^[\s\p{Cf}\ufffd]*[=+\-@＝＋－＠]|^[\t\r\n]/u.test(text) ? `'${text}` : text;
  // A spreadsheet may split at semicolons or tabs: what stands behind one would be a cell of its own.
  return /[",;\t\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** @param {Graph} graph @param {string} id @returns {string[]} */
function csvRow(graph, id) {
  const node = graph.node(id);
  const descent = graph.into(id, "derived-from", "succeeds", "refines");
  return [
    id,
    node.kind,
    node.name,
    node.date,
    (node.organizations ?? []).join("; "),
    plainText(node.family),
    plainText(node.architecture),
    plainText(node.weights),
    plainText(node.license),
    (node.variants ?? []).map((one) => [one.name, one.parameters].filter(Boolean).join(" ")).join("; "),
    descent.map((edge) => `${edge.source} (${edge.relation ?? edge.kind}, ${edge.evidence})`).join("; "),
    graph
      .outOf(id, "introduced-technique")
      .map((edge) => edge.target)
      .join("; "),
    graph
      .into(id, "uses-technique")
      .map((edge) => edge.source)
      .join("; "),
    (node.sources ?? []).map((source) => source.url).join(" "),
    node.location ? `graph_data/${node.location}` : "",
  ];
}

/** @param {Graph} graph @param {readonly string[]} ids in the order of the rows */
function csvOf(graph, ids) {
  const rows = [CSV_COLUMNS, ...ids.map((id) => csvRow(graph, id))];
  return rows.map((row) => `${row.map(csvCell).join(",")}\r\n`).join("");
}

/** @param {Graph} graph @param {readonly string[]} ids @returns {EdgeData[]} the claims between them */
function edgesAmong(graph, ids) {
  const kept = new Set(ids);
  return graph.edges.filter((edge) => kept.has(edge.source) && kept.has(edge.target));
}

/** The fields of nodes and edges in the order of `graph.json`; other fields follow them. */
const NODE_FIELDS = [
  "id", "kind", "name", "aliases", "organizations", "dates", "date", "category", "family", "title", "summary",
  "architecture", "type", "weights", "contribution", "origin", "authors", "included_because", "url", "arxiv",
  "collections", "address", "variants", "pretraining_tasks", "extension", "application", "corpus", "license",
  "context_length", "sources", "location",
];
const EDGE_FIELDS = [
  "source",
  "target",
  "kind",
  "relation",
  "basis",
  "evidence",
  "sources",
  "role",
  "note",
  "disputed",
];

/** @param {Record<string, any>} record @param {string[]} fields @returns {Record<string, any>} */
function inOrder(record, fields) {
  const known = fields.filter((field) => Object.hasOwn(record, field));
  const other = Object.keys(record).filter((field) => !fields.includes(field));
  // Not by assignment: a field may be called `__proto__`.
  return Object.fromEntries([...known, ...other].map((field) => [field, record[field]]));
}

/**
 * The envelope of `graph.json` and of every JSON answer of the command line.
 * @param {Graph} graph @param {readonly string[]} ids @param {Record<string, any>} query what was asked for
 * @param {readonly EdgeData[]} [claims] those that are shown; without them all between the nodes
 */
function jsonOf(graph, ids, query, claims = edgesAmong(graph, ids)) {
  const content = {
    format: "lineage/graph",
    format_version: 1,
    query,
    nodes: [...ids].sort(compare).map((id) => inOrder(graph.node(id), NODE_FIELDS)),
    // What an edge has not is null there, and is not carried by the page.
    edges: claims.map((edge) => inOrder({ relation: null, basis: null, ...edge }, EDGE_FIELDS)),
    paths: /** @type {string[][]} */ ([]),
    truncated: false,
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** The sources of the lines of descent that are shown; of a network, of all claims that it draws. @param {Graph} graph @param {readonly string[]} ids @param {EdgeData[]|null} claims */
function bibtexAmong(graph, ids, claims) {
  const descent = (/** @type {EdgeData} */ { kind }) => kind === "derived-from" || kind === "succeeds";
  return asBibtex(referencesOf(graph, claims ?? edgesAmong(graph, ids).filter(descent)));
}

/** @param {string} view @param {string|null} node @param {string} ending @returns {string} a name that is one on every system */
function fileName(view, node, ending) {
  const parts = ["lineage", view, node ?? ""].map((part) =>
    part
      .toLowerCase()
      .replaceAll(/[^a-z0-9.]+/g, "-")
      .replaceAll(/\.{2,}/g, ".")
      .replaceAll(/^[-.]+|[-.]+$/g, "")
      .slice(0, 60),
  );
  return `${parts.filter(Boolean).join("-")}.${ending}`;
}
