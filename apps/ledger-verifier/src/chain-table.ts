import { Broken } from './broken.js';
import { HASH_BYTES } from './hashing.js';

/** A chain is known by the first 16 bytes of SHA-256 of its name; to make two alike would take 2^64 hashes and only break the log. */
export const KEY_BYTES = 16;
const KEY_WORDS = KEY_BYTES / 4;
/** One chain in a file: key, number as a double, hash of its newest leaf. */
export const RECORD_BYTES = KEY_BYTES + 8 + HASH_BYTES;
/** 56 bytes a slot and at least three slots for two chains: below 1 GB at the most. */
export const CHAINS_MAX = 10_000_000;
const SLOTS_AT_FIRST = 1 << 12;
const LOAD_MAX = 0.7;

/** Newest leaf of each chain, in flat arrays with open addressing: a map of objects would take six times the memory. */
export class ChainTable {
  count = 0;
  private slots = SLOTS_AT_FIRST;
  private keys = new Uint32Array(SLOTS_AT_FIRST * KEY_WORDS);
  /** 0 marks an empty slot: numbers of leaves begin at 1. */
  private seqs = new Float64Array(SLOTS_AT_FIRST);
  private hashes = Buffer.alloc(SLOTS_AT_FIRST * HASH_BYTES);

  /** The number of the newest leaf of the chain whose key stands in `bytes` at `at`, or 0. */
  seqOf(bytes: Buffer, at: number): number {
    return this.seqs[this.slotOf(bytes, at)] ?? 0;
  }

  /** True when these 32 bytes are the hash of the chain's newest leaf. */
  isNewest(bytes: Buffer, at: number, hash: Buffer, hashAt: number): boolean {
    const slot = this.slotOf(bytes, at) * HASH_BYTES;
    return this.hashes.compare(hash, hashAt, hashAt + HASH_BYTES, slot, slot + HASH_BYTES) === 0;
  }

  /** @throws Broken when there are more chains than can be followed */
  put(bytes: Buffer, at: number, seq: number, hash: Buffer, hashAt: number): void {
    const slot = this.slotOf(bytes, at);
    if (this.seqs[slot] === 0) {
      for (let word = 0; word < KEY_WORDS; word++) this.keys[slot * KEY_WORDS + word] = bytes.readUInt32LE(at + word * 4);
      this.count += 1;
    }
    this.seqs[slot] = seq;
    hash.copy(this.hashes, slot * HASH_BYTES, hashAt, hashAt + HASH_BYTES);
    if (this.count > this.slots * LOAD_MAX) this.grow();
  }

  /** All chains, one record each. */
  dump(): Buffer {
    const out = Buffer.alloc(this.count * RECORD_BYTES);
    let at = 0;
    for (let slot = 0; slot < this.slots; slot++) {
      const seq = this.seqs[slot] ?? 0;
      if (seq === 0) continue;
      this.writeKey(slot, out, at);
      out.writeDoubleLE(seq, at + KEY_BYTES);
      this.hashes.copy(out, at + KEY_BYTES + 8, slot * HASH_BYTES, (slot + 1) * HASH_BYTES);
      at += RECORD_BYTES;
    }
    return out;
  }

  load(records: Buffer): void {
    for (let at = 0; at < records.length; at += RECORD_BYTES)
      this.put(records, at, records.readDoubleLE(at + KEY_BYTES), records, at + KEY_BYTES + 8);
  }

  /** Where the chain stands, or the empty slot where it would. */
  private slotOf(bytes: Buffer, at: number): number {
    const [a, b, c, d] = [bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4), bytes.readUInt32LE(at + 8), bytes.readUInt32LE(at + 12)];
    const { keys, seqs } = this;
    for (let slot = a & (this.slots - 1); ; slot = (slot + 1) & (this.slots - 1)) {
      const word = slot * KEY_WORDS;
      if (seqs[slot] === 0) return slot;
      if (keys[word] === a && keys[word + 1] === b && keys[word + 2] === c && keys[word + 3] === d) return slot;
    }
  }

  private grow(): void {
    if (this.count >= CHAINS_MAX) throw new Broken('verifier', `there are more than ${CHAINS_MAX} chains, which it cannot follow at once`);
    const before = { slots: this.slots, keys: this.keys, seqs: this.seqs, hashes: this.hashes };
    this.slots *= 2;
    this.keys = new Uint32Array(this.slots * KEY_WORDS);
    this.seqs = new Float64Array(this.slots);
    this.hashes = Buffer.alloc(this.slots * HASH_BYTES);
    for (let slot = 0; slot < before.slots; slot++) this.move(before, slot);
  }

  private move(from: { keys: Uint32Array; seqs: Float64Array; hashes: Buffer }, old: number): void {
    const seq = from.seqs[old] ?? 0;
    if (seq === 0) return;
    let slot = (from.keys[old * KEY_WORDS] ?? 0) & (this.slots - 1);
    while (this.seqs[slot] !== 0) slot = (slot + 1) & (this.slots - 1);
    this.keys.set(from.keys.subarray(old * KEY_WORDS, (old + 1) * KEY_WORDS), slot * KEY_WORDS);
    this.seqs[slot] = seq;
    from.hashes.copy(this.hashes, slot * HASH_BYTES, old * HASH_BYTES, (old + 1) * HASH_BYTES);
  }

  private writeKey(slot: number, out: Buffer, at: number): void {
    for (let word = 0; word < KEY_WORDS; word++) out.writeUInt32LE(this.keys[slot * KEY_WORDS + word] ?? 0, at + word * 4);
  }
}
