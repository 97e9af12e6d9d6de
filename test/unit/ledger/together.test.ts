/** Entries of several actions at the same time. */
import { expect, test } from 'vitest';
import { openLedger } from '../../../src/ledger/ledger.ts';
import { type Disk, realDisk } from '../../../src/store/disk.ts';
import { StorageError } from '../../../src/util/errors.ts';
import { fakeClock } from '../../helpers/requests.ts';
import { emptyPlace, entriesOf, intended, KEY, NOVEMBER } from './ledgers.ts';

const AT = Date.UTC(2026, 10, 20, 12);

/** A disk that counts its writes and fails those that it is told to. */
function counting(fails: (nth: number) => boolean = () => false) {
  let writes = 0;
  const disk: Disk = {
    ...realDisk,
    append: async (file, ...rest) => {
      writes++;
      if (fails(writes)) throw new StorageError('write', file, { code: 'ENOSPC' });
      return realDisk.append(file, ...rest);
    },
  };
  return { disk, writes: () => writes };
}

const requestsOn = async (place: ReturnType<typeof emptyPlace>) =>
  (await entriesOf(place, { key: KEY })).flatMap(({ data }) => ('request' in data ? [data.request] : []));

test('What waits while one write is under way goes into the next one together, in order, each on disk when it is told so', async () => {
  const place = emptyPlace();
  const { disk, writes } = counting();
  const ledger = await openLedger(place.state, { key: KEY, clock: fakeClock(AT), disk });
  const names = Array.from({ length: 9 }, (_, n) => `req-${n}`);
  await Promise.all(
    names.map(async (name) => {
      await ledger.append([intended(name)]);
      expect(place.text(NOVEMBER)).toContain(`"${name}"`);
    }),
  );
  await ledger.append([intended('later')]);
  expect(await requestsOn(place)).toEqual([...names, 'later']);
  expect(writes()).toBeLessThanOrEqual(3);
});

test('A write that fails fails for all that were in it, and the next one goes on', async () => {
  const place = emptyPlace();
  const { disk } = counting((nth) => nth === 1);
  const ledger = await openLedger(place.state, { key: KEY, clock: fakeClock(AT), disk });
  const ends = await Promise.allSettled(['a', 'b', 'c'].map((name) => ledger.append([intended(name)])));
  expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  await ledger.append([intended('d')]);
  expect(await requestsOn(place)).toEqual(['d']);
});

test('An entry that cannot be written down fails alone', async () => {
  const place = emptyPlace();
  const ledger = await openLedger(place.state, { key: KEY, clock: fakeClock(AT) });
  const wrong = intended('b', { created: Number.POSITIVE_INFINITY });
  const ends = await Promise.allSettled([intended('a'), wrong, intended('c')].map((one) => ledger.append([one])));
  expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(await requestsOn(place)).toEqual(['a', 'c']);
});
