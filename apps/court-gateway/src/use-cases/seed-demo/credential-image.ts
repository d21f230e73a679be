import { crc32, deflateSync } from 'node:zlib';
import { sha256 } from '#kernel';

const SIDE = 16;

/**
 * A small real PNG that stands for the scan of a demo credential: a grey pattern made from its number, so that two credentials
 * never have the same image. It shows nobody's face and nobody's document.
 */
export function demoCredentialImage(number: string): Buffer {
  const pattern = sha256(number);
  const rows = Array.from({ length: SIDE }, (_, y) => {
    const greys = Array.from({ length: SIDE }, (_unused, x) => pattern[(y * SIDE + x) % pattern.length] ?? 0);
    return Buffer.from([0, ...greys]);
  });
  const head = Buffer.alloc(13);
  head.writeUInt32BE(SIDE, 0);
  head.writeUInt32BE(SIDE, 4);
  head.writeUInt8(8, 8);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, body: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'ascii'), body]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(typed));
  return Buffer.concat([length, typed, check]);
}
