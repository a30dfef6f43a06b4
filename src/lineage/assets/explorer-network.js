"use strict";
// The network view: vis-network draws what pyvis wrote down, one neighbourhood at a time, at the places of
// explorer-arrange.js. The library is unpacked when it is needed first.

/** @typedef {{shapes: Record<string, string>, dashes: Record<string, boolean|number[]>, options: object}} Pyvis */
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
 *   edges: {get: () => VisEdge[]}}}} body
 * @typedef {{from: string, to: string, label?: string, dashes?: boolean|number[], smooth: Bend, color: {color: string}}} VisEdge
 */

/** More names than this cannot be read at once. */
const MOST = 90;
/** With more neighbours than this on a side, the relations are told by their dashes alone. */
const LABELLED = 6;
/** With more claims than this among the nodes of a selection likewise. */
const LABELLED_AMONG = 14;
/** The size of names, and the least scale at which they can be read: then they are 12 pixels high. */
const NAME_SIZE = 14;
const LEGIBLE = 12 / NAME_SIZE;
const LONGEST_LABEL = 72;
const LABEL_END = 24;

/** What a neighbourhood says of its sides, and what columns say. */
const SIDES = "Left: came from. Right: led to. Above: techniques. Below: papers.";
const FORWARD = "Each arrow leads to what came later.";

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
    /** @type {Scope} */
    this.scope = { centre: null, other: null, ids: [], within: EVERYTHING, limited: false, fault: "" };
    /** @type {(id: string) => string} the class that colours a node */
    this.tone = () => "tone-0";
    this.drawn = "";
    /** How many neighbours may be shown, and whether fewer are. */
    this.total = 0;
    this.limited = false;
    this.fits = false;
    /** Whether columns have room for words beside their lines. */
    this.roomy = false;
    /** Whether they are rows. */
    this.down = false;
    /** How many nodes or neighbours there are, shown or not. */
    this.whole = 0;
    /** @type {string[]} the nodes that are drawn */
    this.order = [];
    /** @type {EdgeData[]} the claims that are drawn, each as a line */
    this.claims = [];
    /** @type {Map<string, Place>} */
    this.places = new Map();
  }

  /**
   * @param {Scope} scope @param {{up: number, down: number}} reach @param {boolean} all not only as many neighbours as the window has room for
   * @param {(id: string) => string} tone the class that colours a node @param {string} limits the filters that are on, in words
   */
  show(scope, reach, all, tone, limits) {
    this.scope = scope;
    this.tone = tone;
    const around = scope.centre !== null && scope.other === null;
    const form = around ? this.#around(scope, reach, all) : this.#among(scope);
    this.order = [...this.places.keys()];
    this.#tell(reach, limits);
    const colours = palette();
    const nodes = this.order.map((id) => this.#node(id, id === scope.centre || id === scope.other, form, colours));
    const edges = this.#edges(form, around, colours);
    const key = JSON.stringify([nodes, edges, theme()]);
    if (key === this.drawn) return this.#look(form);
    this.drawn = key;
    const vis = library();
    this.canvas?.destroy();
    /** @type {VisNetwork} */
    const canvas = new vis.Network(
      this.host,
      { nodes: new vis.DataSet(nodes), edges: new vis.DataSet(edges) },
      structuredClone(this.data.options),
    );
    this.canvas = canvas;
    // The frame of vis-network is a stop of the Tab key without a name; the host around it is the stop that speaks.
    this.host.querySelectorAll("[tabindex]").forEach((inner) => inner.setAttribute("tabindex", "-1"));
    canvas.on("click", (event) => {
      if (event.nodes.length) this.actions.choose(event.nodes[0]);
    });
    canvas.on("hoverNode", () => this.host.classList.add("pointing"));
    canvas.on("blurNode", () => this.host.classList.remove("pointing"));
    this.#look(form);
  }

  /**
   * Places the neighbours of a node. Whoever asks for more than the nearest ring asks for more than fits.
   * @param {Scope} scope @param {{up: number, down: number}} reach @param {boolean} all @returns {Form}
   */
  #around({ centre, within, limited }, reach, all) {
    const id = /** @type {string} */ (centre);
    const { graph, host } = this;
    const [width, height] = [host.clientWidth / LEGIBLE, host.clientHeight / LEGIBLE];
    const around = neighbourhood(graph, id, reach, within);
    const plain = formFor(width);
    const { places, form, fits } =
      all || reach.up > 1 || reach.down > 1
        ? { ...arrange(graph, id, reach, MOST, plain, within), form: plain, fits: false }
        : legible(graph, around, width, height, MOST);
    this.places = places;
    this.fits = fits;
    this.total = Math.min(around.total, MOST);
    this.limited = places.size - 1 < this.total;
    this.whole = limited ? neighbourhood(graph, id, reach).total : around.total;
    this.claims = graph.edges.filter((edge) => {
      // An edge is drawn where a neighbour was found by it; the others would hide the ones that matter.
      const from = places.get(edge.source);
      const to = places.get(edge.target);
      return from && to && (from.by === edge.target || to.by === edge.source) && within.edge(edge);
    });
    return form;
  }

  /** Places the nodes of a selection, or those between two, in columns. @param {Scope} scope @returns {Form} */
  #among(scope) {
    const { graph } = this;
    const [width, height] = [this.host.clientWidth / LEGIBLE, this.host.clientHeight / LEGIBLE];
    const form = formFor(width);
    const ids = mostJoined(graph, scope, MOST);
    this.claims = claimsAmong(graph, ids, scope.within);
    const extent = (/** @type {string} */ id) => this.#extent(id, { x: 0, y: 0 }, form);
    const { places, fits, roomy, down } = layered(graph, ids, this.claims, extent, form, width, height);
    this.places = places;
    this.fits = fits;
    this.down = down;
    this.roomy = roomy && this.claims.length <= LABELLED_AMONG;
    this.limited = false;
    this.total = ids.length;
    this.whole = scope.ids.length;
    return form;
  }

  /** @param {string} id @param {Point} at @param {Form} form @returns {Extent} */
  #extent(id, at, form) {
    const oval = this.data.shapes[this.groupOf(id)] === "ellipse";
    return extentOf(shortLabel(this.graph.node(id).name), at, form.label, oval);
  }

  /** The line above the picture: how much is shown, and why. @param {{up: number, down: number}} reach @param {string} limits */
  #tell(reach, limits) {
    const { graph, order, claims } = this;
    const { centre, other, limited, fault } = this.scope;
    const { whole } = this;
    const why = limited && limits ? [": ", el("b", {}, limits)] : [];
    /** @type {(Node|string)[]} */
    let told;
    if (centre === null) {
      const what = kindsAmong(graph, order, whole);
      const first = claims.length ? "those with the most claims among them" : "the earliest";
      const most = order.length < whole ? `, ${first}` : "";
      const joined = order.length < whole || order.length < 2 ? "" : ` and ${counted(claims.length, "claim")} among them`;
      told = whole ? [`${what}${most}${joined}`, ...why] : ["Nothing matches", ...why];
    } else if (other !== null)
      told = [`${counted(order.length, "node")}: what joins `, el("b", {}, graph.node(centre).name), " and ", el("b", {}, graph.node(other).name)];
    else {
      const drawn = order.length - 1;
      const part = drawn < whole ? `${drawn} of ${counted(whole, "neighbour")} of ` : `${counted(whole, "neighbour")} of `;
      told = [part, el("b", {}, graph.node(centre).name), ` within ${steps(reach)}`, ...why];
    }
    this.note.replaceChildren(...told, ...(fault ? [" ", el("span", { class: "fault" }, fault)] : []));
    const compass = this.note.parentElement?.querySelector(".compass");
    if (compass) compass.textContent = centre !== null && other === null ? SIDES : FORWARD;
    const text = centre === null ? "The table lists the same as text." : "The details panel lists the same relations as text.";
    this.host.setAttribute("aria-label", `Network: ${this.note.textContent}. ${text}`);
  }

  /** @param {string} id @param {boolean} chosen @param {Form} form @param {ReturnType<typeof palette>} colours */
  #node(id, chosen, form, colours) {
    const { x, y } = /** @type {Place} */ (this.places.get(id));
    const group = this.groupOf(id);
    const mark = colours.tone(this.tone(id));
    return {
      id,
      label: shortLabel(this.graph.node(id).name),
      shape: this.data.shapes[group] ?? "box",
      group,
      x,
      y,
      borderWidth: chosen ? 3 : 1.5,
      widthConstraint: { maximum: form.label },
      color: {
        background: mark.fill,
        border: chosen ? colours.accent : mark.line,
        highlight: { background: mark.fill, border: colours.accent },
        hover: { background: mark.fill, border: colours.accent },
      },
      font: { color: colours.ink, size: chosen ? NAME_SIZE + 4 : NAME_SIZE, face: "system-ui, sans-serif" },
    };
  }

  /** @param {Form} form @param {boolean} around @param {ReturnType<typeof palette>} colours */
  #edges(form, around, colours) {
    const { places } = this;
    const { centre } = this.scope;
    /** @type {Map<string, number>} */
    const pairs = new Map();
    const extents = new Map(this.order.map((id) => [id, this.#extent(id, placeOf(places, id), form)]));
    return this.claims.map((edge, at) => {
      const far = placeOf(places, edge.source === centre ? edge.target : edge.source);
      const pair = JSON.stringify([edge.source, edge.target]);
      const before = pairs.get(pair) ?? 0;
      pairs.set(pair, before + 1);
      const crowd = this.order.filter((one) => places.get(one)?.side === far.side).length;
      const near = edge.source === centre || edge.target === centre;
      const roomy = around ? near && crowd <= LABELLED : this.roomy;
      const style = edge.basis ?? edge.kind;
      const dashes = Object.hasOwn(this.data.dashes, style) ? { dashes: this.data.dashes[style] } : {};
      const upright = around ? far.side === "above" || far.side === "below" : this.down;
      const way = upright ? "vertical" : "horizontal";
      const names = [...extents].flatMap(([id, extent]) => (id === edge.source || id === edge.target ? [] : [extent]));
      const line = lineTone(edge);
      return {
        id: at,
        from: edge.source,
        to: edge.target,
        label: roomy && form.label === WIDE.label && edge.relation ? word(SHORT_RELATIONS, edge.relation) : undefined,
        ...dashes,
        // A second claim about the same pair runs beside the first.
        smooth: before
          ? /** @type {Bend} */ ({ enabled: true, type: "curvedCW", roundness: 0.18 * before })
          : bendAround(placeOf(places, edge.source), placeOf(places, edge.target), way, names),
        color: { color: line ? colours.tone(line).line : colours.muted, highlight: colours.accent, hover: colours.accent },
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

  /** All of it where that can be read, else the chosen node in the middle at a size that can; of columns the first. @param {Form} form */
  #look(form) {
    if (!this.canvas || !this.host.clientWidth) return;
    this.canvas.setSize("100%", "100%");
    this.canvas.redraw();
    this.canvas.fit({ animation: false });
    const scale = this.canvas.getScale();
    if (scale > 1.1) this.canvas.moveTo({ scale: 1.1, animation: false });
    else if (scale < LEGIBLE && this.fits) this.canvas.moveTo({ scale: LEGIBLE, animation: false });
    else if (scale < LEGIBLE) this.canvas.moveTo({ position: this.#beginning(form), scale: LEGIBLE, animation: false });
  }

  /** What stands in the middle of the window where not all is in sight. @param {Form} form @returns {Point} */
  #beginning(form) {
    const { centre, other } = this.scope;
    const places = [...this.places.values()];
    if ((centre !== null && other === null) || !places.length) return { x: 0, y: 0 };
    const [width, height] = [this.host.clientWidth / LEGIBLE, this.host.clientHeight / LEGIBLE];
    const edge = form.label / 2 + EDGE_ROOM;
    const left = Math.min(...places.map(({ x }) => x)) - edge;
    const right = Math.max(...places.map(({ x }) => x)) + edge;
    const first = places.filter(({ x }) => this.down || x < left + 2 * edge).map(({ y }) => y);
    const top = Math.min(...first) - form.column.height;
    const bottom = Math.max(...first) + form.column.height;
    return {
      x: right - left <= width ? (left + right) / 2 : left + width / 2,
      y: bottom - top <= height ? (top + bottom) / 2 : top + height / 2,
    };
  }

  /** @param {number} factor */
  zoom(factor) {
    this.canvas?.moveTo({ scale: clamp(this.canvas.getScale() * factor, 0.1, 4), animation: false });
  }

  fit() {
    this.canvas?.fit({ animation: false });
  }

}

/** @param {Map<string, Place>} places @param {string} id @returns {Place} of a node that is drawn */
function placeOf(places, id) {
  return /** @type {Place} */ (places.get(id));
}

/** The class that colours the line of a claim about a technique; of other claims none. @param {EdgeData} edge @returns {string} */
function lineTone({ kind }) {
  return ["uses-technique", "introduced-technique", "refines"].includes(kind) ? "tone-technique" : "";
}

/** How many are drawn of which kinds. @param {Graph} graph @param {readonly string[]} ids @param {number} whole how many there are @returns {string} */
function kindsAmong(graph, ids, whole) {
  const kinds = new Set(ids.map((id) => graph.node(id).kind));
  const what = kinds.size === 1 ? [...kinds][0] : "node";
  return ids.length < whole ? `${ids.length} of ${counted(whole, what)}` : counted(whole, what);
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
  /** @type {Map<string, {line: string, fill: string}>} */
  const tones = new Map();
  const tone = (/** @type {string} */ name) => {
    const probe = el("span", { class: name });
    document.body.append(probe);
    const own = getComputedStyle(probe);
    // A canvas takes no mixtures.
    const [line, fill] = ["--mark", "--fill"].map((one) => plainColour(own.getPropertyValue(one).trim()));
    probe.remove();
    tones.set(name, { line, fill });
    return { line, fill };
  };
  return {
    /** The colours of a class of the style sheet. @param {string} name */
    tone: (name) => tones.get(name) ?? tone(name),
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
