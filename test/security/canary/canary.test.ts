import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PLANTED, secretFor } from '../../../simulator/identity.ts';
import { startSimulator } from '../../../simulator/simulator.ts';
import { formsIn, leaksBelow } from './canary.ts';
import { end, notesIn, suiteFolder } from './suite.ts';

const secret = secretFor('sk-', 'canary');

describe('a planted secret is found', () => {
  test.each<[string, string | Buffer]>([
    ['as it is', `the key is ${secret}, is it not`],
    ['in JSON', JSON.stringify({ deep: [{ key: `"${secret}` }] })],
    ['in an address', `https://host/?key=${encodeURIComponent(`${secret}&`)}`],
    ['in small letters', secret.toLowerCase()],
    ['in two bytes for a letter', Buffer.from(secret, 'utf16le')],
    ['in hexadecimal', Buffer.from(secret).toString('hex')],
    ['packed', gzipSync(`{"key":"${secret}"}`)],
    ['packed in base64', gzipSync(Buffer.from(secret).toString('base64'))],
    ...[0, 1, 2].flatMap((offset): [string, string][] => {
      const text = `${'x'.repeat(offset)}${secret} and more`;
      return [
        [`in base64, ${offset} letters further on`, Buffer.from(text).toString('base64')],
        [`in base64url, ${offset} letters further on`, Buffer.from(text).toString('base64url')],
        [`in base64 in short lines, ${offset}`, Buffer.from(text).toString('base64').replace(/.{19}/g, '$&\r\n')],
      ];
    }),
  ])('%s', (_form, text) => {
    expect(formsIn(Buffer.from(text))).not.toEqual([]);
  });

  test('also at its beginning alone, and not where there is none', () => {
    expect(formsIn(Buffer.from(`sk-${PLANTED.slice(0, -1)}`))).toEqual([]);
    expect(formsIn(Buffer.from(secret.slice(0, 20)))).toEqual(['as it is']);
    for (const file of ['README.md', 'package.json', 'docs/operating.md']) {
      expect(formsIn(readFileSync(file))).toEqual([]);
    }
  });

  test('in every secret of the simulator, the tokens included', async () => {
    const sim = await startSimulator({ data: 'none' });
    for (const one of sim.secrets) expect(formsIn(Buffer.from(one))).not.toEqual([]);
    await sim.close();
  });
});

describe('what a suite leaves', () => {
  // Outside the folder of this very suite, which would otherwise find what is planted here.
  let other: string;
  beforeEach(() => {
    other = mkdtempSync(join(suiteFolder(), '..', 'portcullis-planted-'));
  });
  afterEach(() => rmSync(other, { recursive: true, force: true }));

  test('is looked through at its end, in every folder, and the suite fails by a leak', () => {
    mkdirSync(join(other, 'a', 'b'), { recursive: true });
    writeFileSync(join(other, 'a', 'b', 'run.json.gz'), gzipSync(secret));
    writeFileSync(join(other, 'fine.txt'), 'fine');
    expect(leaksBelow(other)).toHaveLength(1);
    expect(() => end(other)).toThrow('run.json.gz: packed, as it is');
    expect(existsSync(other)).toBe(true);
  });

  test('is thrown away when nothing was found; settings may hold what the program is started with', () => {
    writeFileSync(join(other, 'x.env'), `OPENAI_API_KEY=${secret}`);
    end(other);
    expect(existsSync(other)).toBe(false);
  });

  test('fails by what was noted on the way, although it is gone', () => {
    writeFileSync(notesIn(other), 'somewhere: as it is\n');
    expect(() => end(other)).toThrow('somewhere: as it is');
  });
});

/** Leaks on purpose, and takes back what was noted of it. */
async function noted(leak: (folder: string) => Promise<unknown> | unknown): Promise<string> {
  const file = notesIn(suiteFolder());
  await leak(mkdtempSync(join(tmpdir(), 'leak-')));
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  writeFileSync(file, '');
  return text;
}

describe('what is gone before the end is noted', () => {
  test('a folder that a test removes', async () => {
    const leak = (folder: string) => {
      writeFileSync(join(folder, 'state.json'), secret);
      rmSync(folder, { recursive: true });
    };
    expect(await noted(leak)).toContain('state.json: as it is');
  });

  test('a file that the program removes or replaces', async () => {
    const removed = async (folder: string) => {
      await writeFile(join(folder, 'outbox.json'), secret);
      await rm(join(folder, 'outbox.json'));
    };
    expect(await noted(removed)).toContain('outbox.json: as it is');
    const replaced = async (folder: string) => {
      await writeFile(join(folder, 'state.json'), secret);
      await writeFile(join(folder, 'new.json'), 'fine');
      await rename(join(folder, 'new.json'), join(folder, 'state.json'));
    };
    expect(await noted(replaced)).toContain('state.json: as it is');
  });

  test('what a process prints', async () => {
    const leak = async () => {
      const child = spawn(process.execPath, ['-e', 'console.error(process.env.KEY)'], { env: { KEY: secret } });
      await once(child, 'close');
    };
    expect(await noted(leak)).toContain('the output of');
  });
});
