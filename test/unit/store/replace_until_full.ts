/** Run as a child under a limit on file sizes: writes a long file by parts, as it stands and packed, and prints what each says. */
import { randomBytes } from 'node:crypto';
import { replaceByParts } from '../../../src/store/parts_file.ts';

function* parts(): Generator<string> {
  // Text that does not get shorter by packing.
  for (let n = 0; n < 60; n++) yield randomBytes(20_000).toString('base64');
}

const file = process.argv[2] ?? '';
const say = (text: string) => process.stdout.write(`${text}\n`);
for (const packed of [false, true]) {
  await replaceByParts(file, parts(), packed).then(
    () => say('written'),
    (error: Error & { systemCode?: string }) => say(`${error.name} ${error.systemCode} ${error.message}`),
  );
}
