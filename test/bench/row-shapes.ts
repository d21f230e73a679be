import type { SqlValue } from '#persistence';
import type { StoreReading, TableShape } from './store-reading.js';

/** What was written between two readings, per unit of work: the newest rows of each table that grew. */
export async function shapesBetween(before: StoreReading, after: StoreReading, units: number): Promise<readonly TableShape[]> {
  return after.look(async (view) => {
    const shapes: TableShape[] = [];
    for (const [table, count] of after.counts) {
      const perUnit = (count - (before.counts.get(table) ?? 0)) / units;
      const rows = Math.round(perUnit);
      if (rows > 0) shapes.push(await view.shapeOf(table, rows, perUnit));
    }
    return shapes;
  });
}

/** Bytes of the values of one unit's rows; a number counts as eight. */
export function bytesPerUnit(shapes: readonly TableShape[]): number {
  const values = shapes.flatMap(({ rows }) => rows.flatMap((row) => Object.values(row)));
  return values.map(sizeOf).reduce((sum, size) => sum + size, 0);
}

function sizeOf(value: SqlValue): number {
  if (value === null) return 0;
  if (Buffer.isBuffer(value)) return value.length;
  return typeof value === 'string' ? Buffer.byteLength(value) : 8;
}

export function rowsPerUnit(shapes: readonly TableShape[]): number {
  return shapes.reduce((sum, { rows }) => sum + rows.length, 0);
}

/** Shapes in a file, for the process of the reference. */
export function encodeShapes(shapes: readonly TableShape[]): string {
  return JSON.stringify(shapes, (_, value: unknown) => {
    if (typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer' && 'data' in value)
      return { bytes: Buffer.from(value.data as number[]).toString('base64') };
    return value;
  });
}

export function decodeShapes(text: string): readonly TableShape[] {
  return JSON.parse(text, (_, value: unknown) => {
    if (typeof value === 'object' && value !== null && 'bytes' in value && typeof value.bytes === 'string')
      return Buffer.from(value.bytes, 'base64');
    return value;
  }) as readonly TableShape[];
}
