import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type FileLine, linesOf } from '../../../src/ledger/lines.ts';
import { tempFolder } from '../../helpers/requests.ts';
import { examples } from '../../suite/property_runs.ts';

async function all(file: string): Promise<FileLine[]> {
  const lines: FileLine[] = [];
  for await (const line of linesOf(file)) lines.push(line);
  return lines;
}

test('A file gives its lines with their places, the last one also without a line break', async () => {
  const file = join(tempFolder(), 'a');
  expect(await all(file), 'no such file').toEqual([]);
  writeFileSync(file, '');
  expect(await all(file)).toEqual([]);
  writeFileSync(file, 'one\n\nzwölf\nhalf');
  expect(await all(file)).toEqual([
    { text: 'one', from: 0, ended: true },
    { text: '', from: 4, ended: true },
    { text: 'zwölf', from: 5, ended: true },
    { text: 'half', from: 12, ended: false },
  ]);
});

test('Wherever it is cut into parts, a file gives the lines that it has', async () => {
  const MiB = 1024 * 1024;
  const length = fc.oneof(fc.nat(40), fc.integer({ min: 8 * MiB - 20, max: 8 * MiB + 20 }));
  await fc.assert(
    fc.asyncProperty(fc.array(length, { minLength: 1, maxLength: 4 }), fc.boolean(), async (lengths, ended) => {
      const file = join(tempFolder(), 'a');
      const lines = lengths.map((n, i) => `${i % 2 === 0 ? 'ü' : 'a'}`.repeat(Math.ceil(n / 2)));
      writeFileSync(file, lines.join('\n') + (ended ? '\n' : ''));
      const found = await all(file);
      const expected = ended || lines.at(-1) !== '' ? lines : lines.slice(0, -1);
      expect(found.length).toBe(expected.length);
      expect(found.every(({ text }, i) => text === expected[i])).toBe(true);
      let from = 0;
      for (const [i, line] of expected.entries()) {
        expect(found[i]).toMatchObject({ from, ended: ended || i < lines.length - 1 });
        from += Buffer.byteLength(line) + 1;
      }
    }),
    { numRuns: examples(15) },
  );
});

test('A file beyond what one buffer may hold is read, and a line that nobody ends is refused', async () => {
  const file = join(tempFolder(), 'a');
  writeFileSync(file, 'first\nsecond\n');
  // A hole takes no room on the disk.
  truncateSync(file, 3 * 1024 ** 3);
  const lines: string[] = [];
  for await (const { text } of linesOf(file)) if (lines.push(text) === 2) break;
  expect(lines).toEqual(['first', 'second']);
  await expect(all(file)).rejects.toThrow(/too long/);
});
