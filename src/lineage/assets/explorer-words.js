"use strict";
// The closed lists of words of the records, as a reader says them.

const KIND_WORDS = { model: "Model", paper: "Paper", technique: "Technique" };
const DATE_WORDS = { paper: "paper", announced: "announced", weights: "weights released", api: "service opened" };
/** The same for the narrow column of a timeline. */
const SHORT_DATE_WORDS = { paper: "paper", announced: "announced", weights: "weights", api: "service" };
const RELATION_WORDS = {
  "continued-pretraining": "pretraining continued from",
  finetuned: "fine-tuned from",
  adapter: "adapter on",
  merged: "merged from",
  quantized: "quantized from",
  pruned: "pruned from",
  expanded: "expanded from",
  distilled: "distilled from",
  architecture: "design of",
  reproduction: "reproduction of",
  succeeds: "succeeds",
  refines: "refines",
};
/** How the parent went over into the child, where the one stands above the other. */
const INTO_WORDS = {
  "continued-pretraining": "pretraining continued as",
  finetuned: "fine-tuned into",
  adapter: "given an adapter, as",
  merged: "merged into",
  quantized: "quantized into",
  pruned: "pruned into",
  expanded: "expanded into",
  distilled: "its outputs trained",
  architecture: "its design taken up by",
  reproduction: "reproduced as",
  succeeds: "succeeded by",
  refines: "refined by",
};
/** Beside a line, where there is room for few letters. */
const SHORT_RELATIONS = { finetuned: "fine-tuned" };
/** How the child stands to the parent, in a list of what came of that parent. */
const FROM_IT_WORDS = {
  ...Object.fromEntries(Object.entries(RELATION_WORDS).map(([relation, words]) => [relation, `${words} it`])),
  architecture: "takes its design",
};
const EVIDENCE_WORDS = {
  stated: "A primary source says so.",
  evident: "Configuration, code or tokenizer show it.",
  reported: "A credible third party says so.",
  inferred: "Our own reading; see the note.",
};
const WEIGHTS_WORDS = {
  open: "open: anyone may have and use them",
  restricted: "restricted: to be had under conditions of use",
  api: "only as a service",
  unreleased: "not released",
};
const ORIGIN_WORDS = {
  scratch: "trained from random weights",
  derived: "weights came from a parent",
  undisclosed: "not disclosed",
};
/** Fields of a record in the order in which they are shown; what is not named here follows under its own name. */
const FIELD_WORDS = {
  organizations: "Makers",
  authors: "Authors",
  family: "Family",
  category: "Subject",
  type: "Document",
  contribution: "Contribution",
  architecture: "Architecture",
  weights: "Weights",
  origin: "Origin",
  license: "Licence",
  context_length: "Context",
  pretraining_tasks: "Pretraining",
  extension: "What is new",
  application: "Made for",
  corpus: "Trained on",
  included_because: "Here because",
  collections: "In the sets",
};
/** Shown elsewhere in the panel, or written as claims. */
const FIELDS_APART = new Set([
  "id", "kind", "name", "title", "date", "dates", "aliases", "sources", "location", "variants", "summary",
  "arxiv", "url", "address", "derived_from", "succeeds", "introduced_technique", "uses_technique",
  "described_by", "refines",
]);

/** @param {Record<string, string>} table @param {string|null|undefined} key @returns {string} */
function word(table, key) {
  return key && Object.hasOwn(table, key) ? table[key] : (key ?? "").replaceAll("-", " ");
}

/** @param {{reason: string, note?: string}[]} why @returns {string} */
function reasons(why) {
  return why.map((one) => word({}, one.reason) + (one.note ? ` (${one.note})` : "")).join("; ");
}

/** @param {EdgeData} edge how the child stands to the parent, in words */
function relationWords(edge) {
  return word(RELATION_WORDS, edge.relation ?? edge.kind);
}

/** @param {unknown} value @returns {string} a field as text */
function plainText(value) {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map(plainText).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** @param {string} address @returns {string} without the scheme, as people write it */
function shortAddress(address) {
  return String(address)
    .replace(/^https?:\/\/(www\.)?/, "")
    .replace(/\/$/, "");
}

/** @param {number} count @param {string} one @param {string} [many] @returns {string} `1 model`, `2 models` */
function counted(count, one, many = `${one}s`) {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

/** @param {number} count @returns {string} `1st`, `2nd`, `11th` */
function ordinal(count) {
  const ends = ["th", "st", "nd", "rd"];
  const tens = count % 100;
  return `${count}${(tens < 10 || tens > 20) && ends[count % 10] ? ends[count % 10] : "th"}`;
}

/** @param {string[]} names @returns {string} `a`, `a and b`, `a, b and c` */
function listed(names) {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}`;
}
