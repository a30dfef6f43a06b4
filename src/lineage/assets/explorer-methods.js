// @ts-check
"use strict";
// The methods of the selector language, the same as in `lineage.methods`: a value, as in `org:Meta`, gives the ids that it means.
//
// For others: `SELECTOR_METHODS`, a Map from the name of a method to what finds its nodes. Of a node it uses the fields of the
// JSON export: organizations, family, architecture, weights, license, origin, category, authors, collections, included_because,
// date, dates, sources; of an edge source, target, kind, relation, basis, evidence, disputed, sources.

/** The closed lists of `lineage.vocabulary`, by method. @type {Map<string, string[]>} */
const SELECTOR_WORDS = new Map(
  Object.entries({
    kind: "model paper technique",
    arch:
      "encoder-only encoder-decoder decoder-only state-space hybrid recurrent static-embedding dual-encoder diffusion " +
      "undisclosed",
    weights: "open restricted api unreleased",
    origin: "scratch derived undisclosed",
    category:
      "attention position-encoding normalization activation architecture mixture-of-experts state-space tokenization " +
      "embedding objective optimization scaling parallelism memory serving quantization compression distillation merging " +
      "parameter-efficient-tuning instruction-tuning preference-optimization reinforcement-learning reasoning " +
      "long-context retrieval-and-tools agents multimodality data safety interpretability evaluation",
    included: "named introduces-technique parent root generation first-of-its-kind impact",
    relation:
      "continued-pretraining finetuned adapter merged quantized pruned expanded distilled architecture reproduction " +
      "refines succeeds",
    evidence: "stated evident reported inferred",
  }).map(([method, words]) => [method, words.split(" ")]),
);

/** The parts that are asked of a model, as groups of technique categories: `lineage.analysis.missing_parts`. */
const SELECTOR_PARTS = (() => {
  const mixers = ["attention", "state-space"];
  const usual = [mixers, ["position-encoding"], ["normalization"], ["activation"], ["tokenization"]];
  const architectures = ["encoder-only", "encoder-decoder", "decoder-only", "hybrid"];
  /** @type {Map<string, string[][]>} */
  const parts = new Map(architectures.map((one) => [one, usual]));
  return parts.set("state-space", [mixers, ["normalization"], ["tokenization"]]);
})();

/** @type {Map<string, SelectorMethod>} */
const SELECTOR_GROUPS = new Map(
  Object.entries({
    root: (selector, _value, _quoted, via) => modelsWhere(selector, (id) => !selector.kin(id, true, via).length),
    leaf: (selector, _value, _quoted, via) => modelsWhere(selector, (id) => !selector.kin(id, false, via).length),
    merge: (selector) => withRelation(selector, "merged"),
    disputed: (selector) => selector.ends((edge) => Boolean(edge.disputed)),
    incomplete: (selector) => modelsWhere(selector, (id) => missesParts(selector, id)),
    isolated: (selector) =>
      selector.where(({ id }) => !selector.graph.into(id).length && !selector.graph.outOf(id).length),
  }),
);

/** @type {Map<string, SelectorMethod>} */
const SELECTOR_METHODS = new Map(
  Object.entries({
    id: idMethod,
    name: nameMethod,
    kind: fieldMethod("kind", (node) => [node.kind]),
    org: fieldMethod("org", (node) => node.organizations),
    family: fieldMethod("family", (node) => [node.family]),
    arch: fieldMethod("arch", (node) => [node.architecture]),
    weights: fieldMethod("weights", (node) => [node.weights]),
    license: fieldMethod("license", (node) => [node.license]),
    origin: fieldMethod("origin", (node) => [node.origin]),
    category: fieldMethod("category", (node) => [node.category]),
    author: fieldMethod("author", (node) => node.authors),
    collection: fieldMethod("collection", (node) => node.collections),
    included: fieldMethod("included", (node) =>
      (node.included_because ?? []).map((/** @type {{reason: string}} */ one) => one.reason),
    ),
    year: yearMethod,
    date: dateMethod,
    uses: techniqueMethod("uses", adoptersOf),
    technique: techniqueMethod("technique", adoptersOf),
    introduces: techniqueMethod("introduces", (graph, id) =>
      graph.into(id, "introduced-technique").map((edge) => edge.source),
    ),
    relation: (selector, value) => withRelation(selector, closedWord("relation", value)),
    evidence: (selector, value) => {
      const word = closedWord("evidence", value);
      return selector.ends((edge) => edge.evidence === word);
    },
    source: sourceMethod,
    is: (selector, value, quoted, via) => {
      const group = SELECTOR_GROUPS.get(closedWord("is", value, [...SELECTOR_GROUPS.keys()]));
      return /** @type {SelectorMethod} */ (group)(selector, value, quoted, via);
    },
  }),
);

