#!/usr/bin/env -S MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=131072 node --max-semi-space-size=4 --heap-growing-percent=10 --wasm-num-compilation-tasks=1 --wasm-tiering-budget=200000000 --no-concurrent-recompilation --no-incremental-marking
// The engine would let a large window's garbage grow as large as the window itself (even more so while it marks in between), and
// compile in several threads at once, also what runs a few times; the C library keeps a heap for each thread, and large buffers in
// it: hence the options above, which have to be there before it starts.
//
// The door before the door: plain JavaScript that every Node understands, because an old one stops at the first type.
import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const NEEDED = 24;
if (Number.parseInt(process.versions.node, 10) < NEEDED) {
  process.stderr.write(
    `portcullis needs Node ${NEEDED} or newer and this is ${process.version}: start it with \`npm run portcullis --\`, which brings its own\n`,
  );
  process.exit(2);
}
// Compiled once and not at every start. The cache lies beside the code, so that only who may change that may change it.
module.enableCompileCache?.(fileURLToPath(new URL('../node_modules/.cache/portcullis', import.meta.url)));
// Below node_modules Node strips no types, so an installed package runs its build; a checkout runs its source.
const source = new URL('../src/cli.ts', import.meta.url);
const built = new URL('../dist/src/cli.js', import.meta.url);
const installed = import.meta.url.includes('/node_modules/');
const { main } = await import(!installed && existsSync(source) ? source.href : built.href);
await main(process.argv);
