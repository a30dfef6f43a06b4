"use strict";
// The tree view: inline SVG drawn from the coordinates of the layout, which are the coordinates of the figure.

/**
 * @typedef {{id: string, x: number, y: number, width: number, height: number, label: string, band: string}} Box
 * @typedef {{width: number, height: number, boxes: [string, number, number, number, number, string, string][],
 *   links: [string, string, string, number[]][],
 *   chips: [string, string, string, number, number, number, number][],
 *   bands: [string, string, number, number][], ticks: [number, number][], font: number, chip: number,
 *   chipPadding: number, margin: number}} Geometry
 */

const SMALLEST = 0.1;
const LARGEST = 6;
const AXIS = 28;
/** Between the edge of a box and its name, in points. */
const PADDING = 5;
/** A finger is wide: a tap opens the nearest node within this many screen pixels. */
const REACH = 22;

class Tree {
  /**
   * @param {HTMLElement} host @param {Graph} graph @param {Geometry} geometry
   * @param {{choose: (id: string) => void, say: (text: string) => void}} actions
   */
  constructor(host, graph, geometry, actions) {
    this.host = host;
    this.graph = graph;
    this.geometry = geometry;
    this.actions = actions;
    /** @type {Map<string, Box>} */
    this.boxes = new Map(
      geometry.boxes.map(([id, x, y, width, height, label, band]) => [id, { id, x, y, width, height, label, band }]),
    );
    /** @type {Map<string, string>} the layout parent of each model that has one */
    this.parent = new Map(geometry.links.map(([source, target]) => [target, source]));
    /** @type {Map<string, SVGElement>} */
    this.marks = new Map();
    /** @type {Map<string, SVGElement[]>} lines that end at a model */
    this.lines = new Map();
    /** @type {string|null} */
    this.chosen = null;
    /** @type {string[]} models that belong to the chosen node, the earliest first */
    this.lit = [];
    this.scale = 1;
    this.x = 0;
    this.y = 0;
    this.width = 0;
    this.height = 0;
    this.scene = svg("g", { class: "scene" });
    this.axis = svg("g", { class: "axis", "aria-hidden": "true" });
    this.names = svg("g", { class: "band-names", "aria-hidden": "true" });
    this.extra = svg("g", { class: "extra", "aria-hidden": "true" });
    this.svg = svg("svg", { class: "tree" }, this.scene, this.names, this.axis);
    this.#draw();
    this.#listen();
  }

  #draw() {
    const { geometry } = this;
    const back = svg("g", { "aria-hidden": "true" });
    geometry.bands.forEach(([key, label, y, height], index) => {
      back.append(
        svg("rect", {
          class: `band band-${key}${index % 2 ? " odd" : ""}`,
          x: -4000,
          y,
          width: geometry.width + 8000,
          height,
        }),
      );
      this.names.append(svg("text", { class: `band-name band-${key}` }, label));
    });
    for (const [, x] of geometry.ticks)
      back.append(svg("line", { class: "year", x1: x, x2: x, y1: -4000, y2: geometry.height + 4000 }));
    const lines = svg("g", { class: "lines", "aria-hidden": "true" });
    for (const [source, target, kind, points] of geometry.links) {
      const band = this.boxes.get(target)?.band;
      const line = svg("polyline", {
        class: `line basis-${kind} band-${band}`,
        points: points.join(" "),
        "data-from": source,
      });
      this.lines.set(target, [...(this.lines.get(target) ?? []), line]);
      lines.append(line);
    }
    const chips = svg("g", { "aria-hidden": "true" });
    for (const [id, parent, label, x, y, width, height] of geometry.chips) {
      const chip = svg(
        "g",
        { class: "chip", "data-id": parent, "data-of": id, transform: `translate(${x} ${y})` },
        svg("rect", { width, height, rx: height / 2 }),
        fitted(label, geometry.chip, width, height, geometry.chipPadding),
      );
      chips.append(chip);
    }
    const nodes = svg("g", {
      role: "tree",
      "aria-label": "Models by date; left is the parent, right the first child, up and down the siblings",
    });
    for (const box of [...this.boxes.values()].sort((one, other) => this.graph.byDate(one.id, other.id)))
      nodes.append(this.#node(box));
    this.scene.append(back, lines, this.extra, chips, nodes);
    this.axis.append(svg("rect", { class: "axis-back", height: AXIS }));
    for (const [year] of geometry.ticks) this.axis.append(svg("text", { y: AXIS / 2 }, String(year)));
    this.host.append(this.svg);
    const first = [...this.boxes.values()].sort((one, other) => this.graph.byDate(one.id, other.id))[0];
    if (first) this.#rove(first.id);
  }

