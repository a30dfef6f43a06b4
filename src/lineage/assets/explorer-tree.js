"use strict";
// The tree view: inline SVG of a part of the layout, drawn close (explorer-squeeze.js), with the years above it.

const AXIS = 28;
/** Between the edge of a box and its name, in points. */
const PADDING = 5;
/** A finger is wide: a tap opens the nearest node within this many screen pixels. */
const REACH = 22;
const NARROW = 600;
const YEAR_ROOM = 40;
const DESCRIBED_AT_ONCE = 30;
/** Of width for each of many models. */
const POINTS_EACH = 3.2;

class Tree {
  /**
   * @param {HTMLElement} host @param {Graph} graph @param {Geometry} geometry
   * @param {{choose: (id: string) => void, unfold: (id: string) => void, years: (from: number, to: number) => void}} actions
   */
  constructor(host, graph, geometry, actions) {
    this.host = host;
    this.graph = graph;
    this.geometry = geometry;
    this.actions = actions;
    /** @type {Picture} */
    this.picture = {
      width: 1,
      height: 1,
      boxes: new Map(),
      chips: [],
      pills: new Map(),
      lines: [],
      bands: [],
      ticks: [],
    };
    /** @type {Map<string, SVGElement>} marks that were made, on the page or not */
    this.made = new Map();
    /** @type {Map<string, SVGElement>} marks that are on the page */
    this.marks = new Map();
    /** @type {Map<string, SVGElement>} lines by the model that they lead to */
    this.lines = new Map();
    /** @type {Map<string, string>} the shown model that each hangs on */
    this.parent = new Map();
    /** @type {string|null} */
    this.stop = null;
    this.drawn = "";
    /** The width of the window without the panel, as it was measured for the picture. */
    this.whole = 0;
    /** @type {Set<string>} marks that say only their names so far: no picture waits for the rest */
    this.brief = new Set();
    /** @type {string[]} shown models that belong to the chosen node, the earliest first */
    this.lit = [];
    this.back = svg("g", { "aria-hidden": "true" });
    this.paths = svg("g", { class: "lines", "aria-hidden": "true" });
    this.extra = svg("g", { class: "extra", "aria-hidden": "true" });
    this.chips = svg("g", { "aria-hidden": "true" });
    this.nodes = svg("g", {
      role: "tree",
      "aria-label":
        "Models by date; left is the parent, right the first child, up and down the siblings, the space bar unfolds",
    });
    this.pills = svg("g", { "aria-hidden": "true" });
    this.scene = svg("g", { class: "scene" }, this.back, this.paths, this.extra, this.chips, this.nodes, this.pills);
    // Moving is apart from scaling, so that the browser can move what it has painted.
    this.moving = svg("g", { class: "moving" }, this.scene);
    this.names = svg("g", { class: "band-names", "aria-hidden": "true" });
    this.axis = svg("g", { class: "axis", "aria-hidden": "true" });
    this.svg = svg("svg", { class: "tree" }, this.moving, this.names, this.axis);
    host.append(this.svg);
    this.pane = new Pane(host, this.svg, AXIS, {
      moved: () => this.#moved(),
      tapped: (point, target) => this.#tapped(point, target),
    });
    this.svg.addEventListener("keydown", (event) => this.#key(event));
    this.svg.addEventListener("focusin", (event) => {
      const id = /** @type {Element} */ (event.target).getAttribute("data-id");
      if (id && /** @type {Element} */ (event.target).matches(":focus-visible")) this.reveal(id);
    });
    brush(this);
  }

  get boxes() {
    return this.picture.boxes;
  }

  // -- drawing -------------------------------------------------------------------------------------------------------

  /**
   * @param {State} state @param {Sight} sight @param {State|null} before
   * @param {(id: string) => string} tone the class that colours a model
   */
  show(state, sight, before, tone) {
    const first = !this.picture.boxes.size;
    this.pane.measure();
    const room = this.#room(sight.models.size);
    const key = JSON.stringify([[...sight.models].sort(), [...sight.pills], room]);
    const anew = key !== this.drawn && room > 0;
    if (anew) {
      this.drawn = key;
      const anchor = first ? null : this.#anchor(state, sight);
      const from = anchor === null ? undefined : this.boxes.get(anchor);
      this.picture = squeeze(this.geometry, sight.models, sight.pills, room);
      this.pane.scene = { width: this.picture.width, height: this.picture.height };
      this.#draw(state);
      const to = anchor === null ? undefined : this.boxes.get(anchor);
      const { pane } = this;
      if (from && to) pane.place(pane.x + (from.x - to.x) * pane.scale, pane.y + (from.y - to.y) * pane.scale);
      else this.open();
    }
    for (const [id, mark] of this.marks) mark.setAttribute("class", this.#classes(id, tone(id), state, sight));
    for (const { from, to: id, kind, through } of this.picture.lines) {
      const line = this.lines.get(id);
      const among = (/** @type {string} */ one) => one === state.node || sight.up.has(one) || sight.down.has(one);
      const lit = this.graph.nodes.get(state.node ?? "")?.kind === "model" && among(from) && among(id);
      const side = lit ? (id === state.node || sight.up.has(id) ? " lit up" : " lit") : "";
      line?.setAttribute("class", `line ${through ? "through" : `basis-${kind}`} ${tone(id)}${side}`);
    }
    const belongs = (/** @type {string} */ id) => id === state.node || sight.up.has(id) || sight.down.has(id);
    this.lit = state.node === null ? [] : [...this.marks.keys()].filter(belongs).sort(this.graph.byDate);
    this.svg.classList.toggle("focus", this.lit.length > 0 && state.focus === "dim");
    this.extra.replaceChildren(...(state.node !== null ? otherEdges(this, state.node) : []));
    if (state.node !== null && this.marks.has(state.node)) this.#rove(state.node);
    else if (!this.stop || !this.marks.has(this.stop)) {
      const [earliest] = [...this.marks.keys()].sort(this.graph.byDate);
      if (earliest) this.#rove(earliest);
    }
    const moved = before === null || before.node !== state.node || before.view !== state.view;
    if (state.node !== null && (moved || anew)) this.reveal(state.node, before === null);
  }

  /**
   * The width that the picture may have, in points: that of the window, and more for many models. The panel counts as
   * not there, so that nothing moves when it opens.
   * @param {number} count
   */
  #room(count) {
    const width = this.#width();
    this.whole = width;
    return width ? Math.max(width / (width < NARROW ? 1.15 : 1.25), count * POINTS_EACH) : 0;
  }

  /** The width of the window on the tree if no panel stood beside it. */
  #width() {
    const panel = document.getElementById("panel");
    const beside = panel && panel.offsetTop < this.host.offsetHeight ? panel.offsetWidth : 0;
    return this.pane.width && this.pane.width + beside;
  }

