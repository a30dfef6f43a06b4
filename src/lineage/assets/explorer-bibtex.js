"use strict";
// The sources of claims as BibTeX: the same text as `lineage.views.references.as_bibtex` gives for the same claims, keys
// included; a test holds the two against each other. Pure functions: nothing here touches the document.

/**
 * @typedef {{key: string, title: string, authors: string[], date: string, address: string, arxiv: string,
 *   paper: NodeData|null}} Reference
 */

const ARXIV = /^https?:\/\/(?:www\.|export\.)?arxiv\.org\/(?:abs|pdf|html)\/(\d{4}\.\d{4,5})/i;
const LONGEST_KEY = 48;
/** What a name of one person does not hold. */
const COLLECTIVE = /\b(AI|[Aa][Nn][Dd]|Group|Lab|Labs|Research|Team|team|The|Workshop)\b|,/;
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
/** @type {Record<string, string>} */
const HUBS = { "github.com": "GitHub", "huggingface.co": "Hugging Face" };
/** @type {Record<string, string>} */
const DOCUMENTS = { report: "Report", "model-card": "Model card", "blog-post": "Blog post" };
/** @type {Record<string, string>} */
const LATEX = {
  "\\": "\\textbackslash{}",
  "{": "\\textbraceleft{}",
  "}": "\\textbraceright{}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
};
const SPACES = /[\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/gu;

/** @param {string} text @returns {string} in one line, without characters that cannot be seen or that turn the direction */
function oneLine(text) {
  const seen = text
    .replaceAll(SPACES, " ")
    .trim()
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Cn}\p{Co}]/gu, "");
  return seen.replaceAll(SPACES, " ").trim();
}

/** @param {string} text */
function latex(text) {
  return oneLine(text).replaceAll(/[\\{}~^#$%&_]/g, (char) => LATEX[char] ?? `\\${char}`);
}

/** @param {string} text with `%41` for letters, read as UTF-8 */
function unquoted(text) {
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) =>
    new TextDecoder().decode(Uint8Array.from(run.slice(1).split("%"), (pair) => Number.parseInt(pair, 16))),
  );
}

