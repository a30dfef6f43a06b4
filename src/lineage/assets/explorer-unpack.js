"use strict";
// Reads what views/columns.py packed: bzip2 in base64. Browsers unpack gzip by themselves, but the texts of the sources
// are a quarter smaller so, and the same bytes come out of every Python. After the description of the format by Joe
// Tsai, https://github.com/dsnet/compress/blob/master/doc/bzip2-format.pdf; checksums are left to the reader's trust in
// the file, which has just run this script.

const BLOCK_MAGIC = 0x314159265359;
const RUN_A = 0;
const RUN_B = 1;
const GROUP = 50;
const LONGEST_CODE = 20;

/** Bits from the most significant on. */
class Bits {
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
    this.held = 0;
    this.count = 0;
  }

  /** @param {number} count at most 24 @returns {number} */
  take(count) {
    while (this.count < count) {
      this.held = ((this.held << 8) | (this.bytes[this.at++] ?? 0)) & 0x7fffffff;
      this.count += 8;
    }
    this.count -= count;
    const value = (this.held >>> this.count) & ((1 << count) - 1);
    this.held &= (1 << this.count) - 1;
    return value;
  }

  /** @returns {number} 48 bits */
  magic() {
    return this.take(24) * 0x1000000 + this.take(24);
  }
}

/** A canonical Huffman code. */
class Code {
  /** @param {Uint8Array} lengths of the code of each symbol */
  constructor(lengths) {
    this.limit = new Int32Array(LONGEST_CODE + 2);
    this.base = new Int32Array(LONGEST_CODE + 2);
    this.symbols = new Uint16Array(lengths.length);
    let code = 0;
    let place = 0;
    for (let length = 1; length <= LONGEST_CODE; length++) {
      this.base[length] = place - code;
      for (let symbol = 0; symbol < lengths.length; symbol++)
        if (lengths[symbol] === length) {
          this.symbols[place++] = symbol;
          code++;
        }
      this.limit[length] = code - 1;
      code <<= 1;
    }
    this.least = Math.min(...lengths);
  }

  /** @param {Bits} bits @returns {number} the next symbol */
  next(bits) {
    let length = this.least;
    let code = bits.take(length);
    while (code > this.limit[length] && length <= LONGEST_CODE) {
      code = (code << 1) | bits.take(1);
      length++;
    }
    return this.symbols[code + this.base[length]];
  }
}

/** @param {Uint8Array} list @param {number} index @returns {number} what stands there, now at the front */
function toFront(list, index) {
  const value = list[index];
  // Most steps are short, and a call for each of them would cost more than it does.
  if (index > 12) list.copyWithin(1, 0, index);
  else for (let at = index; at > 0; at--) list[at] = list[at - 1];
  list[0] = value;
  return value;
}

/** @param {Bits} bits @param {Uint32Array} room @returns {{length: number, start: number}} the last column of a block, in the low bytes of `room` */
function readBlock(bits, room) {
  bits.take(24);
  bits.take(8); // the checksum
  bits.take(1);
  const start = bits.take(24);
  const used = [];
  const rows = bits.take(16);
  for (let row = 0; row < 16; row++)
    if (rows & (0x8000 >> row)) {
      const columns = bits.take(16);
      for (let column = 0; column < 16; column++) if (columns & (0x8000 >> column)) used.push(row * 16 + column);
    }
  const kinds = bits.take(3);
  const selectors = new Uint8Array(bits.take(15));
  const recent = Uint8Array.from({ length: kinds }, (_, index) => index);
  for (let index = 0; index < selectors.length; index++) {
    let far = 0;
    while (bits.take(1)) far++;
    selectors[index] = toFront(recent, far);
  }
  const codes = Array.from({ length: kinds }, () => {
    let length = bits.take(5);
    return new Code(
      Uint8Array.from({ length: used.length + 2 }, () => {
        while (bits.take(1)) length += bits.take(1) ? -1 : 1;
        return length;
      }),
    );
  });
  const list = Uint8Array.from(used);
  const end = used.length + 1;
  let filled = 0;
  let run = 0;
  let weight = 1;
  for (let group = 0, left = 0, code = codes[0]; ; left--) {
    if (!left) {
      code = codes[selectors[group++]];
      left = GROUP;
    }
    const symbol = code.next(bits);
    if (symbol === RUN_A || symbol === RUN_B) {
      run += weight << symbol;
      weight <<= 1;
      continue;
    }
    if (run) {
      room.fill(list[0], filled, filled + run);
      filled += run;
      run = 0;
      weight = 1;
    }
    if (symbol === end) return { length: filled, start };
    room[filled++] = toFront(list, symbol - 1);
  }
}

/** Turns the last column into the order of the text, and writes out runs. @param {Uint32Array} room @param {number} length @param {number} start @param {number[][]|Uint8Array[]} out */
function restore(room, length, start, out) {
  const places = new Uint32Array(257);
  for (let index = 0; index < length; index++) places[(room[index] & 0xff) + 1]++;
  for (let byte = 0; byte < 256; byte++) places[byte + 1] += places[byte];
  for (let index = 0; index < length; index++) room[places[room[index] & 0xff]++] |= index << 8;
  let bytes = new Uint8Array(length * 2);
  let filled = 0;
  let same = 0;
  let before = -1;
  for (let index = 0, at = room[start] >>> 8; index < length; index++) {
    const entry = room[at];
    const byte = entry & 0xff;
    at = entry >>> 8;
    const count = same === 4 ? byte : 1;
    if (filled + count > bytes.length) {
      const larger = new Uint8Array(bytes.length * 2 + 256);
      larger.set(bytes);
      bytes = larger;
    }
    if (same === 4) {
      bytes.fill(before, filled, filled + count);
      same = 0;
      before = -1;
    } else {
      bytes[filled] = byte;
      same = byte === before ? same + 1 : 1;
      before = byte;
    }
    filled += count;
  }
  out.push(/** @type {any} */ (bytes.subarray(0, filled)));
}

/** @param {string} packed bzip2 in base64 @returns {string} the text, which is UTF-8 inside */
function unpack(packed) {
  const letters = atob(packed);
  const bytes = new Uint8Array(letters.length);
  for (let index = 0; index < letters.length; index++) bytes[index] = letters.charCodeAt(index);
  const bits = new Bits(bytes);
  bits.take(24);
  const room = new Uint32Array((bits.take(8) - 48) * 100_000);
  /** @type {Uint8Array[]} */
  const parts = [];
  const decoder = new TextDecoder();
  let text = "";
  while (bits.magic() === BLOCK_MAGIC) {
    const { length, start } = readBlock(bits, room);
    parts.length = 0;
    restore(room, length, start, parts);
    text += decoder.decode(parts[0], { stream: true });
  }
  return text + decoder.decode();
}