  /** What stays where it is when the picture changes: what was unfolded or chosen, else what stood in the middle. @param {State} state @param {Sight} sight */
  #anchor(state, sight) {
    const { pane, boxes } = this;
    const there = (/** @type {string|null|undefined} */ id) => Boolean(id && boxes.has(id) && sight.models.has(id));
    const active = document.activeElement?.getAttribute("data-id");
    const wanted = [state.open.at(-1), active, state.node].find(there);
    if (wanted) return wanted;
    let best = null;
    let least = Infinity;
    for (const box of boxes.values()) {
      if (!sight.models.has(box.id)) continue;
      const far = Math.hypot(
        box.x * pane.scale + pane.x - pane.width / 2,
        box.y * pane.scale + pane.y - pane.height / 2,
      );
      if (far < least) [best, least] = [box.id, far];
    }
    return least < Math.max(pane.width, pane.height) / 2 ? best : null;
  }

  /** @param {State} state */
  #draw(state) {
    const { picture, geometry } = this;
    this.back.replaceChildren(
      ...picture.bands.map(({ key, y, height }, index) =>
        svg("rect", {
          class: `band band-${key}${index % 2 ? " odd" : ""}`,
          x: -4000,
          y,
          width: picture.width + 8000,
          height,
        }),
      ),
      ...picture.ticks.map(({ x }) =>
        svg("line", { class: "year", x1: x, x2: x, y1: -4000, y2: picture.height + 4000 }),
      ),
    );
    this.names.replaceChildren(
      ...picture.bands.map(({ key, label }) => svg("text", { class: `band-name band-${key}`, "font-size": 12 }, label)),
    );
    this.axis.replaceChildren(
      svg("rect", { class: "axis-back", height: AXIS, width: "100%" }),
      ...picture.ticks.map(({ year }) => svg("text", { y: AXIS / 2 }, String(year))),
    );
    this.lines = new Map(
      picture.lines.map((line) => [
        line.to,
        svg("polyline", { points: line.points.map(([x, y]) => `${round(x)},${round(y)}`).join(" ") }),
      ]),
    );
    this.parent = new Map(picture.lines.map(({ from, to }) => [to, from]));
    this.paths.replaceChildren(...this.lines.values());
    this.chips.replaceChildren(
      ...picture.chips.map(({ parent, label, x, y, width, height }) =>
        svg(
          "g",
          { class: "chip", "data-id": parent, transform: `translate(${round(x)} ${round(y)})` },
          svg("rect", { width, height, rx: height / 2 }),
          fitted(label, geometry.chip, width, height, geometry.chipPadding),
        ),
      ),
    );
    this.pills.replaceChildren(
      ...[...picture.pills.values()].map(({ id, label, x, y, width, height }) =>
        svg(
          "g",
          { class: "pill", "data-unfold": id, transform: `translate(${round(x)} ${round(y)})` },
          svg("rect", { width, height, rx: height / 2 }),
          svg("text", { x: width / 2, y: height / 2, "font-size": geometry.chip, "text-anchor": "middle" }, label),
        ),
      ),
    );
    const order = [...picture.boxes.values()].sort((one, other) => this.graph.byDate(one.id, other.id));
    this.marks = new Map(order.map((box) => [box.id, this.#mark(box)]));
    const focused = this.nodes.contains(document.activeElement)
      ? document.activeElement?.getAttribute("data-id")
      : null;
    this.nodes.replaceChildren(...this.marks.values());
    // What is put in anew loses the focus.
    if (focused) this.marks.get(focused)?.focus({ preventScroll: true });
    for (const [id, mark] of this.marks) {
      const pill = picture.pills.get(id);
      if (!pill) mark.removeAttribute("aria-expanded");
      else mark.setAttribute("aria-expanded", String(state.open.includes(id)));
    }
  }

  /** @param {Box} box */
  #mark({ id, x, y, width, height, label }) {
    const node = this.graph.node(id);
    const mark =
      this.made.get(id) ??
      svg(
        "g",
        {
          role: "treeitem",
          tabindex: -1,
          "aria-label": node.name,
          "aria-selected": "false",
          "data-id": id,
        },
        svg("rect", { class: "box", width, height, rx: 2.5 }),
        node.weights === "restricted" &&
          svg("rect", { class: "half", y: height / 2, width, height: height / 2, rx: 2.5 }),
        fitted(label, this.geometry.font, width, height, PADDING),
      );
    mark.setAttribute("transform", `translate(${round(x)} ${round(y)})`);
    if (!this.made.has(id)) this.brief.add(id);
    this.made.set(id, mark);
    return mark;
  }

  /** Lets some more marks say what they are. @returns {boolean} whether all do */
  describe() {
    for (const id of [...this.brief].slice(0, DESCRIBED_AT_ONCE)) {
      this.made.get(id)?.setAttribute("aria-label", described(this.graph, this.geometry, id));
      this.brief.delete(id);
    }
    return this.brief.size === 0;
  }

  /** @param {string} id @param {string} tone @param {State} state @param {Sight} sight @returns {string} */
  #classes(id, tone, { node }, { up, down }) {
    const mark = /** @type {SVGElement} */ (this.marks.get(id));
    mark.setAttribute("aria-selected", String(id === node));
    const place = id === node ? " chosen" : up.has(id) ? " up" : down.has(id) ? " down" : "";
    return `node ${tone} weights-${this.graph.node(id).weights}${place}`;
  }

  // -- the window on the scene ---------------------------------------------------------------------------------------

  /** At a size at which names can be read: all of it where it fits, else its beginning. */
  open() {
    const { pane, picture } = this;
    const scale = clamp(this.whole / picture.width, pane.width < NARROW ? 1 : 1.1, 1.25);
    const x = Math.max(0, (pane.width - picture.width * scale) / 2);
    pane.place(x, AXIS, scale);
  }

  fit() {
    this.pane.fit();
  }

  /** @param {number} factor */
  zoom(factor) {
    this.pane.zoom(factor);
  }

  /** Brings a model into view; for a paper or a technique the first model that it lights. @param {string} id @param {boolean} [centre] */
  reveal(id, centre = false) {
    this.pane.measure();
    const box = this.boxes.get(id) ?? this.boxes.get(this.lit[0]);
    if (!box || !this.pane.width) return;
    if (this.pane.scale < 0.9) this.pane.zoom(1.1 / this.pane.scale);
    this.pane.reveal(box, centre, { right: 68, bottom: 160 });
  }

  #moved() {
    const { picture } = this;
    const { scale, x, y, width, height } = this.pane;
    this.moving.style.transform = `translate(${round(x)}px, ${round(y)}px)`;
    this.scene.setAttribute("transform", `scale(${round(scale)})`);
    // From the newest year back, so that the years at the crowded end keep their names.
    for (let index = picture.ticks.length - 1, last = Infinity; index >= 0; index--) {
      const at = picture.ticks[index].x * scale + x;
      const label = this.axis.children[index + 1];
      const room = last - at >= YEAR_ROOM && at > -YEAR_ROOM && at < width;
      if (room) last = at;
      label.setAttribute("x", String(round(at + 4)));
      label.classList.toggle("away", !room);
    }
    picture.bands.forEach((band, index) => {
      // In the strip that the picture leaves for it, so that it covers nothing; it goes with it, but never sideways.
      const at = band.y * scale + y + (BAND_HEADER / 2) * scale;
      const label = this.names.children[index];
      label.classList.toggle("away", at < AXIS || at > height + 10);
      label.setAttribute("x", String(round(Math.max(8, EDGE * scale + x))));
      label.setAttribute("y", String(round(at)));
      label.setAttribute("font-size", String(round(clamp(9.5 * scale, 9, 13))));
    });
    this.names.classList.toggle("away", BAND_HEADER * scale < 8);
    this.svg.classList.toggle("small", this.geometry.font * scale < 5);
  }

  /** Shows the same at another size of the window. */
  resize() {
    this.pane.resize();
  }

  /** @param {{x: number, y: number}} point @param {Element} target */
  #tapped(point, target) {
    const pill = target.closest("[data-unfold]")?.getAttribute("data-unfold") ?? null;
    if (pill !== null) return this.actions.unfold(pill);
    const id = target.closest("[data-id]")?.getAttribute("data-id");
    if (id) return this.actions.choose(id);
    const near = this.#nearest(point);
    if (near) this.actions[near.pill ? "unfold" : "choose"](near.id);
  }

  /** @param {{x: number, y: number}} point @returns {{id: string, pill: boolean}|null} */
  #nearest({ x, y }) {
    const { scale, x: left, y: top } = this.pane;
    let best = null;
    let least = REACH;
    for (const [pill, boxes] of /** @type {[boolean, Map<string, Box>][]} */ ([
      [false, this.boxes],
      [true, this.picture.pills],
    ]))
      for (const box of boxes.values()) {
        const dx = Math.max(box.x * scale + left - x, 0, x - left - (box.x + box.width) * scale);
        const dy = Math.max(box.y * scale + top - y, 0, y - top - (box.y + box.height) * scale);
        if (Math.hypot(dx, dy) < least) [best, least] = [{ id: box.id, pill }, Math.hypot(dx, dy)];
      }
    return best;
  }

  // -- keyboard ------------------------------------------------------------------------------------------------------

  /** @param {KeyboardEvent} event */
  #key(event) {
    const id = /** @type {Element} */ (event.target).getAttribute("data-id");
    if (!id || event.ctrlKey || event.metaKey || event.altKey) return;
    if (["+", "=", "-"].includes(event.key)) return this.zoom(event.key === "-" ? 1 / 1.25 : 1.25);
    const next = stepFrom(this, id, event.key);
    if (event.key !== "Enter" && event.key !== " " && next === null) return;
    event.preventDefault();
    if (event.key === "Enter") this.actions.choose(id);
    else if (event.key === " ") this.actions.unfold(id);
    else if (next !== null && next !== id) this.focus(next);
  }

  /** @param {string} id */
  focus(id) {
    const mark = this.marks.get(id);
    if (!mark) return;
    this.#rove(id);
    mark.focus({ preventScroll: true });
    this.reveal(id);
  }

  /** The focus goes to where Tab would bring it. */
  enter() {
    if (this.stop !== null && this.marks.has(this.stop)) this.focus(this.stop);
  }

  /** Tab reaches one node only; the arrows go on from there. @param {string} id */
  #rove(id) {
    if (this.stop) this.marks.get(this.stop)?.setAttribute("tabindex", "-1");
    this.stop = id;
    this.marks.get(id)?.setAttribute("tabindex", "0");
  }
}
