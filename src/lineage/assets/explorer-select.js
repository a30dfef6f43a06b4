// @ts-check
"use strict";
// The selector language in the page: the same as in `lineage.select`, and docs/selectors.md defines it. Its methods are in
// explorer-methods.js. One table of cases, tests/selector_cases.json, is run against Python and JavaScript.
//
// For others: `Selector` (new Selector(graph).select(text) gives a Set of ids), `SelectorError` (its `message`, `at`: where in the
// text, in UTF-16 units as an input counts them; `kind`: "syntax", "unknown" or "limit"). `SELECTOR_METHODS` is a Map by name.
// Of `Graph` it uses `nodes`, `edges`, `node`, `into` and `outOf`; of nodes and edges the fields of the JSON export.

/** @typedef {(selector: Selector, value: string, quoted: boolean, via: Set<string>) => Iterable<string>} SelectorMethod */

const SELECTOR_BASES = ["weights", "outputs", "architecture", "succession"];
const SELECTOR_LONGEST = 4096;
const SELECTOR_GENERATIONS = 10000;
const SELECTOR_DIGITS = 20;

/** A text that is no selector, or that names something that is not there. */
class SelectorError extends Error {
  /** @param {string} message @param {number} at @param {"syntax"|"unknown"|"limit"} kind */
  constructor(message, at, kind = "syntax") {
    super(message);
    this.name = "SelectorError";
    this.at = at;
    this.kind = kind;
  }
}

/** Selections of one graph. */
class Selector {
  /** @param {Graph} graph */
  constructor(graph) {
    this.graph = graph;
    /** @type {Map<string, Set<string>>|null} */
    this.names = null;
  }

  /**
   * The ids that a text selects.
   * @param {string} text
   * @param {Iterable<string>} via which descent counts
   * @returns {Set<string>}
   * @throws {SelectorError}
   */
  select(text, via = SELECTOR_BASES) {
    return new SelectorReading(this, text, new Set(via)).selection();
  }

  /** @param {string} name @returns {string} the one node that is called so @throws {SelectorError} at 0 */
  resolve(name) {
    const found = this.candidates(name);
    if (found.length === 1) return found[0];
    const near = found.length ? [] : this.#meant(name);
    throw new SelectorError(
      found.length
        ? `\`${name}\` is ambiguous; say which: ${found.join(", ")}`
        : `no node is called \`${name}\`${didYouMean(near)}`,
      0,
      "unknown",
    );
  }

  /** What may have been meant by a name of nothing: never what has other digits, but longer names. @param {string} name @returns {string[]} */
  #meant(name) {
    const wanted = normalForm([...name].slice(0, 100).join(""));
    const names = this.allNames();
    const known = [...names.keys()].sort(compare);
    const lengthOf = (/** @type {string} */ one) => [...one].length;
    const longer = known.filter((one) => lengthOf(wanted) >= 3 && one.startsWith(wanted));
    longer.sort((one, other) => lengthOf(one) - lengthOf(other));
    const digits = (/** @type {string} */ one) => (one.match(/\p{Nd}/gu) ?? []).join("");
    const near = closeMatches(wanted, known.filter((one) => digits(one) === digits(wanted)), 0.75);
    const first = (/** @type {string} */ one) => [...(names.get(one) ?? [])].sort(compare)[0];
    return [...new Set([...near, ...longer].map(first))].slice(0, 4);
  }

  /** @param {string} name @returns {string[]} the nodes that are called so */
  candidates(name) {
    return this.graph.nodes.has(name) ? [name] : [...(this.allNames().get(normalForm(name)) ?? [])].sort(compare);
  }

  /** @returns {Map<string, Set<string>>} ids by the normal form of every name */
  allNames() {
    if (this.names) return this.names;
    /** @type {Map<string, Set<string>>} */
    const names = new Map();
    /** @type {Map<string, Set<string>>} */
    const titles = new Map();
    const put = (/** @type {Map<string, Set<string>>} */ map, /** @type {string} */ name, /** @type {string} */ id) => {
      const key = normalForm(name);
      map.set(key, (map.get(key) ?? new Set()).add(id));
    };
    for (const node of this.graph.nodes.values()) {
      const numbers = node.arxiv ? [node.arxiv, `arXiv:${node.arxiv}`] : [];
      for (const name of [node.id, ...(node.aliases ?? []), ...numbers]) put(names, name, node.id);
      put(node.kind === "paper" ? titles : names, node.name, node.id);
    }
    // "Mistral 7B" is the title of a paper, and who says it means the model.
    for (const [title, ids] of titles) if (!names.has(title)) names.set(title, ids);
    this.names = names;
    return names;
  }

  /** Every node that is reached. @param {Set<string>} ids @param {number} depth @param {boolean} up @param {Set<string>} via */
  spread(ids, depth, up, via) {
    const reached = new Set(ids);
    let edge = [...ids];
    for (let step = 0; step < depth && edge.length; step += 1) {
      const next = [];
      for (const here of edge)
        for (const there of this.kin(here, up, via))
          if (!reached.has(there)) {
            reached.add(there);
            next.push(there);
          }
      edge = next;
    }
    return reached;
  }

  /** Parents or children. @param {string} id @param {boolean} up @param {Set<string>} via */
  kin(id, up, via) {
    const edges = up ? this.graph.into(id, ...LINEAGE_KINDS) : this.graph.outOf(id, ...LINEAGE_KINDS);
    const counted = edges.filter((edge) => (edge.basis ? via.has(edge.basis) : via.size === SELECTOR_BASES.length));
    return counted.map((edge) => (up ? edge.source : edge.target));
  }

  /** @param {(edge: EdgeData) => boolean} test @returns {string[]} both ends of the edges that pass */
  ends(test) {
    return this.graph.edges.filter(test).flatMap((edge) => [edge.source, edge.target]);
  }

  /** @param {(node: NodeData) => boolean} test */
  where(test) {
    return [...this.graph.nodes.values()].filter(test).map((node) => node.id);
  }
}

