"use strict";
// What a reader asks of a node first, told in a sentence: what it is made of, who introduced it, who took it up. Nothing here
// touches the document.

/** @param {string[]} ids @param {Graph} graph @returns {Map<string, string[]>} the ids by the year of their date, the earliest first */
function byYear(ids, graph) {
  /** @type {Map<string, string[]>} */
  const years = new Map();
  for (const id of [...ids].sort(graph.byDate)) {
    const year = graph.node(id).date.slice(0, 4);
    years.set(year, [...(years.get(year) ?? []), id]);
  }
  return years;
}

/** Everything that came of a node with the step before it on the shortest way. @param {Graph} graph @param {string} start */
function firstWays(graph, start) {
  /** @type {Map<string, string>} */
  const by = new Map([[start, ""]]);
  for (const here of by.keys()) for (const there of graph.children(here)) if (!by.has(there)) by.set(there, here);
  by.delete(start);
  return by;
}

/** The first thing that a reader asks of a node, in a sentence. @param {Graph} graph @param {NodeData} node */
function answerTo(graph, node) {
  const name = (/** @type {string} */ id) => graph.node(id).name;
  if (node.kind === "technique") {
    const { introducers, introduced, first, adopters } = adoptionOf(graph, node.id);
    if (!introducers.length) return "";
    const start = `Introduced ${introduced} by ${listed(introducers.map(name))}.`;
    if (!adopters.length) return `${start} No model here is known to use it.`;
    const users = counted(adopters.length, "model here uses it", "models here use it");
    if (!first) return `${start} ${users}, none of them known to be later than the introduction.`;
    return `${start} First used after that by ${name(first.model)}, ${spanWords(/** @type {number} */ (first.lag))} later; ${users}.`;
  }
  if (node.kind === "paper") {
    const introduces = graph.outOf(node.id, "introduced-technique").map((edge) => name(edge.target));
    const describes = graph.outOf(node.id, "described-by").map((edge) => name(edge.target));
    const told = [
      introduces.length ? `Introduces ${listed(introduces)}.` : "",
      describes.length ? `Describes ${listed(describes)}.` : "",
    ];
    return told.filter(Boolean).join(" ");
  }
  const parents = [...graph.into(node.id, "derived-from"), ...graph.into(node.id, "succeeds")];
  // One clause for each relation: "finetuned from LLaMA; distilled from ChatGPT".
  const clauses = new Map();
  for (const edge of [...parents].sort((one, other) => basisRank(one) - basisRank(other)))
    clauses.set(relationWords(edge), [...(clauses.get(relationWords(edge)) ?? []), name(edge.source)]);
  const made = [...clauses].map(([relation, names]) => `${relation} ${listed(names)}`).join("; ");
  const all = graph.descendants(node.id).size;
  const near = graph.children(node.id).length;
  const led = !all ? "" : `Led to ${counted(near, "model")} directly${all > near ? `, ${all} in all` : ""}.`;
  return [made && `${made[0].toUpperCase()}${made.slice(1)}.`, led].filter(Boolean).join(" ");
}

/** @param {EdgeData} edge @returns {number} weights first, succession last */
function basisRank(edge) {
  return edge.basis ? BASIS_ORDER.indexOf(edge.basis) : BASIS_ORDER.length;
}

/** Who took a technique up first. @param {Graph} graph @param {string} technique */
function takenUp(graph, technique) {
  const { first, adopters } = adoptionOf(graph, technique);
  if (!adopters.length) return "No model here is known to use it.";
  const users = counted(adopters.length, "model here uses it", "models here use it");
  if (!first) return users;
  const lag = spanWords(/** @type {number} */ (first.lag));
  return `First used after that by ${graph.node(first.model).name}, ${lag} later; ${users}`;
}

/** How early a model took a technique up. @param {Graph} graph @param {string} technique @param {string} model */
function standing(graph, technique, model) {
  const { adopters } = adoptionOf(graph, technique);
  const place = adopters.findIndex((one) => one.model === model);
  const lag = adopters[place]?.lag ?? null;
  const users = counted(adopters.length, "user", "users");
  const when =
    lag === null ? "not known to be later than its introduction" : `${spanWords(lag)} after its introduction`;
  return `${adopters.length === 1 ? "the only user here" : `${ordinal(place + 1)} of ${users} here`}, ${when}`;
}
