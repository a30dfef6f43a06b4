"use strict";
// The network view: vis-network draws what pyvis wrote down, one neighbourhood at a time, at the places of
// explorer-arrange.js. The library is unpacked when it is needed first.

/** @typedef {{shapes: Record<string, string>, dashes: Record<string, boolean|number[]>, options: object}} Pyvis */
/** @typedef {{left: number, top: number, right: number, bottom: number}} Extent */
/**
 * What is used of vis-network.
 * @typedef {object} VisNetwork
 * @property {() => void} destroy
 * @property {() => void} redraw
 * @property {(event: string, then: (what: {nodes: string[]}) => void) => void} on
 * @property {(width: string, height: string) => void} setSize
 * @property {(how: {animation: boolean}) => void} fit
 * @property {() => number} getScale
 * @property {(how: {scale?: number, position?: {x: number, y: number}, animation: boolean}) => void} moveTo
 * @property {(id: string) => Extent} getBoundingBox
 * @property {{data: {nodes: {get: (id: string) => {shape: string, group: string, label: string}},
 *   edges: {get: () => {from: string, to: string, dashes?: boolean|number[]}[]}}}} body
 */

/** More names than this cannot be read at once. */
const MOST = 90;
/** With more neighbours than this on a side, the relations are told by their dashes alone. */
const LABELLED = 6;
/** The size of names, and the least scale at which they can be read: then they are 12 pixels high. */
const NAME_SIZE = 14;
const LEGIBLE = 12 / NAME_SIZE;
const LONGEST_LABEL = 72;
const LABEL_END = 24;

class Network {
  /**
   * @param {HTMLElement} host @param {HTMLElement} note @param {Graph} graph @param {Pyvis} data
   * @param {(id: string) => string} groupOf the band of a model, or the kind of another node
   * @param {{choose: (id: string) => void, say: (text: string) => void}} actions
   */
  constructor(host, note, graph, data, groupOf, actions) {
    this.host = host;
    this.note = note;
    this.graph = graph;
    this.data = data;
    this.groupOf = groupOf;
    this.actions = actions;
    /** @type {VisNetwork|null} */
    this.canvas = null;
    this.centre = "";
    this.drawn = "";
    /** How many neighbours may be shown, and whether fewer are. */
    this.total = 0;
    this.limited = false;
    this.fits = false;
    /** @type {string[]} */
    this.order = [];
  }

  /** @param {string} id @param {{up: number, down: number}} reach @param {boolean} all not only as many neighbours as the window has room for */
  show(id, reach, all) {
    const { graph, host } = this;
    const { places, total, form, fits } = this.#choice(id, reach, all);
    this.fits = fits;
    this.total = Math.min(total, MOST);
    this.limited = places.size - 1 < this.total;
    const name = graph.node(id).name;
    const part =
      places.size - 1 < total
        ? `${places.size - 1} of ${total} neighbours of `
        : `${total === 1 ? "1 neighbour" : `${total} neighbours`} of `;
    this.note.replaceChildren(part, el("b", {}, name), ` within ${steps(reach)}`);
    host.setAttribute("aria-label", `Network: ${part}${name}. The details panel lists the same relations as text.`);
    const key = JSON.stringify([id, reach, theme(), [...places]]);
    if (key === this.drawn) return this.#look();
    this.drawn = key;
    this.centre = id;
    this.order = [...places.keys()];
    const colours = palette();
    const vis = library();
    this.canvas?.destroy();
    /** @type {VisNetwork} */
    const canvas = new vis.Network(
      host,
      {
        nodes: new vis.DataSet(this.order.map((one) => this.#node(one, one === id, places, form, colours))),
        edges: new vis.DataSet(this.#edges(id, places, form, colours)),
      },
      structuredClone(this.data.options),
    );
    this.canvas = canvas;
    // The frame of vis-network is a stop of the Tab key without a name; the host around it is the stop that speaks.
    host.querySelectorAll("[tabindex]").forEach((inner) => inner.setAttribute("tabindex", "-1"));
    canvas.on("click", (event) => {
      if (event.nodes.length) this.actions.choose(event.nodes[0]);
    });
    canvas.on("hoverNode", () => host.classList.add("pointing"));
    canvas.on("blurNode", () => host.classList.remove("pointing"));
    this.#look();
  }

  /** Which neighbours are shown and where. Whoever asks for more than the nearest ring asks for more than fits. @param {string} id @param {{up: number, down: number}} reach @param {boolean} all */
  #choice(id, reach, all) {
    const form = formFor(this.host.clientWidth / LEGIBLE);
    if (all || reach.up > 1 || reach.down > 1)
      return { ...arrange(this.graph, id, reach, MOST, form), form, fits: false };
    const [width, height] = [this.host.clientWidth / LEGIBLE, this.host.clientHeight / LEGIBLE];
    const around = neighbourhood(this.graph, id, reach);
    return { ...legible(this.graph, around, width, height, MOST), total: around.total };
  }

  /** @param {string} id @param {boolean} chosen @param {Map<string, Place>} places @param {Form} form @param {ReturnType<typeof palette>} colours */
  #node(id, chosen, places, form, colours) {
    const place = /** @type {Place} */ (places.get(id));
    const group = this.groupOf(id);
    const mark = colours.group(group);
    return {
      id,
      label: shortLabel(this.graph.node(id).name),
      shape: this.data.shapes[group] ?? "box",
      group,
      x: place.x,
      y: place.y,
      borderWidth: chosen ? 3 : 1.5,
      widthConstraint: { maximum: form.label },
      color: {
        background: mark.fill,
        border: mark.line,
        highlight: { background: mark.fill, border: colours.accent },
        hover: { background: mark.fill, border: colours.accent },
      },
      font: { color: colours.ink, size: chosen ? NAME_SIZE + 4 : NAME_SIZE, face: "system-ui, sans-serif" },
    };
  }

  /** @param {string} id @param {Map<string, Place>} places @param {Form} form @param {ReturnType<typeof palette>} colours */
  #edges(id, places, form, colours) {
    /** @type {Map<string, number>} */
    const pairs = new Map();
    const drawn = this.graph.edges.filter((edge) => {
      // An edge is drawn where a neighbour was found by it; the others would hide the ones that matter.
      const from = places.get(edge.source);
      const to = places.get(edge.target);
      return from && to && (from.by === edge.target || to.by === edge.source);
    });
    return drawn.map((edge, at) => {
      const far = /** @type {Place} */ (places.get(edge.source === id ? edge.target : edge.source));
      const pair = JSON.stringify([edge.source, edge.target]);
      const before = pairs.get(pair) ?? 0;
      pairs.set(pair, before + 1);
      const crowd = this.order.filter((one) => places.get(one)?.side === far.side).length;
      const labelled = (edge.source === id || edge.target === id) && crowd <= LABELLED && form.label === WIDE.label && edge.relation;
      const style = edge.basis ?? edge.kind;
      const dashes = Object.hasOwn(this.data.dashes, style) ? { dashes: this.data.dashes[style] } : {};
      return {
        id: at,
        from: edge.source,
        to: edge.target,
        label: labelled ? String(edge.relation).replaceAll("-", " ") : undefined,
        ...dashes,
        // A second claim about the same pair runs beside the first; the rest leave their end straight, between names.
        smooth: before
          ? { enabled: true, type: "curvedCW", roundness: 0.18 * before }
          : {
              enabled: true,
              type: "cubicBezier",
              roundness: 0.5,
              forceDirection: far.side === "left" || far.side === "right" ? "horizontal" : "vertical",
            },
        color: { color: colours.muted, highlight: colours.accent, hover: colours.accent },
        font: {
          color: colours.muted,
          size: NAME_SIZE,
          face: "system-ui, sans-serif",
          strokeColor: colours.page,
          strokeWidth: 4,
          align: "middle",
        },
      };
    });
  }

