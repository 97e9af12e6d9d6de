#!/usr/bin/env node
// The door before the door: plain JavaScript that every Node understands, because an old one stops at the first type.
import { existsSync } from 'node:fs';

const NEEDED = 24;
if (Number.parseInt(process.versions.node, 10) < NEEDED) {
  process.stderr.write(
    `portcullis needs Node ${NEEDED} or newer and this is ${process.version}: start it with \`npm run portcullis --\`, which brings its own\n`,
  );
  process.exit(2);
}
// Below node_modules Node strips no types, so an installed package runs its build; a checkout runs its source.
const source = new URL('../src/cli.ts', import.meta.url);
const built = new URL('../dist/cli.js', import.meta.url);
const installed = import.meta.url.includes('/node_modules/');
const { main } = await import(!installed && existsSync(source) ? source.href : built.href);
await main(process.argv);
