/** Run as a child under a limit on file sizes: an append that fails in its middle, after somebody else has added a line. */
import { appendFileSync, statSync } from 'node:fs';
import { appendDurably } from '../../../src/store/files.ts';
import { StorageError } from '../../../src/util/errors.ts';

const file = process.argv[2] ?? '';
const before = statSync(file).size;
let over = false;
let added = false;

/** Written in several parts, so that there is a between. */
const ours = appendDurably(file, `${'x'.repeat(8 * 1024 * 1024)}\n`).then(
  () => 1,
  (error: unknown) => (error instanceof StorageError ? 0 : 2),
);
function addBetween(): void {
  if (over) return;
  if (statSync(file).size === before) return void setImmediate(addBetween);
  appendFileSync(file, 'theirs\n');
  added = true;
}
addBetween();
const code = await ours;
over = true;
process.exit(added ? code : 3);
