// A screenshot as a small PNG: the 256 colours that it has most of, packed as tightly as deflate can.
import zlib from "node:zlib";

const SIGNATURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
const MOST = 256;

const table = Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

function chunk(kind, data) {
  const body = Buffer.concat([Buffer.from(kind, "latin1"), data]);
  let crc = 0xffffffff;
  for (const byte of body) crc = table[(crc ^ byte) & 255] ^ (crc >>> 8);
  const [length, end] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  end.writeUInt32BE((crc ^ 0xffffffff) >>> 0);
  return Buffer.concat([length, body, end]);
}

/// The chunks of a PNG by their kinds; parts of the picture joined.
function chunks(png) {
  const found = {};
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const kind = png.toString("latin1", at + 4, at + 8);
    (found[kind] ??= []).push(png.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  return found;
}

function paeth(left, up, corner) {
  const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

/// The bytes of the picture, each line without its filter.
function plain(raw, width, height, size) {
  const long = width * size;
  const out = Buffer.alloc(long * height);
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (long + 1)];
    for (let x = 0; x < long; x += 1) {
      const left = x >= size ? out[y * long + x - size] : 0;
      const up = y > 0 ? out[(y - 1) * long + x] : 0;
      const corner = x >= size && y > 0 ? out[(y - 1) * long + x - size] : 0;
      const add = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
      out[y * long + x] = raw[y * (long + 1) + 1 + x] + add;
    }
  }
  return out;
}

/// A PNG of 8 bits for each of red, green, blue (and alpha, which screenshots do not use), smaller.
export function small(png) {
  const { IHDR, IDAT } = chunks(png);
  const head = Buffer.from(IHDR[0]);
  const [width, height, size] = [head.readUInt32BE(0), head.readUInt32BE(4), head[9] === 6 ? 4 : 3];
  const bytes = plain(zlib.inflateSync(Buffer.concat(IDAT)), width, height, size);
  const counts = new Map();
  const colour = (n) => (bytes[n * size] << 16) | (bytes[n * size + 1] << 8) | bytes[n * size + 2];
  for (let n = 0; n < width * height; n += 1) counts.set(colour(n), (counts.get(colour(n)) ?? 0) + 1);
  const parts = (one) => [one >> 16, (one >> 8) & 255, one & 255];
  // A colour counts for more than a grey: there is less of it, and it says more.
  const weight = ([one, count]) => count * (1 + (Math.max(...parts(one)) - Math.min(...parts(one))) / 8);
  const kept = [...counts].sort((one, other) => weight(other) - weight(one)).slice(0, MOST).map(([one]) => one);
  const near = new Map(kept.map((one, at) => [one, at]));
  const nearest = (one) => {
    const [r, g, b] = parts(one);
    let [best, least] = [0, Infinity];
    kept.forEach((other, at) => {
      const [x, y, z] = parts(other);
      const far = (r - x) ** 2 + (g - y) ** 2 + (b - z) ** 2;
      if (far < least) [best, least] = [at, far];
    });
    near.set(one, best);
    return best;
  };
  const lines = Buffer.alloc((width + 1) * height);
  for (let n = 0; n < width * height; n += 1) {
    const one = colour(n);
    lines[n + Math.floor(n / width) + 1] = near.get(one) ?? nearest(one);
  }
  head[8] = 8;
  head[9] = 3;
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", head),
    chunk("PLTE", Buffer.from(kept.flatMap(parts))),
    chunk("IDAT", zlib.deflateSync(lines, { level: 9, memLevel: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}
