import { expect, test } from 'vitest';
import { readsAsset } from '../../../src/enrich/asset_look_up.ts';

const OFF = { autoApprove: false, autoReject: false, autoCloseStale: false, autoCloseExpired: false };
const ON = { ...OFF, autoCloseStale: true };

test.each([
  ['waiting, with everything off', 'Active', false, OFF, true],
  ['granted, with everything off', 'Approved', false, OFF, false],
  ['granted, where something may be done', 'Approved', false, ON, true],
  ['settled, where something may be done', 'Completed', false, ON, false],
  ['settled, with deep analysis', 'Completed', true, OFF, true],
] as const)('The asset of a request that is %s', (_what, status, deep, switches, read) => {
  expect(readsAsset(status, { deep, switches })).toBe(read);
});
