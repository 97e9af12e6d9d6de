import { expect, test } from 'vitest';
import { killAgainAndAgain } from './trial.ts';

// A hundred of them and the table: `npm run simulate:kills`.
test('Killed at any moment under load: nothing twice, nothing lost, nothing left open, and the memory stays readable', async () => {
  const { kills, writes, findings } = await killAgainAndAgain({ times: 6, seed: 10, requests: 16 });
  expect(findings).toEqual([]);
  expect(kills).toHaveLength(6);
  expect(writes).toBeGreaterThan(10);
}, 120_000);
