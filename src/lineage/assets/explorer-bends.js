"use strict";
// The lines of the network: how vis-network bends a line, and which bend runs behind no name. Nothing here touches the
// document; the saved picture is drawn by the same curves.

/**
 * @typedef {{x: number, y: number}} Point
 * @typedef {{left: number, top: number, right: number, bottom: number}} Extent
 * @typedef {{enabled: true, type: "cubicBezier"|"horizontal"|"vertical"|"curvedCW"|"curvedCCW", roundness: number, forceDirection?: "horizontal"|"vertical"}} Bend
 *   as vis-network takes it
 */

/** Of a name: the mean width of a letter, the height of a line, the room around it. Estimates, so that all machines draw the same. */
const LETTER = 7.4;
const LINE = 16;
const AROUND = 9;
/** In so many pieces a curve is looked at. */
const PIECES = 28;
/** How a line may be bent, the best first. */
const ROUND = [0.5, 0.35, 0.65, 0.2, 0.8, 0.05, 0.95];
const TURNED = [0.7, 0.85, 0.5, 0.95];
const SIDEWAYS = [0.08, 0.15, 0.22, 0.3, 0.38, 0.46, 0.55];

/** @param {string} name @param {Point} at @param {number} widest @param {boolean} oval @returns {Extent} about as large as it is drawn */
function extentOf(name, { x, y }, widest, oval) {
  const longest = Math.max(...name.split(/\s+/).map((one) => one.length)) * LETTER;
  const lines = Math.max(1, Math.ceil((name.length * LETTER) / (widest - 2 * AROUND)));
  const width = (lines === 1 ? name.length * LETTER : Math.max(widest, longest)) / 2 + AROUND;
  const height = (lines * LINE) / 2 + AROUND;
  const [wide, high] = oval ? [width * 1.1, height * 1.1] : [width, height];
  return { left: x - wide, top: y - high, right: x + wide, bottom: y + high };
}

/** The points that bend a line, as vis-network computes them: two of a cubic curve, one of a quadratic. @param {Point} from @param {Point} to @param {Bend} bend @returns {Point[]} */
function bendPoints(from, to, { type, roundness, forceDirection }) {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  if (type === "cubicBezier") {
    const level = forceDirection ? forceDirection === "horizontal" : Math.abs(dx) > Math.abs(dy);
    const [ax, ay] = level ? [roundness * dx, 0] : [0, roundness * dy];
    return [
      { x: from.x + ax, y: from.y + ay },
      { x: to.x - ax, y: to.y - ay },
    ];
  }
  // These leave upright or level and turn near the other end.
  if (type === "vertical") return [{ x: from.x, y: to.y - (1 - roundness) * dy }];
  if (type === "horizontal") return [{ x: to.x - (1 - roundness) * dx, y: from.y }];
  const turn = (type === "curvedCW" ? 0.5 : -0.5) * roundness + 0.5;
  const angle = Math.atan2(-dy, dx) + turn * Math.PI;
  const far = (0.5 * roundness + 0.5) * Math.hypot(dx, dy);
  return [{ x: from.x + far * Math.sin(angle), y: from.y + far * Math.cos(angle) }];
}

/** @param {Point[]} curve its two ends with the points that bend it between them @param {number} t @returns {Point} */
function pointAt(curve, t) {
  let points = curve;
  while (points.length > 1)
    points = points.slice(1).map((next, at) => ({
      x: points[at].x + (next.x - points[at].x) * t,
      y: points[at].y + (next.y - points[at].y) * t,
    }));
  return points[0];
}

/** @param {Point} from @param {Point} to @param {Bend} bend @returns {Point[]} points along the line */
function alongBend(from, to, bend) {
  const curve = [from, ...bendPoints(from, to, bend), to];
  return Array.from({ length: PIECES + 1 }, (_, at) => pointAt(curve, at / PIECES));
}

/** @param {Point} point @param {Extent} extent @returns {boolean} */
function isInside({ x, y }, { left, top, right, bottom }) {
  return x > left && x < right && y > top && y < bottom;
}

/**
 * The first bend that runs behind no name, or the one that does so least.
 * @param {Point} from @param {Point} to @param {"horizontal"|"vertical"} way @param {readonly Extent[]} names those at its ends are not among them
 * @returns {Bend}
 */
function bendAround(from, to, way, names) {
  /** @type {Bend[]} */
  const bends = [
    ...ROUND.map((roundness) => /** @type {Bend} */ ({ enabled: true, type: "cubicBezier", roundness, forceDirection: way })),
    ...TURNED.flatMap((roundness) => [
      /** @type {Bend} */ ({ enabled: true, type: "vertical", roundness }),
      /** @type {Bend} */ ({ enabled: true, type: "horizontal", roundness }),
    ]),
    ...SIDEWAYS.flatMap((roundness) => [
      /** @type {Bend} */ ({ enabled: true, type: "curvedCW", roundness }),
      /** @type {Bend} */ ({ enabled: true, type: "curvedCCW", roundness }),
    ]),
  ];
  // No bend goes farther aside than half its length.
  const aside = Math.hypot(to.x - from.x, to.y - from.y) / 2;
  const near = names.filter(
    ({ left, top, right, bottom }) =>
      right > Math.min(from.x, to.x) - aside &&
      left < Math.max(from.x, to.x) + aside &&
      bottom > Math.min(from.y, to.y) - aside &&
      top < Math.max(from.y, to.y) + aside,
  );
  let best = bends[0];
  let least = Infinity;
  for (const bend of bends) {
    const behind = alongBend(from, to, bend).filter((point) => near.some((name) => isInside(point, name))).length;
    if (behind < least) [best, least] = [bend, behind];
    if (!least) break;
  }
  return best;
}
