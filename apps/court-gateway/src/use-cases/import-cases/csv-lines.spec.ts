import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { csvLines, type CsvLine } from './csv-lines.js';

async function linesOf(text: string, ...cuts: readonly number[]): Promise<readonly CsvLine[]> {
  const bytes = Buffer.from(text, 'utf8');
  const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  const pieces = at.slice(1).map((to, i) => bytes.subarray(at[i], to));
  const found: CsvLine[] = [];
  const source = (async function* () {
    for (const piece of pieces) yield await Promise.resolve(piece);
  })();
  for await (const line of csvLines(source, 'utf-8')) found.push(line);
  return found;
}

const BROKEN = 'x,"某"公司,y\n';

describe('the lines of a file of cases', () => {
  it('come in their order, a broken one behind those before it', async () => {
    const found = await linesOf(`a,b\n1,2\n${BROKEN}`);
    expect(found.map(({ line, values, fault }) => [line, values ?? fault])).toEqual([
      [1, ['a', 'b']],
      [2, ['1', '2']],
      [3, '不是有效的 CSV 行'],
    ]);
  });

  it('are the same however the bytes come in', async () => {
    const piece = fc.constantFrom('a,b\n', BROKEN, '"', '""', ',', '\n', '\r\n', '陈', ' ', '"x\ny",z\n');
    const texts = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(''));
    await fc.assert(
      fc.asyncProperty(texts, fc.array(fc.nat(2_000), { maxLength: 5 }), async (text, cuts) => {
        expect(await linesOf(text, ...cuts)).toEqual(await linesOf(text));
      }),
    );
  });

  it('are the same when a long file comes in pieces', async () => {
    const text = `a,b\n${'一,"二"\n'.repeat(30_000)}${BROKEN}`;
    const whole = await linesOf(text);
    expect(whole).toHaveLength(30_002);
    expect(await linesOf(text, 1, 70_001, 200_002, 300_004)).toEqual(whole);
  });
});
