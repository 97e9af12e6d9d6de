#!/usr/bin/env node
// The door: starts the program, or says in one sentence what is missing. Everything in this folder is plain JavaScript in the
// older module format (see package.json here), so that Node 10 and later read it to the end and can still say that they are too old.
const { existsSync } = require('fs');
const Module = require('module');
const { dirname, join } = require('path');
const { pathToFileURL } = require('url');
const { NEEDED, missingPackage, notBuilt, oldNode } = require('./missing.js');

/** Nothing was begun: the code of wrong usage. */
const CANNOT_START = 2;
/** The code of a run that failed. */
const FAILED = 1;

const root = dirname(__dirname);
// Below node_modules Node strips no types, so an installed package runs its build; a checkout runs its source.
const installed = /[\\/]node_modules[\\/]/.test(__dirname);
const source = join(root, 'src', 'cli.ts');
const built = join(root, 'dist', 'src', 'cli.js');
const program = !installed && existsSync(source) ? source : built;

if (Number.parseInt(process.versions.node, 10) < NEEDED) stop(oldNode({ root, installed, door: __filename }));
else if (!existsSync(program)) stop(notBuilt(program));
else start();

function start() {
  // Compiled once and not at every start. The cache lies beside the code, so that only who may change that may change it.
  Module.enableCompileCache(join(root, 'node_modules', '.cache', 'portcullis'));
  let ended = false;
  // Node ends with 0 when nothing is left to wait for, also in the middle of things.
  process.once('beforeExit', () => {
    if (!ended) stop('portcullis: it ended before it was done', FAILED);
  });
  import(pathToFileURL(program).href)
    .then(({ main }) => main(process.argv))
    .catch((error) => {
      const sentence = missingPackage(error, { root, installed });
      if (sentence === null) throw error;
      stop(sentence);
    })
    .then(() => {
      ended = true;
    });
}

function stop(sentence, code = CANNOT_START) {
  process.exitCode = code;
  process.stderr.write(`${sentence}\n`);
}
