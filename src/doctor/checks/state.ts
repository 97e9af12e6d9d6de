import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { anchorsIn } from '../../ledger/anchors.ts';
import { keyFrom } from '../../ledger/key.ts';
import { verifyLedger } from '../../ledger/verify.ts';
import { headWords } from '../../phrases/ledger_head.ts';
import { plural } from '../../phrases/plural.ts';
import { lockOwner } from '../../store/lock.ts';
import { StorageError } from '../../util/errors.ts';
import { type Check, type Found, fail, notAsked, ok, warn } from '../check.ts';
import { originOf, type World } from '../world.ts';

export const STATE_CHECKS: readonly Check[] = [
  {
    name: 'state folder',
    about: 'whether `STATE_DIR` can be written, and by nobody else; nothing is written',
    needs: ['STATE_DIR'],
    look: ({ config }) => folder(config.places.state),
  },
  {
    name: 'report folder',
    about: 'whether `REPORT_DIR` can be written',
    needs: ['REPORT_DIR'],
    look: ({ config }) => folder(config.places.reports),
  },
  {
    name: 'free space',
    about: 'how much room the disk of the state folder has: below 1 GiB is a warning, below 100 MiB a failure',
    needs: ['STATE_DIR'],
    look: freeSpace,
  },
  {
    name: 'lock',
    about: 'who works with the state folder',
    needs: ['STATE_DIR'],
    look: lock,
  },
  {
    name: 'ledger',
    about: 'whether the ledger is whole, and its head (as `ledger verify` does)',
    needs: ['STATE_DIR', 'REPORT_DIR', 'LEDGER_KEY', 'LEDGER_KEY_ASSET_ID'],
    look: ledger,
  },
];

/** The nearest folder that is there: the others are made by the first run. */
async function nearest(path: string): Promise<string> {
  const there = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new StorageError('look at', path, error);
  });
  return there === null && dirname(path) !== path ? nearest(dirname(path)) : path;
}

async function folder(dir: string): Promise<Found> {
  const path = resolve(dir);
  const there = await nearest(path);
  const { mode } = await stat(there);
  try {
    // A file in the place of the folder is found by the blank name behind it.
    await access(`${there}/`, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new StorageError('write into', there, error);
  }
  if (there !== path) return ok(`\`${path}\` is made by the first run`);
  const others = (mode & 0o002) !== 0 && (mode & 0o1000) === 0;
  if (!others) return ok(`\`${path}\` can be written`);
  return warn(
    `\`${path}\` can be written by every user of this machine`,
    `take that right away: chmod o-w \`${path}\``,
  );
}

const MIB = 1024 * 1024;
const TIGHT = 1024 * MIB;
const TOO_TIGHT = 100 * MIB;

async function freeSpace({ config }: World): Promise<Found> {
  const { bavail, bsize, files, ffree } = await statfs(await nearest(resolve(config.places.state)));
  const bytes = bavail * bsize;
  const says = bytes >= TIGHT ? `${(bytes / TIGHT).toFixed(1)} GiB free` : `${Math.floor(bytes / MIB)} MiB free`;
  const todo = 'make room: a run that cannot write to its ledger does nothing';
  // Some file systems count no files.
  if (files > 0 && ffree < FEWEST_FILES) return fail(`${says}, and room for ${plural(ffree, 'file')} only`, todo);
  if (bytes < TOO_TIGHT) return fail(says, todo);
  return bytes < TIGHT ? warn(says, todo) : ok(says);
}
const FEWEST_FILES = 1000;

async function lock({ config }: World): Promise<Found> {
  const owner = await lockOwner(config.places.state);
  if (owner === null) return ok('nobody works with the state folder now');
  if (owner.fate === 'dead')
    return ok(`${owner.who} left a lock and is gone; the next run takes it over within seconds`);
  const sure = owner.fate === 'alive' ? 'works with it now' : 'has it, on another machine or in another container';
  return ok(`${owner.who} ${sure}: a second run would wait for it or end with 3`);
}

async function ledger({ config, secrets }: World): Promise<Found> {
  const { ledger: settings, places } = config;
  const origin = originOf(settings.keyAssetId, settings.key);
  const fetched = origin?.kind === 'vault' && secrets.ask ? await secrets.of(origin.assetId, 'ledger key') : null;
  const given = fetched ?? (origin?.kind === 'setting' ? settings.key : undefined);
  if (origin?.kind === 'vault' && given === undefined) {
    return notAsked('LEDGER_KEY_ASSET_ID');
  }
  const anchors = await anchorsIn({ stateDir: places.state, reportDir: places.reports });
  const key = given === undefined ? null : keyFrom(given, fetched === null ? 'LEDGER_KEY' : 'LEDGER_KEY_ASSET_ID');
  const found = await verifyLedger({ stateDir: places.state, key, anchors });
  if (!found.whole) return fail(found.message, found.advice);
  if (found.snapshotDamage !== null) {
    return fail(found.snapshotDamage, '`portcullis ledger repair` makes the snapshot anew from the ledger');
  }
  const head = headWords(found.head);
  return ok(head === null ? 'no entries yet' : `whole; its head is ${head}`);
}
