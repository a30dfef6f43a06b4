"use strict";
// What the network shows of a state: what surrounds the chosen node, what joins two, or the nodes of a selection; and what
// filters let pass there, where every claim is a line of its own. Nothing here touches the document.

/**
 * @typedef {object} Scope what the network is asked to show
 * @property {string|null} centre the chosen node; null for a selection alone
 * @property {string|null} other the second of two nodes
 * @property {readonly string[]} ids the nodes between two or of a selection; none around one node
 * @property {Within} within what filters and the selection let pass
 * @property {boolean} limited whether they limit anything here
 * @property {string} fault of a selection that cannot be read
 */

/** @param {Graph} graph @param {Shown} shown @param {State} state @returns {Scope} */
function scopeOf(graph, shown, state) {
  const { all, fault } = shown.select(state.query);
  const within = withinOf(shown, state, state.query && !fault ? all : null);
  const { node, other } = state;
  const limited = isLimited(state) && !(state.query && fault);
  const scope = { centre: node, other: null, ids: [], within, limited, fault: fault?.message ?? "" };
  // Between two nodes filters do not count, in the tree neither: the answer would have gaps.
  if (node !== null && other !== null)
    return { ...scope, other, ids: [...idsBetween(graph, node, other)], within: EVERYTHING, limited: false };
  if (node !== null || !limited) return { ...scope, centre: node ?? graph.hub() };
  const ids = (state.query ? [...all] : shown.models).filter(within.node);
  const { basis, evidence } = state.filters;
  if (!basis.length && !evidence.length) return { ...scope, ids };
  const joined = new Set(claimsAmong(graph, ids, within).flatMap(({ source, target }) => [source, target]));
  return { ...scope, ids: ids.filter((id) => joined.has(id)) };
}

/**
 * By years, makers, architecture and weights nodes pass, as in the tree; by basis and evidence the claims themselves.
 * @param {Shown} shown @param {State} state @param {ReadonlySet<string>|null} selected @returns {Within}
 */
function withinOf(shown, { filters }, selected) {
  const own = { ...filters, basis: [], evidence: [] };
  const { basis, evidence } = filters;
  return {
    node: (id) => (!selected || selected.has(id)) && shown.passes(id, own),
    edge: (edge) =>
      (!basis.length || basis.includes(basisOf(edge))) && (!evidence.length || evidence.includes(edge.evidence)),
  };
}

/** @param {Graph} graph @param {readonly string[]} ids @param {Within} within @returns {EdgeData[]} the claims that join them */
function claimsAmong(graph, ids, within) {
  return edgesAmong(graph, ids).filter((edge) => edge.source !== edge.target && within.edge(edge));
}

/** The nodes with the most claims among them, where not all can be read. @param {Graph} graph @param {Scope} scope @param {number} most @returns {string[]} */
function mostJoined(graph, { ids, within, centre, other }, most) {
  if (ids.length <= most) return [...ids];
  /** @type {Map<string, number>} */
  const claims = new Map();
  for (const { source, target } of claimsAmong(graph, ids, within))
    for (const id of [source, target]) claims.set(id, (claims.get(id) ?? 0) + 1);
  const worth = (/** @type {string} */ id) => (id === centre || id === other ? Infinity : (claims.get(id) ?? 0));
  return [...ids]
    .sort((one, two) => Number(worth(two) > worth(one)) - Number(worth(two) < worth(one)) || graph.byDate(one, two))
    .slice(0, most);
}
