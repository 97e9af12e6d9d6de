import { expect, test } from 'vitest';
import { killAgainAndAgain } from './trial.ts';

// Twenty of them: .ci/run. A hundred and the table: `npm run simulate:kills`.
test('Killed at any moment under load: nothing twice, nothing lost, nothing left open, and the memory stays readable', async () => {
  const { kills, writes, findings } = await killAgainAndAgain({ times: 4, seed: 21, requests: 16 });
  expect(findings).toEqual([]);
  expect(kills).toHaveLength(4);
  expect(writes).toBeGreaterThan(5);
}, 120_000);