/** One reading of one text, from left to right. */
class SelectorReading {
  /** @param {Selector} selector @param {string} text @param {Set<string>} via */
  constructor(selector, text, via) {
    this.selector = selector;
    this.text = text;
    this.via = via;
    this.at = 0;
    /** What was found for a stretch of text already. @type {Map<string, Set<string>>} */
    this.known = new Map();
  }

  selection() {
    const length = [...this.text].length;
    if (length > SELECTOR_LONGEST)
      throw new SelectorError(
        `the selection has ${length} characters; at most ${SELECTOR_LONGEST} are read`,
        SELECTOR_LONGEST,
        "limit",
      );
    /** @type {Set<string>} */
    const chosen = new Set();
    this.match(/[ \t\r\n\u00a0\u3000]*/y);
    if (this.at === this.text.length) throw new SelectorError("the selection is empty", this.at);
    // All of it is read before anything is looked up, so that a fault of writing is told first.
    const parsed = [];
    while (this.at < this.text.length) {
      parsed.push(this.intersection());
      this.match(/[ \t\r\n\u00a0\u3000]*/y);
    }
    for (const atoms of parsed) {
      const [first, ...sets] = atoms.map((atom) => atom());
      for (const id of first) if (sets.every((set) => set.has(id))) chosen.add(id);
    }
    return chosen;
  }

  intersection() {
    const atoms = [this.atom()];
    while (this.match(/,/y)) atoms.push(this.atom());
    if (this.at < this.text.length && !/[ \t\r\n\u00a0\u3000]/.test(this.text[this.at])) {
      const hint = '+@:"'.includes(this.text[this.at]) ? "; a name with such a sign stands in quotes" : "";
      throw new SelectorError(`expected a space, a comma or the end${hint}`, this.at);
    }
    return atoms;
  }

  /** @returns {() => Set<string>} */
  atom() {
    const { selector, via } = this;
    const start = this.at;
    const related = this.match(/@/y) !== null;
    const before = related ? null : this.match(/([0-9]*)\+/y);
    const up = before ? this.generations(before[1], start) : 0;
    const term = this.term();
    const place = this.at + 1;
    const after = related ? null : this.match(/\+([0-9]*)/y);
    const down = after ? this.generations(after[1], place) : 0;
    const written = this.text.slice(start, this.at);
    return () => {
      let found = this.known.get(written);
      if (!found) {
        const ids = term();
        const below = selector.spread(ids, related ? Infinity : down, false, via);
        const above = selector.spread(related ? below : ids, related ? Infinity : up, true, via);
        found = new Set([...below, ...above]);
        this.known.set(written, found);
      }
      return found;
    };
  }

  /** @param {string} digits @param {number} at */
  generations(digits, at) {
    if (digits.length > 5 || Number(digits) > SELECTOR_GENERATIONS) {
      const shown = digits.length <= SELECTOR_DIGITS ? digits : `${digits.slice(0, SELECTOR_DIGITS)}...`;
      const message = `${shown} generations; at most ${SELECTOR_GENERATIONS} are followed`;
      throw new SelectorError(message, at, "limit");
    }
    return digits ? Number(digits) : Infinity;
  }

