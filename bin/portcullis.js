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
// Installed as a package there is only the build: Node strips no types below node_modules.
const built = new URL('../dist/cli.js', import.meta.url);
const source = new URL('../src/cli.ts', import.meta.url);
const { main } = await import(existsSync(source) ? source.href : built.href);
await main(process.argv);