/** @param {string} method @param {string} value @param {Iterable<string>} known @returns {SelectorError} */
function unknownValue(method, value, known) {
  const words = [...known].sort(compare);
  const shown = words.slice(0, 12).join(", ") + (words.length > 12 ? ", ..." : "");
  const near = didYouMean(nearest(value, words));
  return new SelectorError(`\`${method}:\` does not know \`${value}\`; there are ${shown}${near}`, 0);
}

/** The word of a closed list that is meant. @param {string} method @param {string} value */
function closedWord(method, value, known = SELECTOR_WORDS.get(method) ?? []) {
  const wanted = normalForm(value);
  const found = known.find((word) => normalForm(word) === wanted);
  if (found === undefined) throw unknownValue(method, value, known);
  return found;
}

/** @param {string} method @param {(node: NodeData) => (string|null|undefined)[]|undefined} words @returns {SelectorMethod} */
function fieldMethod(method, words) {
  return (selector, value, quoted) => {
    const fits = fitting(value, quoted);
    /** @type {Map<string, string[]>} */
    const held = new Map();
    for (const node of selector.graph.nodes.values())
      for (const word of words(node) ?? [])
        if (word) {
          const ids = held.get(word);
          if (ids) ids.push(node.id);
          else held.set(word, [node.id]);
        }
    const meant = [...held.keys()].filter(fits);
    if (!meant.length && !patternOf(value, quoted)) {
      const known = SELECTOR_WORDS.get(method) ?? [...held.keys()];
      if (!known.some(fits)) throw unknownValue(method, value, known);
    }
    return meant.flatMap((word) => held.get(word) ?? []);
  };
}

/** @type {SelectorMethod} */
function idMethod(selector, value, quoted) {
  const fits = patternOf(value, quoted);
  if (fits) return selector.where((node) => fits(node.id));
  if (selector.graph.nodes.has(value)) return [value];
  throw new SelectorError(`no node is called \`${value}\`${didYouMean(selector.candidates(value))}`, 0, "unknown");
}

/** @type {SelectorMethod} */
function nameMethod(selector, value, quoted) {
  const fits = fitting(value, quoted);
  const found = selector.where((node) => [node.id, node.name, ...(node.aliases ?? [])].some(fits));
  return found.length || patternOf(value, quoted) ? found : [selector.resolve(value)];
}

/** @type {SelectorMethod} */
function sourceMethod(selector, value, quoted) {
  const part = folded(value);
  const fits = patternOf(value, quoted) ? matcher(`*${value}*`) : (/** @type {string} */ url) => folded(url).includes(part);
  const cited = (/** @type {Source[]|undefined} */ sources) => (sources ?? []).some((one) => fits(one.url));
  const own = selector.where((node) => cited(node.sources) || (node.dates ?? []).some((event) => cited(event.sources)));
  return [...own, ...selector.graph.edges.filter((edge) => cited(edge.sources)).map((edge) => edge.target)];
}