/** @param {string} url @returns {string} an address that may be linked to, or nothing */
function linkable(url) {
  const shown = oneLine(url);
  if (!/^https?:\/\/[^/\s]/.test(shown)) return "";
  return shown.replaceAll(/[^A-Za-z0-9\-._~:/?#@!$&+,=%]/gu, (char) =>
    Array.from(new TextEncoder().encode(char), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(
      "",
    ),
  );
}

/** @param {string} url @returns {string} one text for all addresses of one document */
function identityOf(url) {
  const arxiv = ARXIV.exec(url);
  return arxiv ? `arxiv:${arxiv[1]}` : url.split("#")[0].replace(/\/+$/, "");
}

/** @param {string} url @returns {string} what the address of a page says of it */
function titleOf(url) {
  const parts = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)([^?#]*)/i.exec(url);
  if (!parts || /[[\]]/.test(parts[1])) return oneLine(url);
  const host = parts[1]
    .replace(/^.*@/, "")
    .replace(/:.*$/, "")
    .toLowerCase()
    .replace(/^www\./, "");
  const ways = parts[2]
    .split("/")
    .filter(Boolean)
    .map((way) => oneLine(unquoted(way)));
  if (Object.hasOwn(HUBS, host) && ways.length > 1)
    return `${ways[0]}/${ways[1]}${ways.length > 2 ? `: ${ways[ways.length - 1]}` : ""} (${HUBS[host]})`;
  return ways.length ? `${ways[ways.length - 1]} (${host})` : host || oneLine(url);
}

/** The papers of the graph by what their address means. @param {Graph} graph @returns {Map<string, NodeData>} */
function papersByAddress(graph) {
  const papers = [...graph.nodes.values()].filter((node) => node.kind === "paper" && node.address);
  return new Map(papers.map((node) => [identityOf(node.address), node]));
}

/** @param {NodeData} paper @returns {Reference} */
function referenceOf(paper) {
  const address = paper.address ?? paper.url ?? "";
  const identity = identityOf(address);
  return {
    key: paper.id,
    title: paper.name,
    authors: paper.authors ?? [],
    date: paper.date,
    address,
    arxiv: identity.startsWith("arxiv:") ? identity.slice(6) : "",
    paper,
  };
}

/** The documents that these claims cite, each once, in the order of year and key. @param {Graph} graph @param {EdgeData[]} edges */
function referencesOf(graph, edges) {
  const papers = papersByAddress(graph);
  /** @type {Map<string, string>} */
  const found = new Map();
  const kindOf = (/** @type {EdgeData} */ edge) => [edge.source, edge.target, edge.kind, edge.relation ?? ""];
  const sorted = [...edges].sort((one, other) => {
    const [a, b] = [kindOf(one), kindOf(other)];
    return a.map((part, index) => compare(part, b[index])).find(Boolean) ?? 0;
  });
  for (const edge of sorted)
    for (const source of [...edge.sources, ...(edge.disputed ? [edge.disputed.source] : [])]) {
      const identity = identityOf(source.url);
      if (!found.has(identity)) found.set(identity, source.url.split("#")[0]);
    }
  const taken = new Set(graph.nodes.keys());
  const references = [...found.keys()].sort(compare).map((identity) => {
    const paper = papers.get(identity);
    return paper ? referenceOf(paper) : webReference(identity, /** @type {string} */ (found.get(identity)), taken);
  });
  const year = (/** @type {Reference} */ { date }) => date.slice(0, 4) || "9999";
  return references.sort((one, other) => compare(year(one), year(other)) || compare(one.key, other.key));
}

/** @param {string} identity @param {string} url @param {Set<string>} taken keys that are given away @returns {Reference} */
function webReference(identity, url, taken) {
  const text = unquoted(identity.replace(/^https?:\/\/(www\.)?/, "")).toLowerCase();
  let key = text.replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-+|-+$/g, "") || "source";
  if (key.length > LONGEST_KEY || taken.has(key))
    key = `${key.slice(0, LONGEST_KEY).replaceAll(/^-+|-+$/g, "")}-${sha256(identity).slice(0, 8)}`;
  taken.add(key);
  if (!identity.startsWith("arxiv:"))
    return { key, title: titleOf(url), authors: [], date: "", address: url, arxiv: "", paper: null };
  const arxiv = identity.slice(6);
  const month = arxiv.slice(2, 4);
  const known = month >= "01" && month <= "12";
  const date = `20${arxiv.slice(0, 2)}${known ? `-${month}` : ""}`;
  return {
    key,
    title: `arXiv:${arxiv}`,
    authors: [],
    date,
    address: `https://arxiv.org/abs/${arxiv}`,
    arxiv,
    paper: null,
  };
}

/** @param {Reference} reference @returns {string} */
function bibtexEntry({ key, title, authors, date, address, arxiv, paper }) {
  let kind = "misc";
  const type = paper?.type ?? "";
  /** @type {[string, string][]} */
  // Two pairs of braces: a style sheet must not write BERT in small letters.
  const fields = [["title", `{{${latex(title)}}}`]];
  const makers = paper?.organizations ?? [];
  const named = authors.filter(oneLine).map((name) => bibtexAuthor(name, makers));
  if (authors.length) fields.push(["author", `{${named.join(" and ")}}`]);
  if (date) fields.push(["year", `{${date.slice(0, 4)}}`]);
  if (date.length > 4) fields.push(["month", MONTHS[Number(date.slice(5, 7)) - 1]]);
  if (arxiv) fields.push(["eprint", `{${arxiv}}`], ["archivePrefix", "{arXiv}"]);
  else if (type === "report" && makers.length) {
    kind = "techreport";
    fields.push(["institution", `{{${latex(makers.join(", "))}}}`]);
  } else if (Object.hasOwn(DOCUMENTS, type)) fields.push(["howpublished", `{${DOCUMENTS[type]}}`]);
  const link = linkable(address);
  if (link) fields.push(["url", `{${link}}`]);
  return `@${kind}{${key},\n${fields.map(([name, value]) => `  ${name} = ${value}`).join(",\n")}\n}\n`;
}

/** "et al." is "others", and an organisation is not cut into first and last name. @param {string} name @param {readonly string[]} makers */
function bibtexAuthor(name, makers) {
  const shown = oneLine(name);
  if (normalForm(shown) === "etal") return "others";
  const whole = !shown.includes(" ") || COLLECTIVE.test(shown) || makers.map(normalForm).includes(normalForm(shown));
  return whole ? `{${latex(shown)}}` : latex(shown);
}

/** @param {readonly Reference[]} references */
function asBibtex(references) {
  return references.map(bibtexEntry).join("\n");
}

/**
 * What to cite for one node: the paper itself; of a model the papers and cards that describe it; of a technique those that
 * introduce it; and where there are none, what is cited for it.
 * @param {Graph} graph @param {NodeData} node @returns {string} BibTeX, or nothing
 */
function bibtexOf(graph, node) {
  if (node.kind === "paper") return bibtexEntry(referenceOf(node));
  const edges = graph.into(node.id, node.kind === "model" ? "described-by" : "introduced-technique");
  const papers = edges.map((edge) => graph.node(edge.source)).filter((one) => one.kind === "paper");
  if (papers.length) return asBibtex(papers.map(referenceOf));
  return asBibtex(referencesOf(graph, graph.into(node.id)));
}

/** SHA-256 of a text in UTF-8, after FIPS 180-4: the browser's own is not to be had in a page without an origin. @param {string} text */
function sha256(text) {
  const bytes = new TextEncoder().encode(text);
  /** @type {number[]} */
  const primes = [];
  for (let one = 2; primes.length < 64; one++) if (primes.every((prime) => one % prime)) primes.push(one);
  const fraction = (/** @type {number} */ value) => Math.floor((value - Math.floor(value)) * 2 ** 32);
  const constants = primes.map((prime) => fraction(Math.cbrt(prime)));
  const state = Uint32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));
  const padded = new Uint8Array((((bytes.length + 8) >> 6) + 1) << 6);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(padded.length - 4, bytes.length << 3);
  const turn = (/** @type {number} */ value, /** @type {number} */ by) => (value >>> by) | (value << (32 - by));
  const words = new Uint32Array(64);
  for (let start = 0; start < padded.length; start += 64) {
    for (let index = 0; index < 64; index++) {
      if (index < 16) words[index] = view.getUint32(start + index * 4);
      else {
        const [far, near] = [words[index - 15], words[index - 2]];
        const low = turn(far, 7) ^ turn(far, 18) ^ (far >>> 3);
        const high = turn(near, 17) ^ turn(near, 19) ^ (near >>> 10);
        words[index] = words[index - 16] + low + words[index - 7] + high;
      }
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let index = 0; index < 64; index++) {
      const one = (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + h + constants[index] + words[index];
      const two = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((value, index) => {
      state[index] += value;
    });
  }
  return Array.from(state, (value) => value.toString(16).padStart(8, "0")).join("");
}