  /** @param {Box} box */
  #node({ id, x, y, width, height, label, band }) {
    const node = this.graph.node(id);
    const mark = svg(
      "g",
      {
        class: `node band-${band} weights-${node.weights}`,
        role: "treeitem",
        tabindex: -1,
        "aria-label": this.#describe(id),
        "aria-selected": "false",
        "data-id": id,
        transform: `translate(${x} ${y})`,
      },
      svg("rect", { class: "box", width, height, rx: 2.5 }),
      node.weights === "restricted" &&
        svg("rect", { class: "half", y: height / 2, width, height: height / 2, rx: 2.5 }),
      fitted(label, this.geometry.font, width, height, PADDING),
    );
    this.marks.set(id, mark);
    return mark;
  }

  /** @param {string} id @returns {string} what a screen reader says of a model */
  #describe(id) {
    const node = this.graph.node(id);
    const parent = this.parent.get(id) ?? this.graph.parents(id)[0];
    const edge = parent && this.graph.into(id, "derived-from", "succeeds").find((one) => one.source === parent);
    const count = this.graph.descendants(id).size;
    return [
      node.name,
      (node.organizations ?? []).join(" and "),
      node.date,
      edge ? `${relationWords(edge)} ${this.graph.node(edge.source).name}` : "no parent",
      count === 1 ? "1 descendant" : `${count} descendants`,
    ]
      .filter(Boolean)
      .join(", ");
  }

  // -- state ---------------------------------------------------------------------------------------------------------

  /** Marks the chosen node and what belongs to it. @param {string|null} id */
  show(id) {
    this.chosen = id;
    const { graph } = this;
    const node = id === null ? null : graph.node(id);
    const up = new Set();
    const down = new Set();
    if (node?.kind === "model") {
      graph.ancestors(node.id).forEach((one) => up.add(one));
      graph.descendants(node.id).forEach((one) => down.add(one));
    } else if (node) {
      // A paper or a technique has no place in the tree: the models that it describes, serves or came with are lit;
      // of a paper that describes none, those that use what it introduced.
      for (const edge of graph.outOf(node.id)) down.add(edge.target);
      for (const edge of graph.into(node.id)) up.add(edge.source);
      if (![...down, ...up].some((one) => this.marks.has(one)))
        for (const one of [...down]) for (const edge of graph.outOf(one, "uses-technique")) down.add(edge.target);
    }
    for (const [one, mark] of this.marks) {
      mark.classList.toggle("chosen", one === id);
      mark.classList.toggle("up", up.has(one));
      mark.classList.toggle("down", down.has(one) && !up.has(one));
      mark.setAttribute("aria-selected", String(one === id));
    }
    const among = (/** @type {string} */ one) => one === id || up.has(one) || down.has(one);
    for (const [source, target] of this.geometry.links)
      for (const line of this.lines.get(target) ?? []) {
        const lit = node?.kind === "model" && among(source) && among(target);
        line.classList.toggle("lit", lit);
        line.classList.toggle("up", lit && (target === id || up.has(target)));
      }
    this.lit = id === null ? [] : [...this.marks.keys()].filter(among).sort(graph.byDate);
    this.svg.classList.toggle("focus", this.lit.length > 0);
    this.extra.replaceChildren(...(node?.kind === "model" ? this.#otherEdges(node.id) : []));
    if (id !== null && this.marks.has(id)) this.#rove(id);
  }

  /** Lines from the chosen model to parents and children that it does not hang on. @param {string} id */
  #otherEdges(id) {
    const drawn = [];
    for (const edge of [
      ...this.graph.into(id, "derived-from", "succeeds"),
      ...this.graph.outOf(id, "derived-from", "succeeds"),
    ]) {
      const from = this.boxes.get(edge.source);
      const to = this.boxes.get(edge.target);
      if (!from || !to || this.parent.get(edge.target) === edge.source) continue;
      const y1 = from.y + from.height / 2;
      const y2 = to.y + to.height / 2;
      const x1 = Math.min(from.x + from.width, to.x);
      const bend = Math.max(20, (to.x - x1) / 2);
      const d = `M${x1} ${y1}C${x1 + bend} ${y1} ${to.x - bend} ${y2} ${to.x} ${y2}`;
      drawn.push(svg("path", { class: `line other basis-${basisOf(edge)} ${edge.target === id ? "up" : "down"}`, d }));
    }
    return drawn;
  }

  // -- the window on the scene ---------------------------------------------------------------------------------------

  /** The tree at a size at which its names can be read; where its width does not fit, on the model with most descendants. */
  open() {
    this.#measure();
    const { width, height } = this.geometry;
    this.scale = clamp(this.width / (width + 24), 0.9, 1.25);
    this.x = (this.width - width * this.scale) / 2;
    this.y = AXIS + Math.max(8, (this.height - AXIS - height * this.scale) / 2);
    if (this.x < 0) {
      this.x = 12;
      const [trunk] = [...this.boxes.keys()].sort(
        (one, other) => this.graph.descendants(other).size - this.graph.descendants(one).size || compare(one, other),
      );
      if (trunk) this.reveal(trunk, true);
    }
    this.#apply();
  }

  /** The whole tree. */
  fit() {
    this.#measure();
    const { width, height } = this.geometry;
    this.scale = clamp(Math.min(this.width / (width + 24), (this.height - AXIS) / (height + 16)), SMALLEST, 1.6);
    this.x = (this.width - width * this.scale) / 2;
    this.y = AXIS + Math.max(8 * this.scale, (this.height - AXIS - height * this.scale) / 2);
    this.#apply();
  }

  /** @param {number} factor @param {number} [x] @param {number} [y] the point of the screen that stays where it is */
  zoom(factor, x = this.width / 2, y = this.height / 2) {
    const scale = clamp(this.scale * factor, SMALLEST, LARGEST);
    this.x = x - ((x - this.x) / this.scale) * scale;
    this.y = y - ((y - this.y) / this.scale) * scale;
    this.scale = scale;
    this.#apply();
  }

  /**
   * Brings a model into view, and no further than needed; for a paper or a technique the first model that it lights.
   * @param {string} id @param {boolean} [centre]
   */
  reveal(id, centre = false) {
    this.#measure();
    const box = this.boxes.get(id) ?? this.boxes.get(this.lit[0]);
    if (!box || !this.width) return;
    if (this.scale < 0.9) this.zoom(1.1 / this.scale);
    const left = box.x * this.scale + this.x;
    const top = box.y * this.scale + this.y;
    const right = left + box.width * this.scale;
    const bottom = top + box.height * this.scale;
    const outside = left < 20 || right > this.width - 20 || top < AXIS + 16 || bottom > this.height - 20;
    if (!centre && !outside) return;
    // To the middle, but not so far that the window shows the void beside a scene that could fill it.
    const middle = (
      /** @type {number} */ wish,
      /** @type {number} */ size,
      /** @type {number} */ low,
      /** @type {number} */ high,
    ) => (size < high - low ? wish : clamp(wish, high - size, low));
    const { width, height } = this.geometry;
    this.x = middle(this.x + this.width / 2 - (left + right) / 2, width * this.scale, 12, this.width - 12);
    this.y = middle(
      this.y + (this.height + AXIS) / 2 - (top + bottom) / 2,
      height * this.scale,
      AXIS + 8,
      this.height - 8,
    );
    this.#apply();
  }

  /** After the window has changed its size: the middle stays in the middle. */
  resize() {
    const { width, height } = this;
    this.#measure();
    if (!this.width) return;
    if (width) this.x += (this.width - width) / 2;
    if (height) this.y += (this.height - height) / 2;
    this.#apply();
  }

  #measure() {
    this.width = this.host.clientWidth;
    this.height = this.host.clientHeight;
  }

  #apply() {
    const { geometry, scale } = this;
    const keep = 90; // pixels of the scene that can never be pushed out of the window
    this.x = clamp(this.x, keep - geometry.width * scale, this.width - keep);
    this.y = clamp(this.y, AXIS + keep - geometry.height * scale, this.height - keep);
    this.scene.setAttribute("transform", `translate(${round(this.x)} ${round(this.y)}) scale(${round(scale)})`);
    this.axis.firstElementChild?.setAttribute("width", String(this.width));
    let free = -Infinity;
    // From the newest year back, so that the years at the crowded end keep their names.
    for (let index = geometry.ticks.length - 1, last = Infinity; index >= 0; index--) {
      const at = geometry.ticks[index][1] * scale + this.x;
      const label = this.axis.children[index + 1];
      const room = last - at >= 40;
      if (room) last = at;
      label.setAttribute("x", String(round(at + 4)));
      label.classList.toggle("away", !room || at < -40 || at > this.width);
    }
    geometry.bands.forEach(([, , y, height], index) => {
      const top = y * scale + this.y;
      const bottom = top + height * scale;
      const label = this.names.children[index];
      // A name stays in sight as long as its band does, and never covers the name of the band above.
      const size = clamp(geometry.chip * scale, 10, 13);
      const at = Math.max(top + Math.max(9, (geometry.chip / 2 + 3) * scale), AXIS + 10, free);
      const shown = bottom > at + 2 && at < this.height;
      label.classList.toggle("away", !shown);
      label.setAttribute("x", String(round(Math.max(8, geometry.margin * scale + this.x))));
      label.setAttribute("y", String(round(at)));
      label.setAttribute("font-size", String(round(size)));
      if (shown) free = at + size + 3;
    });
    this.svg.classList.toggle("small", geometry.font * scale < 5);
  }

  #listen() {
    const { host } = this;
    /** @type {Map<number, {x: number, y: number}>} */
    const fingers = new Map();
    let moved = 0;
    const at = (/** @type {MouseEvent} */ event) => {
      const frame = host.getBoundingClientRect();
      return { x: event.clientX - frame.left, y: event.clientY - frame.top };
    };
    this.svg.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      fingers.set(event.pointerId, at(event));
      if (fingers.size === 1) moved = 0;
    });
    // On the window rather than by capture: a captured pointer would take the click away from the node under it.
    window.addEventListener("pointermove", (event) => {
      const before = fingers.get(event.pointerId);
      if (!before) return;
      const now = at(event);
      const others = [...fingers].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
      if (others.length) {
        const other = others[0];
        const spread =
          Math.hypot(now.x - other.x, now.y - other.y) /
          Math.max(1, Math.hypot(before.x - other.x, before.y - other.y));
        this.x += (now.x - before.x) / 2;
        this.y += (now.y - before.y) / 2;
        this.zoom(spread, (now.x + other.x) / 2, (now.y + other.y) / 2);
        moved = Infinity;
      } else {
        moved += Math.hypot(now.x - before.x, now.y - before.y);
        if (moved > 4) {
          this.svg.classList.add("dragging");
          this.x += now.x - before.x;
          this.y += now.y - before.y;
          this.#apply();
        }
      }
      fingers.set(event.pointerId, now);
    });
    const lift = (/** @type {PointerEvent} */ event) => {
      fingers.delete(event.pointerId);
      this.svg.classList.remove("dragging");
    };
    window.addEventListener("pointerup", lift);
    window.addEventListener("pointercancel", lift);
    this.svg.addEventListener("click", (event) => {
      if (moved > 4) return;
      const target = /** @type {Element} */ (event.target).closest("[data-id]");
      const id = target?.getAttribute("data-id") ?? this.#nearest(at(event));
      if (id) this.actions.choose(id);
    });
    host.addEventListener(
      "wheel",
      (event) => {
        event.preventDefault();
        const unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? this.height : 1;
        const { x, y } = at(event);
        if (event.ctrlKey || event.metaKey)
          return this.zoom(Math.exp(-clamp(event.deltaY * unit, -120, 120) / 240), x, y);
        this.x -= (event.shiftKey ? event.deltaY || event.deltaX : event.deltaX) * unit;
        this.y -= (event.shiftKey ? 0 : event.deltaY) * unit;
        this.#apply();
      },
      { passive: false },
    );
    this.svg.addEventListener("keydown", (event) => this.#key(event));
    // A focused node that lies outside would make the browser scroll the clipped box: it is panned instead.
    host.addEventListener("scroll", () => host.scrollTo(0, 0));
    this.svg.addEventListener("focusin", (event) => {
      const id = /** @type {Element} */ (event.target).getAttribute("data-id");
      if (id && /** @type {Element} */ (event.target).matches(":focus-visible")) this.reveal(id);
    });
  }

  /** @param {{x: number, y: number}} point @returns {string|null} */
  #nearest({ x, y }) {
    let best = null;
    let least = REACH;
    for (const box of this.boxes.values()) {
      const left = box.x * this.scale + this.x;
      const top = box.y * this.scale + this.y;
      const dx = Math.max(left - x, 0, x - left - box.width * this.scale);
      const dy = Math.max(top - y, 0, y - top - box.height * this.scale);
      if (Math.hypot(dx, dy) < least) [best, least] = [box.id, Math.hypot(dx, dy)];
    }
    return best;
  }

  // -- keyboard ------------------------------------------------------------------------------------------------------

  /** @param {KeyboardEvent} event */
  #key(event) {
    const id = /** @type {Element} */ (event.target).getAttribute("data-id");
    if (!id || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      return this.actions.choose(id);
    }
    if (["+", "=", "-"].includes(event.key)) return this.zoom(event.key === "-" ? 1 / 1.25 : 1.25);
    const next = this.step(id, event.key);
    if (next === null) return;
    event.preventDefault();
    if (next !== id) this.focus(next);
  }

  /** The node that a key leads to; the same node where there is none that way; null for a key with no meaning. */
  step(/** @type {string} */ id, /** @type {string} */ key) {
    const parent = this.parent.get(id) ?? null;
    const here = (/** @type {string[]} */ ids) => ids.filter((one) => this.boxes.has(one));
    const heightOf = (/** @type {string} */ one) => this.boxes.get(one)?.y ?? 0;
    const family = () =>
      [...this.boxes.keys()]
        .filter((one) => (this.parent.get(one) ?? null) === parent)
        .sort((one, other) => heightOf(one) - heightOf(other));
    switch (key) {
      case "ArrowLeft":
        return parent ?? here(this.graph.parents(id))[0] ?? id;
      case "ArrowRight": {
        const own = here(this.graph.children(id));
        return own.find((one) => this.parent.get(one) === id) ?? own[0] ?? id;
      }
      case "ArrowUp":
      case "ArrowDown": {
        const siblings = family();
        return siblings[siblings.indexOf(id) + (key === "ArrowUp" ? -1 : 1)] ?? id;
      }
      case "Home":
        return [...this.boxes.keys()].sort(this.graph.byDate)[0] ?? id;
      case "End":
        return [...this.boxes.keys()].sort(this.graph.byDate).at(-1) ?? id;
      default:
        return null;
    }
  }

  /** @param {string} id */
  focus(id) {
    const mark = this.marks.get(id);
    if (!mark) return;
    this.#rove(id);
    mark.focus({ preventScroll: true });
    this.reveal(id);
  }

  /** Tab reaches one node only; the arrows go on from there. @param {string} id */
  #rove(id) {
    if (this.stop) this.marks.get(this.stop)?.setAttribute("tabindex", "-1");
    this.stop = id;
    this.marks.get(id)?.setAttribute("tabindex", "0");
  }
}

/**
 * A text in the middle of a box, as wide as the box was made for it: the width comes from the font of the figure, and
 * characters that this does not hold are fitted.
 * @param {string} label @param {number} size @param {number} width @param {number} height @param {number} padding
 */
function fitted(label, size, width, height, padding) {
  const textLength = Math.max(1, round(width - 2 * padding));
  return svg(
    "text",
    {
      x: width / 2,
      y: height / 2,
      "font-size": size,
      "text-anchor": "middle",
      textLength,
      lengthAdjust: "spacingAndGlyphs",
    },
    label,
  );
}

/** @param {EdgeData} edge */
function basisOf(edge) {
  return edge.basis ?? (edge.kind === "succeeds" ? "succession" : "none");
}

/** @param {number} value @param {number} low @param {number} high */
function clamp(value, low, high) {
  return Math.max(low, Math.min(high, value));
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 1000) / 1000;
}
