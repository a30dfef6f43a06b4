"use strict";
// Lines of descent between two nodes: pure functions of the graph, nothing here touches the document. Paths and common
// ancestors are those of `LineageGraph.paths` and `LineageGraph.common_ancestors`; a test holds them against each other.

/**
 * @typedef {{id: string, toOne: string[][], toOther: string[][]}} Common a common ancestor with the lines from it to both
 * @typedef {{edge: EdgeData, from: string, to: string}} ChainLink a claim, walked from one of its ends to the other
 * @typedef {{one: string, other: string, older: string|null, newer: string|null, paths: string[][], common: Common[],
 *   direct: EdgeData[], shared: string[], chain: ChainLink[]}} Relationship
 *   `older` and `newer` are set where the one descends from the other; `direct` are claims about the two that are no
 *   descent; `shared` are techniques that both use; `chain` is the shortest chain of claims of any kind, and is sought
 *   only where the two share no line of descent and no direct claim.
 */

/** No more lines than this are looked for: a ladder of diamonds has exponentially many. */
const MOST_PATHS = 1000;
const BASIS_ORDER = ["weights", "outputs", "architecture", "succession"];

/** @param {Graph} graph @param {string} id @returns {string[]} what directly came of a node, in the order of the ids */
function childrenById(graph, id) {
  const found = graph.outOf(id).filter((edge) => LINEAGE_KINDS.has(edge.kind));
  return [...new Set(found.map((edge) => edge.target))].sort(compare);
}

/**
 * How many steps the lines of descent to a node may have, from every node above it.
 * @param {Graph} graph @param {string} newer @returns {Map<string, Set<number>>}
 */
function stepsTo(graph, newer) {
  const above = new Set([newer, ...graph.ancestors(newer)]);
  /** @type {Map<string, Set<number>>} */
  const steps = new Map([[newer, new Set([0])]]);
  const waiting = [...above];
  while (waiting.length) {
    const here = waiting[waiting.length - 1];
    const below = steps.has(here) ? [] : childrenById(graph, here).filter((child) => above.has(child));
    const missing = below.filter((child) => !steps.has(child));
    if (missing.length) {
      waiting.push(...missing);
      continue;
    }
    waiting.pop();
    if (!steps.has(here)) steps.set(here, new Set(below.flatMap((child) => [...(steps.get(child) ?? [])].map((n) => n + 1))));
  }
  return steps;
}

/**
 * The lines of descent from the older node down to the newer: the shortest first, then in the order of their ids.
 * @param {Graph} graph @param {string} older @param {string} newer @param {number} [limit] @returns {string[][]}
 */
function pathsBetween(graph, older, newer, limit = MOST_PATHS) {
  const steps = stepsTo(graph, newer);
  if (older === newer || !steps.has(older)) return [];
  /** @type {string[][]} */
  const found = [];
  for (const length of [...(steps.get(older) ?? [])].sort((a, b) => a - b)) {
    const lines = [[older]];
    while (lines.length && found.length < limit) {
      const line = /** @type {string[]} */ (lines.pop());
      const rest = length - line.length + 1;
      if (!rest) found.push(line);
      else
        for (const child of childrenById(graph, line[line.length - 1]).reverse())
          if (steps.get(child)?.has(rest - 1)) lines.push([...line, child]);
    }
  }
  return found;
}

/**
 * The nearest nodes that both came from: those without a child that both came from, too. Where the one came from the
 * other, it is that other.
 * @param {Graph} graph @param {string} one @param {string} other @returns {string[]} in the order of the ids
 */
function commonAncestors(graph, one, other) {
  const above = new Set([other, ...graph.ancestors(other)]);
  const shared = new Set([one, ...graph.ancestors(one)].filter((id) => above.has(id)));
  return [...shared].filter((id) => !graph.children(id).some((child) => shared.has(child))).sort(compare);
}

/**
 * The claims of descent from a parent to a child, the strongest basis first.
 * @param {Graph} graph @param {string} parent @param {string} child @returns {EdgeData[]}
 */
function descentBetween(graph, parent, child) {
  const rank = (/** @type {EdgeData} */ edge) => (edge.basis ? BASIS_ORDER.indexOf(edge.basis) : BASIS_ORDER.length);
  return graph
    .outOf(parent)
    .filter((edge) => edge.target === child && LINEAGE_KINDS.has(edge.kind))
    .sort((one, other) => rank(one) - rank(other) || compare(one.relation ?? "", other.relation ?? ""));
}

/**
 * The shortest chain of claims of any kind, walked either way; ties go to the earlier id.
 * @param {Graph} graph @param {string} one @param {string} other @returns {ChainLink[]} nothing where no chain joins the two
 */
function shortestChain(graph, one, other) {
  /** @type {Map<string, ChainLink|null>} */
  const reached = new Map([[one, null]]);
  for (const here of reached.keys()) {
    if (here === other) break;
    const next = [
      ...graph.outOf(here).map((edge) => ({ edge, from: here, to: edge.target })),
      ...graph.into(here).map((edge) => ({ edge, from: here, to: edge.source })),
    ].sort((a, b) => compare(a.to, b.to));
    for (const link of next) if (!reached.has(link.to)) reached.set(link.to, link);
  }
  const chain = [];
  for (let link = reached.get(other); link; link = reached.get(link.from)) chain.unshift(link);
  return chain;
}

/** How two nodes are related. @param {Graph} graph @param {string} one @param {string} other @returns {Relationship} */
function relationship(graph, one, other) {
  const descends = graph.ancestors(one).has(other);
  const older = descends ? other : graph.ancestors(other).has(one) ? one : null;
  const newer = older === null ? null : descends ? one : other;
  const paths = older !== null && newer !== null ? pathsBetween(graph, older, newer) : [];
  const common =
    older !== null || one === other
      ? []
      : commonAncestors(graph, one, other)
          .map((id) => ({ id, toOne: pathsBetween(graph, id, one), toOther: pathsBetween(graph, id, other) }))
          .sort((a, b) => graph.byDate(b.id, a.id));
  const direct = [...graph.outOf(one), ...graph.into(one)].filter(
    (edge) => one !== other && !LINEAGE_KINDS.has(edge.kind) && (edge.source === other || edge.target === other),
  );
  const used = new Set(graph.into(other, "uses-technique").map((edge) => edge.source));
  const shared = graph
    .into(one, "uses-technique")
    .map((edge) => edge.source)
    .filter((id) => one !== other && used.has(id))
    .sort(graph.byDate);
  const joined = one === other || paths.length || common.length || direct.length;
  const chain = joined ? [] : shortestChain(graph, one, other);
  return { one, other, older, newer, paths, common, direct, shared, chain };
}

/** What lies on the lines and chains that join two nodes, both of them included. @param {Graph} graph @param {string} one @param {string} other */
function idsBetween(graph, one, other) {
  const { paths, common, chain } = relationship(graph, one, other);
  const lines = [...paths, ...common.flatMap(({ toOne, toOther }) => [...toOne, ...toOther])];
  return new Set([one, other, ...lines.flat(), ...chain.map((link) => link.to)]);
}