/** @type {SelectorMethod} */
function yearMethod(selector, value, quoted, via) {
  if (!/^([0-9]{4}(\.\.([0-9]{4})?)?|\.\.[0-9]{4})$/.test(value))
    throw new SelectorError("expected a year or a range of years: 2023, 2021..2023, 2023.. or ..2020", 0);
  return dateMethod(selector, value, quoted, via);
}

/** @type {SelectorMethod} */
function dateMethod(selector, value) {
  const dots = value.indexOf("..");
  const first = dots < 0 ? value : value.slice(0, dots);
  const last = dots < 0 ? value : value.slice(dots + 2);
  if (!first && !last)
    throw new SelectorError(
      "expected a date or a range of dates: 2023, 2023-02, 2023-02-24, 2022-03..2023-06, 2023-02.. or ..2020",
      0,
    );
  // A date is the beginning of every day that it may stand for; with this behind it, it sorts after all of them.
  const end = "-99-99";
  for (const one of [first, last]) if (one) checkDate(one);
  if (first && last && last + end < first) throw new SelectorError(`\`${value}\` ends before it begins`, 0);
  return selector.where(({ date }) => (!first || first <= date + end) && (!last || date <= last + end));
}

/** @param {string} text */
function checkDate(text) {
  const found = /^([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?$/.exec(text);
  if (!found)
    throw new SelectorError(
      `\`${text}\` is not a date; write 2023, 2023-02 or 2023-02-24, as precise as the source is`,
      0,
    );
  const [year, month, day] = found.slice(1).map((one) => Number(one ?? 1));
  if (year < 1950 || year > 2099)
    throw new SelectorError(`\`${text}\` is not between 1950 and 2099; write the year of the event`, 0);
  const there = new Date(Date.UTC(year, month - 1, day));
  if (there.getUTCMonth() !== month - 1 || there.getUTCDate() !== day)
    throw new SelectorError(`\`${text}\` is no day of the calendar; correct it`, 0);
}

/** @param {Graph} graph @param {string} id */
function adoptersOf(graph, id) {
  return graph.outOf(id, "uses-technique").map((edge) => edge.target);
}

/** @param {string} method @param {(graph: Graph, id: string) => string[]} step @returns {SelectorMethod} */
function techniqueMethod(method, step) {
  return (selector, value, quoted) => {
    const fits = patternOf(value, quoted);
    const techniques = fits
      ? selector.where((node) => node.kind === "technique" && fits(node.id))
      : [oneTechnique(selector, method, value)];
    return techniques.flatMap((id) => step(selector.graph, id));
  };
}

/** @param {Selector} selector @param {string} method @param {string} value */
function oneTechnique(selector, method, value) {
  const { graph } = selector;
  const meant = selector.candidates(value).filter((id) => graph.node(id).kind === "technique");
  const found = meant.length === 1 ? meant[0] : selector.resolve(value);
  const { kind } = graph.node(found);
  if (kind !== "technique") throw new SelectorError(`\`${found}\` is a ${kind}; \`${method}:\` takes a technique`, 0);
  return found;
}

/** @param {Selector} selector @param {string} label */
function withRelation(selector, label) {
  return selector.graph.edges.filter((edge) => (edge.relation || edge.kind) === label).map((edge) => edge.target);
}

/** @param {Selector} selector @param {(id: string) => boolean} test */
function modelsWhere(selector, test) {
  return selector.where((node) => node.kind === "model" && test(node.id));
}

/**
 * Whether a part of a model with weights to be had is told neither for itself nor for one that gave it its weights.
 * @param {Selector} selector @param {string} id
 */
function missesParts(selector, id) {
  const { graph } = selector;
  const { weights, architecture } = graph.node(id);
  if (weights !== "open" && weights !== "restricted") return false;
  const told = new Set();
  for (const one of selector.spread(new Set([id]), Infinity, true, new Set(["weights"])))
    for (const edge of graph.into(one, "uses-technique")) told.add(graph.node(edge.source).category);
  return (SELECTOR_PARTS.get(architecture) ?? []).some((group) => !group.some((category) => told.has(category)));
}
