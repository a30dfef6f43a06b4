"use strict";
// The window on a scene: dragging, pinching, the wheel, and where the scene stands in it.

const SMALLEST = 0.1;
const LARGEST = 6;
/** Pixels of the scene that can never be pushed out of the window. */
const KEEP = 90;

class Pane {
  /**
   * @param {HTMLElement} host @param {SVGElement} surface that takes the pointers @param {number} header height of what lies above the scene
   * @param {{moved: () => void, tapped: (point: {x: number, y: number}, target: Element) => void}} actions
   */
  constructor(host, surface, header, actions) {
    this.host = host;
    this.surface = surface;
    this.header = header;
    this.actions = actions;
    this.scale = 1;
    this.x = 0;
    this.y = 0;
    this.width = 0;
    this.height = 0;
    /** The size of the scene, in its own units. */
    this.scene = { width: 1, height: 1 };
    this.#listen();
  }

  measure() {
    this.width = this.host.clientWidth;
    this.height = this.host.clientHeight;
  }

  /** @param {number} x @param {number} y @param {number} [scale] */
  place(x, y, scale = this.scale) {
    this.scale = clamp(scale, SMALLEST, LARGEST);
    this.x = clamp(x, KEEP - this.scene.width * this.scale, this.width - KEEP);
    this.y = clamp(y, this.header + KEEP - this.scene.height * this.scale, this.height - KEEP);
    this.actions.moved();
  }

  /** @param {number} factor @param {number} [x] @param {number} [y] the point of the window that stays where it is */
  zoom(factor, x = this.width / 2, y = this.height / 2) {
    const scale = clamp(this.scale * factor, SMALLEST, LARGEST);
    const turn = scale / this.scale;
    this.place(x - (x - this.x) * turn, y - (y - this.y) * turn, scale);
  }

  /** The whole scene. */
  fit() {
    this.measure();
    const { width, height } = this.scene;
    const scale = clamp(Math.min(this.width / width, (this.height - this.header) / (height + 16)), SMALLEST, 1.6);
    this.place(
      (this.width - width * scale) / 2,
      this.header + Math.max(0, (this.height - this.header - height * scale) / 2),
      scale,
    );
  }

  /** After the window has changed its size: the left stays at the left. */
  resize() {
    this.measure();
    if (this.width) this.place(this.x, this.y);
  }

  /**
   * Brings a box of the scene into the window, and no further than needed.
   * @param {{x: number, y: number, width: number, height: number}} box @param {boolean} centre @param {{right: number, bottom: number}} covered by controls
   */
  reveal(box, centre, covered) {
    const left = box.x * this.scale + this.x;
    const top = box.y * this.scale + this.y;
    const right = left + box.width * this.scale;
    const bottom = top + box.height * this.scale;
    const low = this.header + 16;
    const under = right > this.width - covered.right && bottom > this.height - covered.bottom;
    if (!centre && left >= 16 && right <= this.width - 16 && top >= low && bottom <= this.height - 20 && !under) return;
    // To the middle, but not so far that the window shows the void beside the scene.
    const middle = (
      /** @type {number} */ wish,
      /** @type {number} */ size,
      /** @type {number} */ from,
      /** @type {number} */ to,
    ) => (size < to - from ? from : clamp(wish, to - size, from));
    const { width, height } = this.scene;
    this.place(
      middle(this.x + this.width / 2 - (left + right) / 2, width * this.scale, 0, this.width),
      middle(
        this.y + (this.height + this.header) / 2 - (top + bottom) / 2,
        height * this.scale,
        this.header,
        this.height - (under ? 0 : 8),
      ),
    );
    if (!under) return;
    // At the end of the scene the middle is out of reach: further, until the controls do not lie on it.
    const now = box.x * this.scale + this.x + box.width * this.scale;
    if (now > this.width - covered.right) this.place(this.x - (now - this.width + covered.right), this.y);
  }

  /** @param {MouseEvent} event */
  #at(event) {
    const frame = this.host.getBoundingClientRect();
    return { x: event.clientX - frame.left, y: event.clientY - frame.top };
  }

  #listen() {
    const { host, surface } = this;
    /** @type {Map<number, {x: number, y: number}>} */
    const fingers = new Map();
    let moved = 0;
    surface.addEventListener("pointerdown", (event) => {
      if (event.button || event.defaultPrevented) return;
      fingers.set(event.pointerId, this.#at(event));
      if (fingers.size === 1) moved = 0;
    });
    // On the window rather than by capture: a captured pointer would take the click away from the node under it.
    window.addEventListener("pointermove", (event) => {
      const before = fingers.get(event.pointerId);
      if (!before) return;
      const now = this.#at(event);
      const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
      if (other) {
        const apart = Math.hypot(now.x - other.x, now.y - other.y);
        const spread = apart / Math.max(1, Math.hypot(before.x - other.x, before.y - other.y));
        this.x += (now.x - before.x) / 2;
        this.y += (now.y - before.y) / 2;
        this.zoom(spread, (now.x + other.x) / 2, (now.y + other.y) / 2);
        moved = Infinity;
      } else {
        moved += Math.hypot(now.x - before.x, now.y - before.y);
        if (moved > 4) {
          surface.classList.add("dragging");
          this.place(this.x + now.x - before.x, this.y + now.y - before.y);
        }
      }
      fingers.set(event.pointerId, now);
    });
    const lift = (/** @type {PointerEvent} */ event) => {
      fingers.delete(event.pointerId);
      surface.classList.remove("dragging");
    };
    window.addEventListener("pointerup", lift);
    window.addEventListener("pointercancel", lift);
    surface.addEventListener("click", (event) => {
      if (moved <= 4) this.actions.tapped(this.#at(event), /** @type {Element} */ (event.target));
    });
    host.addEventListener(
      "wheel",
      (event) => {
        event.preventDefault();
        const unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? this.height : 1;
        const { x, y } = this.#at(event);
        if (event.ctrlKey || event.metaKey)
          return this.zoom(Math.exp(-clamp(event.deltaY * unit, -120, 120) / 240), x, y);
        const across = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
        this.place(this.x - across * unit, this.y - (event.shiftKey ? 0 : event.deltaY) * unit);
      },
      { passive: false },
    );
    // A focused node that lies outside would make the browser scroll the clipped box: it is panned instead.
    host.addEventListener("scroll", () => host.scrollTo(0, 0));
  }
}

/** @param {number} value @param {number} low @param {number} high */
function clamp(value, low, high) {
  return Math.max(low, Math.min(high, value));
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 1000) / 1000;
}