  /** @returns {() => Set<string>} */
  term() {
    const { selector, via } = this;
    const start = this.at;
    let [value, quoted] = this.value();
    /** @type {string|null} */
    let name = null;
    let place = start;
    if (!quoted && this.match(/:/y)) {
      place = this.at;
      name = value;
      [value, quoted] = this.value();
    } else if (!quoted && /^[0-9]+$/.test(value))
      throw new SelectorError("expected a name; one of digits alone stands in quotes", start);
    return () => {
      if (name !== null && !SELECTOR_METHODS.has(name)) {
        const known = [...SELECTOR_METHODS.keys()];
        const message = `there is no method \`${name}:\`, and a name with a colon stands in quotes; there are `;
        throw new SelectorError(message + known.join(", ") + didYouMean(nearest(name, known)), start);
      }
      try {
        if (name !== null)
          return new Set(/** @type {SelectorMethod} */ (SELECTOR_METHODS.get(name))(selector, value, quoted, via));
        const fits = patternOf(value, quoted);
        return new Set(fits ? selector.where((node) => fits(node.id)) : [selector.resolve(value)]);
      } catch (error) {
        if (error instanceof SelectorError) error.at = place;
        throw error;
      }
    };
  }

  /** @returns {[string, boolean]} a value, and whether it stood in quotes */
  value() {
    const quoted = this.match(/"((?:[^"\\]|\\.)*)"/sy);
    if (quoted) return [quoted[1].replaceAll(/\\(.)/gs, "$1"), true];
    const word = this.match(/[^ \t\r\n\u00a0\u3000,+@:"]+/y);
    if (word) return [word[0], false];
    if (this.text[this.at] === '"') throw new SelectorError("the quotes are not closed", this.at);
    const spaced = /^[ \t\r\n\u00a0\u3000]/.test(this.text.slice(this.at, this.at + 1));
    const hint = spaced ? "; no space stands beside a comma or a sign" : "";
    throw new SelectorError(`expected a name${hint}`, this.at);
  }

  /** @param {RegExp} sticky @returns {RegExpExecArray|null} */
  match(sticky) {
    sticky.lastIndex = this.at;
    const found = sticky.exec(this.text);
    if (found) this.at += found[0].length;
    return found;
  }
}

// -- names and patterns -------------------------------------------------------------------------------------------------------

/** @type {Map<string, string>} */
const normalForms = new Map();

/** The form in which two names are the same, as `lineage.vocabulary.normal_form` has it. @param {string} name */
function normalForm(name) {
  const known = normalForms.get(name);
  if (known !== undefined) return known;
  const spaced = folded(name.normalize("NFKC"))
    .replaceAll("+", "plus")
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ");
  const form = spaced.replaceAll(/(?<=\p{Nd}) (?=\p{Nd})/gu, ".").replaceAll(" ", "");
  // Names of the graph come again with every key; what is typed does not.
  if (normalForms.size < 100000) normalForms.set(name, form);
  return form;
}

/** Without case: by way of the capitals, for "ß" is "SS"; but a dotless i is none with a dot. @param {string} text */
function folded(text) {
  const parts = text.split("ı").map((part) => part.toLowerCase().toUpperCase().toLowerCase());
  return parts.join("ı").replaceAll("ς", "σ");
}

