import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { packedLines, replaceByParts } from '../../../src/store/parts_file.ts';
import { StorageError } from '../../../src/util/errors.ts';
import { tempFolder } from '../../helpers/requests.ts';

const parts = Array.from({ length: 5000 }, (_, n) => `line ${n} ${'äö山'.repeat(20)}\n`);

describe('A file that is written part by part', () => {
  test('holds all parts in their order, for the own user only', async () => {
    const file = join(tempFolder(), 'new', 'report.md');
    await replaceByParts(file, parts, false);
    expect(readFileSync(file, 'utf8')).toBe(parts.join(''));
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('can be packed, and of no parts it is empty', async () => {
    const folder = tempFolder();
    await replaceByParts(join(folder, 'a.gz'), parts, true);
    await replaceByParts(join(folder, 'b.gz'), [], true);
    await replaceByParts(join(folder, 'c'), [], false);
    expect(gunzipSync(readFileSync(join(folder, 'a.gz'))).toString('utf8')).toBe(parts.join(''));
    expect(gunzipSync(readFileSync(join(folder, 'b.gz'))).toString('utf8')).toBe('');
    expect(readFileSync(join(folder, 'c'), 'utf8')).toBe('');
  });

  test('stays as it was when a part cannot be made, and that error comes out', async () => {
    const folder = tempFolder();
    const file = join(folder, 'report.md');
    writeFileSync(file, 'before');
    const broken = function* () {
      yield* parts;
      throw new TypeError('no such part');
    };
    await expect(replaceByParts(file, broken(), false)).rejects.toThrow(TypeError);
    expect(readFileSync(file, 'utf8')).toBe('before');
    expect(readdirSync(folder)).toEqual(['report.md']);
  });

  test('stays as it was when it cannot be written, and nothing half is left', async () => {
    const folder = tempFolder();
    mkdirSync(join(folder, 'taken'));
    writeFileSync(join(folder, 'taken', 'x'), '');
    await expect(replaceByParts(join(folder, 'taken'), parts, false)).rejects.toThrow(StorageError);
    expect(readdirSync(folder)).toEqual(['taken']);
  });

  test('says what the disk said when it fills up, packed or not, and not that something was aborted', () => {
    const folder = tempFolder();
    const file = join(folder, 'report.md');
    writeFileSync(file, 'before');
    const script = join(import.meta.dirname, 'replace_until_full.ts');
    const under = `ulimit -f 256; exec "${process.execPath}" "${script}" "${file}"`;
    const said = execFileSync('bash', ['-c', under], { stdio: 'pipe' }).toString();
    const full = new RegExp(`^StorageError EFBIG could not write \`${file}\`: EFBIG$`);
    const [first, second, end] = said.split('\n');
    expect([first, second, end]).toEqual([expect.stringMatching(full), expect.stringMatching(full), '']);
    expect(readdirSync(folder)).toEqual(['report.md']);
    expect(readFileSync(file, 'utf8')).toBe('before');
  });

  test('lets everything else have its turn while it is written', async () => {
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 0);
    await replaceByParts(
      join(tempFolder(), 'long'),
      Array.from({ length: 400 }, () => 'x'.repeat(70_000)),
      false,
    );
    clearInterval(timer);
    expect(turns).toBeGreaterThan(5);
  });
});

describe('The lines of a packed file', () => {
  const linesOf = async (file: string): Promise<string[]> => {
    const lines: string[] = [];
    for await (const line of packedLines(file)) lines.push(line);
    return lines;
  };

  test('come one by one, with no end of line at the end as well', async () => {
    const file = join(tempFolder(), 'lines.gz');
    writeFileSync(file, gzipSync(`${parts.join('')}last`));
    expect(await linesOf(file)).toEqual([...parts.map((part) => part.trimEnd()), 'last']);
  });

  test('are none when there is no such file', async () => {
    expect(await linesOf(join(tempFolder(), 'none.gz'))).toEqual([]);
  });

  test('of a file that was cut, that is not packed or that is a folder end in a storage fault', async () => {
    const folder = tempFolder();
    const whole = gzipSync(parts.join(''));
    writeFileSync(join(folder, 'cut.gz'), whole.subarray(0, whole.length - 30));
    writeFileSync(join(folder, 'plain.gz'), 'plain');
    mkdirSync(join(folder, 'folder.gz'));
    for (const name of readdirSync(folder)) await expect(linesOf(join(folder, name))).rejects.toThrow(StorageError);
    await expect(linesOf(join(folder, 'folder.gz'))).rejects.toMatchObject({ systemCode: 'EISDIR' });
    await expect(linesOf(join(folder, 'cut.gz'))).rejects.toThrow(/could not read/);
  });

  test('need not be read to the end', async () => {
    const file = join(tempFolder(), 'lines.gz');
    writeFileSync(file, gzipSync(parts.join('')));
    for await (const line of packedLines(file)) {
      expect(line).toBe(parts[0]?.trimEnd());
      break;
    }
    chmodSync(file, 0o600);
  });
});
