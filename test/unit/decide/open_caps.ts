import type { Caps } from '../../../src/decide/caps.ts';

/** Caps that hold nothing back, and no circuit breaker: each test closes the one it is about. */
export const OPEN: Caps = {
  approvalsPerRun: 1000,
  approvalsPerDay: 1000,
  approvalsPerRequestorPerDay: 1000,
  approvalsPerAssetPerDay: 1000,
  rejectionsPerRun: 1000,
  breakerFactor: 0,
  breakerMinimum: 5,
};