/** The test of a pattern, null for a value that is none. @param {string} value @param {boolean} quoted */
function patternOf(value, quoted) {
  return !quoted && /[*?[]/.test(value) ? matcher(value) : null;
}

/** The test of a value: a pattern, or the same name. @param {string} value @param {boolean} quoted */
function fitting(value, quoted) {
  const wanted = normalForm(value);
  return patternOf(value, quoted) ?? ((/** @type {string} */ text) => normalForm(text) === wanted);
}

/**
 * Whether a text fits a pattern of `*`, `?`, `[abc]`, `[a-z]`, `[!a]`, as Python's fnmatch has it, without regard to case.
 * @param {string} text @returns {(text: string) => boolean}
 */
function matcher(text) {
  const signs = [...folded(text)];
  /** @type {(((char: string) => boolean)|null)[]} null is a star */
  const tests = [];
  for (let i = 0; i < signs.length; i += 1) {
    const sign = signs[i];
    const first = i + (signs[i + 1] === "!" ? 2 : 1);
    const last = sign === "[" ? signs.indexOf("]", first + 1) : -1;
    if (sign === "*") {
      if (tests.at(-1) !== null || !tests.length) tests.push(null);
    } else if (sign === "?") tests.push(() => true);
    else if (last < 0) tests.push((char) => char === sign);
    else {
      const ranges = characterRanges(signs.slice(first, last));
      const wanted = first === i + 1;
      tests.push((char) => ranges.some(([low, high]) => inRange(char, low, high)) === wanted);
      i = last;
    }
  }
  return (subject) => fitsTests([...folded(subject)], tests);
}

/** @param {string[]} signs between brackets @returns {[string, string][]} */
function characterRanges(signs) {
  /** @type {[string, string][]} */
  const ranges = [];
  for (let i = 0; i < signs.length; i += 1) {
    const range = signs[i + 1] === "-" && i + 2 < signs.length;
    ranges.push([signs[i], range ? signs[i + 2] : signs[i]]);
    if (range) i += 2;
  }
  return ranges;
}

/** @param {string} char @param {string} low @param {string} high */
function inRange(char, low, high) {
  const [here, first, last] = [char, low, high].map((one) => one.codePointAt(0) ?? 0);
  return first <= here && here <= last;
}

/**
 * Goes back to the last star only, so the time is at most the product of the lengths.
 * @param {string[]} chars @param {(((char: string) => boolean)|null)[]} tests
 */
function fitsTests(chars, tests) {
  let [at, test, star, mark] = [0, 0, -1, 0];
  while (at < chars.length) {
    const here = tests[test];
    if (here === null) [star, mark, test] = [test, at, test + 1];
    else if (here?.(chars[at])) [at, test] = [at + 1, test + 1];
    else if (star < 0) return false;
    else [mark, at, test] = [mark + 1, mark + 1, star + 1];
  }
  return tests.slice(test).every((one) => one === null);
}

/** The known words that are written much like one, or hold it, as `lineage.methods.similar` has them. @param {string} word @param {Iterable<string>} known @returns {string[]} */
function nearest(word, known) {
  const wanted = folded([...word].slice(0, 100).join(""));
  const words = new Map([...known].map((one) => [folded(one), one]));
  const near = closeMatches(wanted, [...words.keys()], 0.6);
  const holding = [...words.keys()].sort(compare).filter((one) => wanted.length > 2 && one.includes(wanted));
  return [...new Set([...near, ...holding])].slice(0, 3).map((one) => words.get(one) ?? one);
}

/**
 * The three of many words that are most like one, the best first, as `difflib.get_close_matches` of Python finds them.
 * @param {string} word @param {Iterable<string>} known @param {number} least the ratio from which words are alike @returns {string[]}
 */
function closeMatches(word, known, least) {
  const wanted = [...word];
  const counts = new Map();
  for (const char of wanted) counts.set(char, (counts.get(char) ?? 0) + 1);
  const found = [];
  for (const one of known) {
    const chars = [...one];
    const ratio = (/** @type {number} */ same) => (wanted.length + chars.length ? (2 * same) / (wanted.length + chars.length) : 1);
    // Most words are told apart by their lengths or letters, long before their order is looked at.
    if (ratio(Math.min(wanted.length, chars.length)) < least) continue;
    const left = new Map(counts);
    let common = 0;
    for (const char of chars) {
      const rest = left.get(char) ?? 0;
      if (rest > 0) common += 1;
      left.set(char, rest - 1);
    }
    if (ratio(common) < least) continue;
    const score = ratio(commonBlocks(chars, wanted));
    if (score >= least) found.push({ one, score });
  }
  found.sort((a, b) => b.score - a.score || compare(b.one, a.one));
  return found.slice(0, 3).map(({ one }) => one);
}

/**
 * The length of the longest common block of two words and, likewise, of what stands before and after it (Ratcliff and
 * Obershelp, "Pattern matching: the Gestalt approach", Dr. Dobb's Journal, 1988).
 * @param {string[]} one @param {string[]} other @returns {number}
 */
function commonBlocks(one, other) {
  if (!one.length || !other.length) return 0;
  let [length, from, to] = [0, 0, 0];
  let before = new Uint16Array(other.length + 1);
  for (let i = 0; i < one.length; i++) {
    const row = new Uint16Array(other.length + 1);
    for (let j = 0; j < other.length; j++) {
      if (one[i] !== other[j]) continue;
      row[j + 1] = before[j] + 1;
      // Of several that are as long, the one that comes first.
      if (row[j + 1] > length) [length, from, to] = [row[j + 1], i - before[j], j - before[j]];
    }
    before = row;
  }
  if (!length) return 0;
  return (
    length +
    commonBlocks(one.slice(0, from), other.slice(0, to)) +
    commonBlocks(one.slice(from + length), other.slice(to + length))
  );
}

/** @param {string[]} near */
function didYouMean(near) {
  return near.length ? `; did you mean ${near.map((one) => `\`${one}\``).join(" or ")}?` : "";
}
