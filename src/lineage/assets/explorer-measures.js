"use strict";
// Dates and measures of the graph: how far apart two dates are, and what became of a technique. The same answers as
// `lineage.vocabulary.DateInterval` and `lineage.analysis.adoption`; a test holds the two against each other.

/**
 * @typedef {{start: number, end: number}} Interval the first and the last day that a date may stand for, counted from 1970
 * @typedef {{model: string, date: string, lag: number|null}} Adopter
 *   `lag` in days from the introduction; null where the order of the two is not known or is the other way round.
 * @typedef {{introducers: string[], introduced: string, adopters: Adopter[], first: Adopter|null,
 *   byYear: [number, number][]}} Adoption `first` is the earliest that is known to have come after the introduction.
 */

const DAY = 86_400_000;
const DAYS_OF_A_YEAR = 365.25;

/** @param {string} date `2023`, `2023-02` or `2023-02-24` @returns {Interval} */
function intervalOf(date) {
  const [year, month, day] = date.split("-").map(Number);
  const start = Date.UTC(year, (month || 1) - 1, day || 1) / DAY;
  if (day) return { start, end: start };
  return { start, end: (month ? Date.UTC(year, month, 1) : Date.UTC(year + 1, 0, 1)) / DAY - 1 };
}

/** @param {string} earlier @param {string} later @returns {number|null} days between the ends of what the two may stand for */
function lagOf(earlier, later) {
  const [one, other] = [intervalOf(earlier), intervalOf(later)];
  return one.end < other.start ? other.end - one.end : null;
}

/** @param {number} days @returns {string} in days up to a year, then in years and tenths */
function spanWords(days) {
  if (days < 365) return days === 1 ? "1 day" : `${days} days`;
  return `${(days / DAYS_OF_A_YEAR).toFixed(1)} years`;
}

/** How the second date stands to the first. @param {string} first @param {string} second @returns {string} */
function apartWords(first, second) {
  const after = lagOf(first, second);
  if (after !== null) return `${spanWords(after)} later`;
  const before = lagOf(second, first);
  if (before !== null) return `${spanWords(before)} earlier`;
  return first === second ? "on the same date" : "at about the same time";
}

/** @type {WeakMap<Graph, Map<string, Adoption>>} what was computed once holds: a graph does not change */
const ADOPTIONS = new WeakMap();

/** What became of a technique. @param {Graph} graph @param {string} technique @returns {Adoption} */
function adoptionOf(graph, technique) {
  const known = ADOPTIONS.get(graph) ?? new Map();
  ADOPTIONS.set(graph, known);
  const found = known.get(technique) ?? adoption(graph, technique);
  known.set(technique, found);
  return found;
}

/** @param {Graph} graph @param {string} technique @returns {Adoption} */
function adoption(graph, technique) {
  const introduced = graph.node(technique).date;
  const ranked = graph.into(technique, "introduced-technique").map((edge) => ({
    id: edge.source,
    rank: edge.role === "primary" ? 0 : 1,
  }));
  ranked.sort((one, other) => one.rank - other.rank || compare(one.id, other.id));
  const adopters = graph
    .outOf(technique, "uses-technique")
    .map(({ target: model }) => ({ model, date: graph.node(model).date, end: intervalOf(graph.node(model).date).end }))
    .sort((one, other) => one.end - other.end || compare(one.model, other.model))
    .map(({ model, date }) => ({ model, date, lag: lagOf(introduced, date) }));
  /** @type {Map<number, number>} */
  const years = new Map();
  for (const { date } of adopters) {
    const year = Number(date.slice(0, 4));
    years.set(year, (years.get(year) ?? 0) + 1);
  }
  return {
    introducers: ranked.map(({ id }) => id),
    introduced,
    adopters,
    first: adopters.find(({ lag }) => lag !== null) ?? null,
    byYear: [...years].sort(([one], [other]) => one - other),
  };
}
