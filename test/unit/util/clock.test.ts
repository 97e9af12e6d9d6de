import { expect, test } from 'vitest';
import { systemClock } from '../../../src/util/clock.ts';

test('A sleep lasts, and a stop ends it at once', async () => {
  const begun = systemClock.now();
  await systemClock.sleep(20);
  expect(systemClock.now() - begun).toBeGreaterThanOrEqual(15);

  const stop = new AbortController();
  const long = systemClock.sleep(60_000, stop.signal);
  stop.abort();
  await long;
  await systemClock.sleep(60_000, stop.signal);
  expect(systemClock.now() - begun).toBeLessThan(30_000);
});
