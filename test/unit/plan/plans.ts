/** A plan of an ordinary morning, and the place it was made for. */
import { createHash } from 'node:crypto';
import { capKeys } from '../../../src/decide/decide_all.ts';
import type { RunRecord } from '../../../src/domain/run_record.ts';
import { makePlan } from '../../../src/plan/make_plan.ts';
import type { Here } from '../../../src/plan/refusals.ts';
import { aRecord, aReviewed, NOW } from '../../helpers/records.ts';

export const sha = (text: string): string => createHash('sha256').update(text).digest('hex');
export const HOUR = 3_600_000;

export const aPlannedRun = (part: Partial<RunRecord> = {}): RunRecord =>
  aRecord({
    runId: '20261120T054012000Z',
    planId: 'plan-20261120T054012000Z',
    mode: 'observing',
    digests: { policy: sha('policy'), prompts: sha('prompts') },
    reviewed: [
      aReviewed({ id: 'req-1', risk: 'low', verdict: 'approve' }),
      aReviewed({ id: 'req-2', risk: 'high' }),
      aReviewed({ id: 'req-3', risk: 'critical', verdict: 'reject' }),
      aReviewed({ id: 'req-4', status: 'Approved', risk: 'medium', verdict: 'close' }),
    ],
    ...part,
  });

export const aPlan = (record: RunRecord = aPlannedRun()) =>
  makePlan(record, { created: NOW + 1000, expiryMs: HOUR, capKeys });

export const HERE: Here = {
  vaultUrl: 'https://vault.bank.example:6443/ztna/acme',
  policyDigest: sha('policy'),
  promptDigest: sha('prompts'),
  now: NOW + 2000,
  expiryMs: HOUR,
};
