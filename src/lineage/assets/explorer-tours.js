"use strict";
// Guided tours: a card with the text of a step, while the page shows the state that belongs to it. What a tour says was
// read into plain pieces when the page was made (lineage/tours.py); here they become text nodes and checked links.

/**
 * @typedef {[form: string, text: string, address?: string]} Piece
 * @typedef {{title: string, address: string, text: Piece[][]}} TourStep
 * @typedef {{name: string, title: string, introduction: Piece[][], steps: TourStep[]}} TourData
 */

class TourCard {
  /**
   * @param {HTMLElement} host @param {readonly TourData[]} tours
   * @param {{step: (tour: TourData, step: number) => void, visit: (address: string) => void, end: () => void,
   *   strayed: (step: TourStep) => boolean, say: (text: string) => void}} actions
   */
  constructor(host, tours, actions) {
    this.host = host;
    this.tours = tours;
    this.actions = actions;
    /** @type {{tour: TourData, index: number}|null} */
    this.now = null;
    host.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("keydown", (event) => this.#page(event));
  }

  /** Shows a step, or nothing. @param {string|null} name @param {number} step from 1 */
  show(name, step) {
    const tour = this.tours.find((one) => one.name === name) ?? null;
    const before = this.now;
    const index = Math.min(Math.max(step, 1), tour?.steps.length ?? 1) - 1;
    this.now = tour && { tour, index };
    this.host.hidden = !tour;
    document.documentElement.classList.toggle("has-tour", Boolean(tour));
    if (!tour) return this.host.replaceChildren();
    const stayed = before?.tour === tour && before.index === index;
    const inside = this.host.contains(document.activeElement);
    this.#draw(tour, index);
    if (stayed) return;
    this.host.scrollTop = 0;
    if (inside || before === null) this.host.querySelector("h2")?.focus();
    this.actions.say(`Step ${index + 1} of ${tour.steps.length}: ${tour.steps[index].title}`);
  }

  /** @param {TourData} tour @param {number} index */
  #draw(tour, index) {
    const step = tour.steps[index];
    const last = tour.steps.length - 1;
    const button = (
      /** @type {string} */ text,
      /** @type {string} */ label,
      /** @type {() => void} */ act,
      off = false,
    ) => {
      const made = el("button", { type: "button", "aria-label": label, "aria-disabled": off ? "true" : null }, text);
      if (!off) made.addEventListener("click", act);
      return made;
    };
    const back = button("← Previous", "Previous step", () => this.#to(index - 1), index === 0);
    const next =
      index === last
        ? button("End of tour", "End the tour", this.actions.end)
        : button("Next →", `Next step: ${tour.steps[index + 1].title}`, () => this.#to(index + 1));
    next.classList.add("next");
    const end = el("button", { type: "button", class: "icon close", "aria-label": "Leave the tour" }, "✕");
    end.addEventListener("click", this.actions.end);
    const strayed = this.actions.strayed(step);
    const again = button("Back to this step", `Back to step ${index + 1}: ${step.title}`, () => this.#to(index));
    const count = el("p", { class: "kicker" }, `${tour.title} · ${index + 1} of ${tour.steps.length}`);
    const dots = svg(
      "svg",
      { class: "progress", viewBox: `0 0 ${tour.steps.length} 1`, preserveAspectRatio: "none", "aria-hidden": "true" },
      svg("rect", { class: "rail", width: tour.steps.length, height: 1 }),
      svg("rect", { class: "done", width: index + 1, height: 1 }),
    );
    this.host.replaceChildren(
      dots,
      el("header", {}, el("div", { class: "titles" }, count, el("h2", { tabindex: -1 }, step.title)), end),
      el(
        "div",
        { class: "telling" },
        ...(index === 0 ? tour.introduction : []).map((pieces) => this.#paragraph(pieces, "introduction")),
        ...step.text.map((pieces) => this.#paragraph(pieces, "")),
      ),
      el("nav", { class: "actions", "aria-label": "Steps of the tour" }, back, strayed ? again : null, next),
    );
  }

  /** @param {Piece[]} pieces @param {string} name */
  #paragraph(pieces, name) {
    return el("p", { class: name || null }, ...pieces.map((piece) => this.#piece(piece)));
  }

  /** @param {Piece} piece */
  #piece([form, text, address]) {
    if (form === "web") return outward(address, text);
    if (form === "em" || form === "strong" || form === "code") return el(form, {}, text);
    if (form !== "to") return text;
    const link = el("a", { href: `#${address ?? ""}` }, text);
    link.addEventListener("click", (event) => {
      // The tour goes on beside what the link shows.
      event.preventDefault();
      this.actions.visit(address ?? "");
    });
    return link;
  }

  /** @param {number} index */
  #to(index) {
    const { now } = this;
    if (now && index >= 0 && index < now.tour.steps.length) this.actions.step(now.tour, index + 1);
  }

  /** Arrows, Home and End, while the focus is on the card. @param {KeyboardEvent} event */
  #key(event) {
    const { now } = this;
    if (!now || event.ctrlKey || event.metaKey || event.altKey) return;
    const last = now.tour.steps.length - 1;
    const to = { ArrowRight: now.index + 1, ArrowLeft: now.index - 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.#to(to);
  }

  /** Page Down and Page Up go on and back from anywhere but where they scroll. @param {KeyboardEvent} event */
  #page(event) {
    const { now } = this;
    const target = /** @type {Element} */ (event.target);
    if (!now || event.defaultPrevented || target.closest("input, textarea, select, dialog, #panel, #table")) return;
    if (event.key !== "PageDown" && event.key !== "PageUp") return;
    event.preventDefault();
    this.#to(now.index + (event.key === "PageDown" ? 1 : -1));
  }
}

/**
 * The button that begins a tour; with several tours, one for each.
 * @param {readonly TourData[]} tours @param {(tour: TourData) => void} begin
 */
function tourButtons(tours, begin) {
  return tours.map((tour) => {
    const button = el("button", { type: "button", class: "begin-tour" }, tours.length === 1 ? "Tour" : tour.title);
    button.title = tour.title;
    if (tours.length === 1) button.setAttribute("aria-label", `Tour: ${tour.title}`);
    button.addEventListener("click", () => begin(tour));
    return button;
  });
}
