"use strict";
// How two nodes are related, as a reader sees it: the answer in a sentence, then every line of descent, each step with
// its relation, evidence and sources; and queries that name two.

/** Lines of descent that are unfolded; more are a press away. */
const SHOWN_PATHS = 3;
/** So long a line shows its sources from the start. */
const SHORT_PATH = 6;

class RelationView {
  /** @param {HTMLElement} host @param {Graph} graph @param {() => Search} search @param {PanelActions} actions */
  constructor(host, graph, search, actions) {
    this.host = host;
    this.graph = graph;
    this.search = search;
    this.actions = actions;
  }

  /** @param {string} one @param {string} other */
  show(one, other) {
    const { graph, actions } = this;
    const found = relationship(graph, one, other);
    const name = (/** @type {string} */ id) => graph.node(id).name;
    const link = el("button", { type: "button" }, "Copy link");
    link.addEventListener("click", () => copyText(link, actions.link(one, other), "Link", actions.say));
    const swap = el("button", { type: "button" }, "Swap");
    swap.addEventListener("click", () => {
      actions.relate(other, one);
      this.host.querySelector("h2")?.focus();
    });
    const back = el("button", { type: "button" }, "Details");
    back.setAttribute("aria-label", `Back to the details of ${name(one)}`);
    back.addEventListener("click", () => {
      actions.relate(one, null);
      this.host.querySelector("h2")?.focus();
    });
    const head = panelHead(
      ["How they are related"],
      `${name(one)} and ${name(other)}`,
      actions.close,
      back,
      link,
      swap,
    );
    const body = el("div", { class: "body relation" }, el("p", { class: "answer" }, relationAnswer(graph, found)));
    const apart = apartAnswer(graph, one, other);
    if (apart) body.append(el("p", { class: "apart" }, apart));
    const ends = el("div", { class: "pair" }, this.#end(one), this.#end(other));
    body.append(ends);
    if (found.paths.length && found.older !== null && found.newer !== null)
      body.append(this.#lines(found.older, found.newer, found.paths));
    for (const { id, toOne, toOther } of found.common)
      body.append(
        el("h3", { class: "ancestor" }, "Nearest common ancestor: ", name(id)),
        this.#lines(id, one, toOne),
        this.#lines(id, other, toOther),
      );
    if (found.direct.length)
      body.append(
        el(
          "section",
          {},
          el("h3", {}, "What is said of the two"),
          ...found.direct.map((edge) => this.#steps([edge.source, edge.target], () => [edge], true)),
        ),
      );
    if (found.chain.length) body.append(this.#chain(found.chain));
    if (found.shared.length)
      body.append(
        el(
          "section",
          {},
          el("h3", {}, "Techniques that both use", el("span", { class: "count" }, ` ${found.shared.length}`)),
          el("ul", { class: "shared" }, ...found.shared.map((id) => el("li", {}, this.#end(id)))),
        ),
      );
    const again = picker(graph, this.search(), graph.node(one), (next) => actions.relate(one, next), actions.say);
    body.append(again);
    this.host.replaceChildren(head, body);
  }

  /** @param {string} id */
  #end(id) {
    return endButton(this.graph.node(id), (chosen) => {
      this.actions.choose(chosen);
      this.host.querySelector("h2")?.focus();
    });
  }

  /** Every line from an older node down to a newer one. @param {string} older @param {string} newer @param {string[][]} paths */
  #lines(older, newer, paths) {
    const { graph } = this;
    const [from, to] = [graph.node(older), graph.node(newer)];
    const count = paths.length >= MOST_PATHS ? `the first ${MOST_PATHS} lines` : counted(paths.length, "line");
    const heading = el(
      "h3",
      {},
      `From ${from.name} to ${to.name}`,
      el("span", { class: "count" }, ` ${count}, ${apartWords(from.date, to.date)}`),
    );
    const section = el("section", { class: "lines-of-descent" }, heading);
    const own = (/** @type {string} */ a, /** @type {string} */ b) => descentBetween(graph, a, b);
    const add = (/** @type {string[]} */ path, /** @type {boolean} */ open) =>
      section.append(this.#line(path, own, open));
    paths.slice(0, SHOWN_PATHS).forEach((path, index) => add(path, index === 0));
    const rest = paths.slice(SHOWN_PATHS);
    if (rest.length) {
      const more = el("button", { type: "button", class: "more" }, `Show ${counted(rest.length, "more line")}`);
      more.addEventListener("click", () => {
        more.remove();
        rest.forEach((path) => add(path, false));
        const next = section.querySelectorAll("details.line-of-descent > summary")[SHOWN_PATHS];
        if (next instanceof HTMLElement) next.focus();
        this.actions.say(`${counted(paths.length, "line")} shown`);
      });
      section.append(more);
    }
    return section;
  }

  /**
   * One line as a summary of its names, with its steps below.
   * @param {string[]} path @param {(from: string, to: string) => EdgeData[]} claims @param {boolean} open
   */
  #line(path, claims, open) {
    const names = path.map((id) => this.graph.node(id).name);
    const line = el(
      "details",
      { class: "line-of-descent", open },
      el("summary", {}, el("span", {}, names.join(" → "))),
    );
    const make = () => {
      if (line.childElementCount === 1) line.append(this.#steps(path, claims, path.length <= SHORT_PATH + 1));
    };
    if (open) make();
    line.addEventListener("toggle", () => line.hasAttribute("open") && make());
    return line;
  }

  /**
   * Name, claim, name, claim ... down one line.
   * @param {string[]} path @param {(from: string, to: string) => EdgeData[]} claims @param {boolean} open whether sources are
   */
  #steps(path, claims, open) {
    const items = path.map((id, index) => {
      const before = path[index - 1];
      const own = before === undefined ? [] : claims(before, id);
      const views = own.map((edge) => claimView(edge, { form: "into", open, extra: said(this.graph, edge) }));
      return el("li", {}, ...views, this.#end(id));
    });
    return el("ol", { class: "steps" }, ...items);
  }

  /** @param {ChainLink[]} chain */
  #chain(chain) {
    const path = [chain[0].from, ...chain.map((link) => link.to)];
    const claims = (/** @type {string} */ from, /** @type {string} */ to) =>
      chain.filter((link) => link.from === from && link.to === to).map((link) => link.edge);
    return el(
      "section",
      {},
      el(
        "h3",
        {},
        "Shortest chain of claims of any kind",
        el("span", { class: "count" }, ` ${counted(chain.length, "step")}`),
      ),
      el("p", { class: "empty" }, "No descent: only what joins them in this graph."),
      this.#steps(path, claims, chain.length <= SHORT_PATH),
    );
  }
}

/** A claim that is no descent, in words. @param {Graph} graph @param {EdgeData} edge */
function said(graph, edge) {
  const [source, target] = [graph.node(edge.source).name, graph.node(edge.target).name];
  switch (edge.kind) {
    case "uses-technique":
      return `${target} uses ${source}.`;
    case "introduced-technique":
      return `${source} introduces ${target}.`;
    case "described-by":
      return `${source} describes ${target}.`;
    default:
      return "";
  }
}

/** @param {Graph} graph @param {Relationship} found */
function relationAnswer(graph, found) {
  const name = (/** @type {string} */ id) => graph.node(id).name;
  const { one, other, older, newer, paths, common, direct, chain } = found;
  if (one === other) return "They are the same.";
  if (older !== null && newer !== null) {
    const shortest = paths[0]?.length - 1;
    const lines =
      paths.length === 1 ? "one line" : paths.length >= MOST_PATHS ? "very many lines" : `${paths.length} lines`;
    const way = shortest === 1 ? "directly" : `in ${counted(shortest, "step")}`;
    return `${name(newer)} came of ${name(older)}, by ${lines}${paths.length > 1 ? `, the shortest ${way}` : ` ${way}`}.`;
  }
  if (common.length) {
    const told = common.map(({ id }) => `${name(id)} (${graph.node(id).date})`);
    return `Neither came of the other. Both came of ${listed(told)}.`;
  }
  if (direct.length) return direct.map((edge) => said(graph, edge)).join(" ");
  if (chain.length) return "No line of descent joins them.";
  return "Nothing in this graph joins them.";
}

/** The time between two. @param {Graph} graph @param {string} one @param {string} other */
function apartAnswer(graph, one, other) {
  if (one === other) return "";
  const [a, b] = [graph.node(one), graph.node(other)];
  const words = apartWords(a.date, b.date);
  return `${b.name} (${b.date}) is ${words.endsWith("date") || words.endsWith("time") ? "dated " : ""}${words}${
    words.endsWith("date") ? " as" : words.endsWith("time") ? " as" : " than"
  } ${a.name} (${a.date}).`;
}

/** @typedef {{one: string, other: string}} Pair two nodes that are to be related */

/** A line of the search results that asks how two are related. @param {Graph} graph @param {Pair} pair @param {string} id */
function pairItem(graph, { one, other }, id) {
  return el(
    "li",
    { role: "option", id, "aria-selected": "false" },
    el("span", { class: "dot kind-selection", "aria-hidden": "true" }),
    el("span", { class: "found" }, `${graph.node(one).name} and ${graph.node(other).name}`),
    el("span", { class: "why" }, "how they are related"),
  );
}

/** Two names beside each other may ask for what joins them. @param {string[][]|null} named the nodes of each name @returns {Pair|null} */
function pairIn(named) {
  const [one, other] = (named ?? []).flat();
  return named?.length === 2 && named.flat().length === 2 && one !== other ? { one, other } : null;
}

/**
 * The two nodes that a query names: "bert and gpt-4", "BERT vs GPT-4", "how are BERT and GPT-4 related?".
 * @param {Search} search @param {string} query @returns {Pair|null}
 */
function pairOf(search, query) {
  const asked = query
    .trim()
    .replace(/^how (?:are|is) /i, "")
    .replaceAll(/\s*related(?= to )|\s*related\s*$|\?\s*$/gi, "")
    .replace(/\s*related\s*$/i, "");
  const parts = asked.split(/\s+(?:and|vs\.?|versus|to)\s+|\s*\.\.\s*/i);
  if (parts.length !== 2) return null;
  const ids = parts.map((part) => {
    const [hit] = search.find(part, 1).hits;
    // Only what the two are called, from its beginning: a guess would answer a question that was not asked.
    return hit && hit.rank < 12 ? hit.node.id : null;
  });
  const [one, other] = ids;
  return one && other && one !== other ? { one, other } : null;
}
