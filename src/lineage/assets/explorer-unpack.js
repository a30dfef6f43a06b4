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
/** So many bits are looked up at once; few codes are longer. */
const LOOK = 10;
/** What one step does: groups of symbols, places of a column, bytes of text; some milliseconds each. */
const GROUPS_AT_ONCE = 600;
const PLACES_AT_ONCE = 200_000;

/** Bits from the most significant on. */
class Bits {
  /** @param {Uint8Array} bytes with a few more behind the end, as more are looked at than taken */
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
    this.held = 0;
    this.count = 0;
  }

  /** @param {number} count at most 24 @returns {number} */
  take(count) {
    while (this.count < count) {
      this.held = ((this.held << 8) | this.bytes[this.at++]) & 0x7fffffff;
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
    /** For each beginning its symbol and, in the low five bits, the length; 0 where the code is longer. */
    this.short = new Uint16Array(1 << LOOK);
    let code = 0;
    let place = 0;
    for (let length = 1; length <= LONGEST_CODE; length++) {
      this.base[length] = place - code;
      for (let symbol = 0; symbol < lengths.length; symbol++)
        if (lengths[symbol] === length) {
          if (length <= LOOK)
            this.short.fill((symbol << 5) | length, code << (LOOK - length), (code + 1) << (LOOK - length));
          this.symbols[place++] = symbol;
          code++;
        }
      this.limit[length] = code - 1;
      code <<= 1;
    }
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

/** The last column of a block, read a piece at a time. */
class LastColumn {
  /** @param {Bits} bits @param {Uint32Array} room for the column, in the low bytes */
  constructor(bits, room) {
    this.bits = bits;
    this.room = room;
    bits.take(24);
    bits.take(8); // the checksum
    bits.take(1);
    this.start = bits.take(24);
    const used = [];
    const rows = bits.take(16);
    for (let row = 0; row < 16; row++)
      if (rows & (0x8000 >> row)) {
        const columns = bits.take(16);
        for (let column = 0; column < 16; column++) if (columns & (0x8000 >> column)) used.push(row * 16 + column);
      }
    const kinds = bits.take(3);
    this.selectors = new Uint8Array(bits.take(15));
    const recent = Uint8Array.from({ length: kinds }, (_, index) => index);
    for (let index = 0; index < this.selectors.length; index++) {
      let far = 0;
      while (bits.take(1)) far++;
      this.selectors[index] = toFront(recent, far);
    }
    this.codes = Array.from({ length: kinds }, () => {
      let length = bits.take(5);
      const lengths = new Uint8Array(used.length + 2);
      for (let symbol = 0; symbol < lengths.length; symbol++) {
        while (bits.take(1)) length += bits.take(1) ? -1 : 1;
        lengths[symbol] = length;
      }
      return new Code(lengths);
    });
    this.list = Uint8Array.from(used);
    this.end = used.length + 1;
    this.group = 0;
    this.length = 0;
    this.run = 0;
    this.weight = 1;
  }

  /** Reads some groups of symbols. @returns {boolean} whether these were the last */
  step() {
    const { bits, room, list, selectors, codes, end } = this;
    const { bytes } = bits;
    // In variables of its own: this loop is most of what unpacking takes.
    let { at, held, count } = bits;
    let { length: filled, run, weight } = this;
    let done = false;
    for (const last = this.group + GROUPS_AT_ONCE; this.group < last && !done; this.group++) {
      const code = codes[selectors[this.group]];
      const { short } = code;
      for (let left = GROUP; left; left--) {
        while (count < LONGEST_CODE) {
          held = (held << 8) | bytes[at++];
          count += 8;
        }
        const known = short[held >>> (count - LOOK)];
        let symbol = known >> 5;
        if (known) count -= known & 31;
        else {
          let length = LOOK + 1;
          while (length < LONGEST_CODE && held >>> (count - length) > code.limit[length]) length++;
          symbol = code.symbols[(held >>> (count - length)) + code.base[length]];
          count -= length;
        }
        held &= (1 << count) - 1;
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
        if (symbol === end) {
          done = true;
          break;
        }
        room[filled++] = toFront(list, symbol - 1);
      }
    }
    bits.at = at;
    bits.held = held;
    bits.count = count;
    this.length = filled;
    this.run = run;
    this.weight = weight;
    return done;
  }
}

/** The text of a block out of its last column, a piece at a time. */
class Restored {
  /** @param {Uint32Array} room @param {number} length @param {number} start */
  constructor(room, length, start) {
    this.room = room;
    this.length = length;
    this.start = start;
    this.places = new Uint32Array(257);
    for (let index = 0; index < length; index++) this.places[room[index] + 1]++;
    for (let byte = 0; byte < 256; byte++) this.places[byte + 1] += this.places[byte];
    this.linked = 0;
    this.index = 0;
    this.at = 0;
    this.bytes = new Uint8Array(length * 2);
    this.filled = 0;
    this.same = 0;
    this.before = -1;
  }

  /** Puts some places in the order of the text, then writes some of it out. @returns {boolean} whether it is finished */
  step() {
    const { room, length } = this;
    if (this.linked < length) {
      const { places } = this;
      const last = Math.min(length, this.linked + PLACES_AT_ONCE);
      for (let index = this.linked; index < last; index++) room[places[room[index] & 0xff]++] |= index << 8;
      this.linked = last;
      if (last === length) this.at = room[this.start] >>> 8;
      return length === 0;
    }
    let { bytes, filled, same, before, at } = this;
    const last = Math.min(length, this.index + PLACES_AT_ONCE);
    for (let index = this.index; index < last; index++) {
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
    Object.assign(this, { bytes, filled, same, before, at, index: last });
    return last === length;
  }
}

/** Unpacks a text a piece at a time, so that a reader who does something meanwhile need not wait for all of it. */
class Unpacking {
  /** @param {string} packed bzip2 in base64 */
  constructor(packed) {
    const letters = atob(packed);
    const bytes = new Uint8Array(letters.length + 8);
    for (let index = 0; index < letters.length; index++) bytes[index] = letters.charCodeAt(index);
    this.bits = new Bits(bytes);
    this.bits.take(24);
    this.room = new Uint32Array((this.bits.take(8) - 48) * 100_000);
    this.decoder = new TextDecoder();
    /** What has come out so far, which is UTF-8 inside. */
    this.text = "";
    /** @type {LastColumn|null} */
    this.column = null;
    /** @type {Restored|null} */
    this.block = null;
  }

  /** @returns {boolean} whether the text is complete */
  step() {
    if (this.block) {
      if (!this.block.step()) return false;
      this.text += this.decoder.decode(this.block.bytes.subarray(0, this.block.filled), { stream: true });
      this.block = null;
    } else if (this.column) {
      if (!this.column.step()) return false;
      this.block = new Restored(this.room, this.column.length, this.column.start);
      this.column = null;
    } else if (this.bits.magic() === BLOCK_MAGIC) this.column = new LastColumn(this.bits, this.room);
    else {
      this.text += this.decoder.decode();
      return true;
    }
    return false;
  }
}

/** @param {string} packed bzip2 in base64 @returns {string} the text */
function unpack(packed) {
  const unpacking = new Unpacking(packed);
  while (!unpacking.step());
  return unpacking.text;
}
