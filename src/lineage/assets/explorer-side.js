"use strict";
// What registers itself with the page: the tours, the menu that saves, the print, and the window that shows two nodes.

PARTS.push(({ store, say, blocks }) => {
  /** @type {TourData[]} */
  const tours = blocks.tours;
  /** The state of a step, within the tour. @param {string} address @returns {Partial<State>} */
  const stateOf = (address) => ({ ...readState(`#${address}`, store.known).state, embed: store.state.embed });
  // A link to a step alone, as docs/tours.md writes it, means the picture of that step.
  store.whole = (state) => {
    const tour = tours.find((one) => one.name === state.tour);
    const { tour: name, step, embed } = state;
    if (!tour || writeState({ ...state, tour: null, step: 1, embed: false })) return state;
    const { address } = tour.steps[Math.min(step, tour.steps.length) - 1];
    return Object.freeze({ ...readState(`#${address}`, store.known).state, tour: name, step, embed });
  };
  const card = new TourCard(part("#tour"), tours, {
    step: (tour, step) => store.go({ ...stateOf(tour.steps[step - 1].address), tour: tour.name, step }),
    visit: (address) => store.go({ ...stateOf(address), tour: store.state.tour, step: store.state.step }),
    end: () => {
      store.go({ tour: null, step: 1 });
      begin[0]?.focus();
    },
    strayed: (step) => {
      const own = { ...store.state, tour: null, step: 1 };
      return writeState(own) !== writeState({ ...DEFAULT, ...stateOf(step.address), tour: null, step: 1 });
    },
    say,
  });
  const begin = tourButtons(tours, (tour) => {
    store.go({ ...stateOf(tour.steps[0].address), tour: tour.name, step: 1 });
  });
  part("#shown .shown-actions").append(...begin);
  store.listen((state) => card.show(state.tour, state.step));
  store.listen((state, before) => {
    if (state.tour !== null && before === null && !tours.some((one) => one.name === state.tour))
      store.lost([`There is no tour “${clipped(state.tour, 80)}” here`]);
  });
});

PARTS.push(({ store, graph, say, views }) => {
  /** @returns {Showing} */
  const showing = () => {
    const { state } = store;
    const { view, node } = state;
    const { tree, network } = views;
    const ids =
      view === "tree"
        ? [...tree.boxes.keys()].sort(graph.byDate)
        : view === "network"
          ? [...network.order]
          : [...part("#table").querySelectorAll("tbody tr")].map((row) => row.getAttribute("data-id") ?? "");
    const title = document.title;
    const note = (part(view === "network" ? "#network-note" : "#shown-note").textContent ?? "").trim();
    const pictures = {
      tree: (/** @type {"light"|"dark"} */ wanted) =>
        pictureOfTree(tree, { title, note, legend: part(".legend"), theme: wanted }),
      network: (/** @type {"light"|"dark"} */ wanted) => pictureOfNetwork(network, { title, note, legend: part(".legend"), theme: wanted }),
      table: null,
    };
    const claims = view === "network" ? network.claims : null;
    return { view, node, ids, claims, title, note, query: { view, state: writeState(state) }, picture: pictures[view] };
  };
  part("#shown-note").after(saveMenu(graph, showing, say));
  printPicture(showing);
});

PARTS.push(({ store, graph, views }) => {
  // Two nodes are shown with all that lies between them, as far as their names can still be read.
  store.listen((state, before) => {
    const { node, other, view } = state;
    if (view !== "tree" || node === null || other === null) return;
    if (before && before.node === node && before.other === other && before.view === view) return;
    const boxes = [...idsBetween(graph, node, other)].flatMap((id) => views.tree.boxes.get(id) ?? []);
    if (boxes.length) frame(views.tree.pane, boxes);
  });
});

/** The buttons of the zoom stand over the right edge; so wide are they with their room. */
const ZOOM_BUTTONS = 60;

/** @param {Pane} pane @param {{x: number, y: number, width: number, height: number}[]} boxes */
function frame(pane, boxes) {
  pane.measure();
  const left = Math.min(...boxes.map((box) => box.x)) - 12;
  const top = Math.min(...boxes.map((box) => box.y)) - 12;
  const right = Math.max(...boxes.map((box) => box.x + box.width)) + 12;
  const bottom = Math.max(...boxes.map((box) => box.y + box.height)) + 12;
  const [width, room] = [pane.width - ZOOM_BUTTONS, pane.height - pane.header];
  const scale = clamp(Math.min(width / (right - left), room / (bottom - top)), 0.8, 1.25);
  const [wide, high] = [(right - left) * scale, (bottom - top) * scale];
  // What does not fit begins at its end: there stands the newer of the two.
  const x = wide > width ? width - right * scale : (width - wide) / 2 - left * scale;
  const y = pane.header + (high > room ? room - bottom * scale : (room - high) / 2 - top * scale);
  pane.place(x, y, scale);
}
