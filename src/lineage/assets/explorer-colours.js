"use strict";
// What the colours of the models say, and the part of the legend that tells it.

/** As many makers have a colour of their own as the palette has colours that all eyes tell apart. */
const MAKERS = 6;
const AGES = 6;
const WEIGHT_TONES = { open: "tone-1", restricted: "tone-2", api: "tone-3", unreleased: "tone-4" };
const WEIGHT_LABELS = { open: "open", restricted: "restricted", api: "only as a service", unreleased: "not released" };
const COLOUR_LABELS = {
  architecture: "Architecture",
  maker: "Maker",
  weights: "Weights",
  year: "Year",
  technique: "Use of a technique",
};

class Colours {
  /** @param {Graph} graph @param {Shown} shown @param {{labels: Record<string, string>, of: Record<string, string>}} bands */
  constructor(graph, shown, bands) {
    this.graph = graph;
    this.shown = shown;
    this.bands = bands;
    this.makers = [...shown.counts("org", DEFAULT).keys()].slice(0, MAKERS);
    this.users = { technique: /** @type {string|null} */ (null), uses: new Set(), first: new Set() };
  }

  /** @param {string} id @returns {string} the band of a model, or the kind of another node */
  groupOf(id) {
    const node = this.graph.node(id);
    if (node.kind !== "model") return node.kind;
    const { of } = this.bands;
    return (Object.hasOwn(of, node.architecture) && of[node.architecture]) || "undisclosed";
  }

  /** @param {State} state @returns {(id: string) => string} the class that colours a node of any kind */
  toneOfAny(state) {
    const tone = this.tone(state);
    return (id) => {
      const { kind } = this.graph.node(id);
      return kind === "model" ? tone(id) : `tone-${kind}`;
    };
  }

  /** @param {State} state @returns {(id: string) => string} the class that colours a model */
  tone(state) {
    const facts = (/** @type {string} */ id) => /** @type {Facts} */ (this.shown.facts.get(id));
    if (state.colour === "maker")
      return (id) => `tone-${this.makers.findIndex((maker) => facts(id).org.includes(maker)) + 1}`;
    if (state.colour === "weights") return (id) => word(WEIGHT_TONES, facts(id).weights) || "tone-0";
    if (state.colour === "year") return (id) => `age-${this.#age(facts(id).year)}`;
    if (state.colour === "technique" && state.technique !== null) {
      const { uses, first } = this.#usersOf(state.technique);
      return (id) => (first.has(id) ? "tone-1" : uses.has(id) ? "tone-2" : "tone-0");
    }
    return (id) => `band-${this.groupOf(id)}`;
  }

  /** @param {number} year */
  #age(year) {
    const { last } = this.shown;
    // The last years have most of the models: they are told apart one by one, those before them are one.
    return clamp(year - last + AGES - 1, 0, AGES - 1);
  }

  /** @param {string} technique */
  #usersOf(technique) {
    if (this.users.technique !== technique) {
      const { graph } = this;
      const uses = new Set(graph.outOf(technique, "uses-technique").map((edge) => edge.target));
      const by = graph.into(technique, "introduced-technique").map((edge) => edge.source);
      const first = new Set(by.filter((id) => graph.node(id).kind === "model"));
      for (const id of by) for (const edge of graph.outOf(id, "described-by")) first.add(edge.target);
      this.users = { technique, uses, first };
    }
    return this.users;
  }

  /** @param {State} state @returns {HTMLElement[]} the legend of the colours that are on */
  legend(state) {
    /** @type {[string, string][]} */
    let rows;
    const { last } = this.shown;
    if (state.colour === "maker")
      rows = [
        ...this.makers.map((maker, at) => /** @type {[string, string]} */ ([`tone-${at + 1}`, maker])),
        ["tone-0", "others"],
      ];
    else if (state.colour === "weights")
      rows = Object.entries(WEIGHT_TONES).map(([key, tone]) => [tone, word(WEIGHT_LABELS, key)]);
    else if (state.colour === "year")
      rows = Array.from({ length: AGES }, (_, at) => [
        `age-${at}`,
        at ? String(last - AGES + 1 + at) : `${last - AGES + 1} and before`,
      ]);
    else if (state.colour === "technique" && state.technique !== null) {
      const { name } = this.graph.node(state.technique);
      rows = [
        ["tone-1", `came with ${name}`],
        ["tone-2", `uses ${name}`],
        ["tone-0", "no use is known"],
      ];
    } else rows = Object.entries(this.bands.labels).map(([key, label]) => [`band-${key}`, label]);
    return [
      el("h2", {}, word(COLOUR_LABELS, state.colour)),
      el("ul", {}, ...rows.map(([tone, label]) => el("li", {}, swatch(tone), label))),
    ];
  }
}

/** @param {string} tone */
function swatch(tone) {
  const box = svg("rect", { class: "box", width: 24, height: 12, rx: 2.5 });
  const mark = svg("g", { class: `node ${tone} weights-open`, transform: "translate(1 1)" }, box);
  return svg("svg", { width: 26, height: 14, "aria-hidden": "true" }, mark);
}
