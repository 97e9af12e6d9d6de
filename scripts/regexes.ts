import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { check } from 'recheck';
import { inSources, isBounded, madeAtLoad, written } from '../test/repo/regexes.ts';

/**
 * `node scripts/regexes.ts`: asks about every regular expression of the program that is not plainly bounded, and writes
 * those that are linear into test/repo/linear_regexes.json. Takes minutes; test/repo/regexes.test.ts says what is missing.
 */
const LIST = join(import.meta.dirname, '../test/repo/linear_regexes.json');
const PATIENCE_MS = 30_000;

const { literals, makers } = inSources();
const made = await madeAtLoad([...new Set(makers.map(({ file }) => file))]);
const asked = new Map(
  [...literals, ...made].filter(({ source }) => !isBounded(source)).map((regex) => [written(regex), regex]),
);
const linear: string[] = [];
for (const [text, { file, line, source, flags }] of asked) {
  const found = await check(source, flags, { timeout: PATIENCE_MS });
  if (found.status === 'safe') linear.push(text);
  else
    process.stdout.write(`${file}:${line} ${found.status === 'vulnerable' ? found.complexity.summary : ''} ${text}\n`);
}
writeFileSync(LIST, `${JSON.stringify(linear.sort(), null, 2)}\n`);
