// What vis-network expects to find beside it, before its own parts: ids that no two of its things share. The parts are
// hammerjs, (c) Jorik Tangelder and NAVER Corp.; component-emitter, (c) TJ Holowaychuk and Sindre
// Sorhus; keycharm, vis-util, vis-data and vis-network, (c) Almende B.V. and visjs contributors; the edit distance in
// vis-util, (c) Andrei Mackenzie. All of them may be used by the MIT licence.

/** The package `uuid`, of which only this is used; `randomUUID` is not there in every frame. */
globalThis.uuid = {
  v4: () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(16).padStart(8, "0")).join("-"),
};
globalThis.uuidv4 = globalThis.uuid;