  /** All of it where that can be read, else the chosen node in the middle at a size that can. */
  #look() {
    if (!this.canvas || !this.host.clientWidth) return;
    this.canvas.setSize("100%", "100%");
    this.canvas.redraw();
    this.canvas.fit({ animation: false });
    const scale = this.canvas.getScale();
    if (scale > 1.1) this.canvas.moveTo({ scale: 1.1, animation: false });
    else if (scale < LEGIBLE && this.fits) this.canvas.moveTo({ scale: LEGIBLE, animation: false });
    else if (scale < LEGIBLE) this.canvas.moveTo({ position: { x: 0, y: 0 }, scale: LEGIBLE, animation: false });
  }

  /** @param {number} factor */
  zoom(factor) {
    this.canvas?.moveTo({ scale: clamp(this.canvas.getScale() * factor, 0.1, 4), animation: false });
  }

  fit() {
    this.canvas?.fit({ animation: false });
  }

}

/** @param {{up: number, down: number}} reach @returns {string} */
function steps({ up, down }) {
  const words = (/** @type {number} */ count) =>
    count === 1 ? "one step" : count === 2 ? "two steps" : `${count} steps`;
  return up === down ? words(up) : `${words(up)} up and ${words(down)} down`;
}

/** @param {string} name @returns {string} without its middle where it is long: names of one series differ at the end */
function shortLabel(name) {
  if (name.length <= LONGEST_LABEL) return name;
  return `${name.slice(0, LONGEST_LABEL - LABEL_END).trimEnd()} … ${name.slice(-LABEL_END).trimStart()}`;
}

/**
 * vis-network, unpacked and run when it is asked for first. The policy of the page names the digest of exactly this
 * text, so no other text would run; the maker of trusted scripts is there because a policy of that name may be.
 * @returns {any}
 */
function library() {
  const page = /** @type {any} */ (window);
  if (!page.vis) {
    const text = unpack(document.getElementById("packed-library")?.textContent ?? "");
    const trusted = page.trustedTypes?.createPolicy("lineage", { createScript: (/** @type {string} */ one) => one });
    const script = document.createElement("script");
    script.textContent = trusted ? trusted.createScript(text) : text;
    document.head.append(script);
    script.remove();
  }
  return page.vis;
}

/** @returns {"light"|"dark"} the theme that is on */
function theme() {
  const set = document.documentElement.dataset.theme;
  if (set === "light" || set === "dark") return set;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** The colours of the style sheet, for the canvas. */
function palette() {
  const style = getComputedStyle(document.documentElement);
  const read = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  return {
    ink: read("--ink"),
    muted: read("--muted"),
    page: read("--page"),
    accent: read("--accent"),
    group: (/** @type {string} */ key) => ({
      line: read(`--mark-${key}`) || read("--muted"),
      fill: read(`--fill-${key}`) || read("--card"),
    }),
  };
}
