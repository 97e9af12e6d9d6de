import { expect, test } from 'vitest';
import { loadConfig } from '../../../src/config/load.ts';
import type { Purpose } from '../../../src/decide/run_mode.ts';
import type { Halt } from '../../../src/domain/halt.ts';
import { factsOf } from '../../../src/run/facts.ts';
import { NOON } from '../../helpers/requests.ts';

const HALT: Halt = { source: 'file', since: NOON, by: 'anna', reason: null };
const HALTED = 'halted by anna since 2026-11-20 12:00 UTC';
const run = (dryRun: boolean, canAsk = false): Purpose => ({ kind: 'run', dryRun, canAsk, person: 'anna' });
const apply: Purpose = { kind: 'apply', planId: 'plan-1', approvedBy: 'mia' };

test.each<[string, Purpose, boolean, Halt | null, string, string | null]>([
  ['an autonomous run', run(false), true, null, 'autonomous', null],
  ['an autonomous run', run(false), true, HALT, 'observing', HALTED],
  ['a run with somebody to ask', run(false, true), false, null, 'asking', null],
  ['a run with somebody to ask', run(false, true), false, HALT, 'observing', HALTED],
  ['the execution of a plan', apply, false, null, 'applying', null],
  ['the execution of a plan', apply, false, HALT, 'observing', HALTED],
  ['a dry run', run(true), true, HALT, 'observing', 'dry run'],
  ['the making of a plan', { kind: 'plan' }, true, HALT, 'observing', 'it prepares a plan'],
  ['a run with nobody to ask', run(false), false, null, 'observing', 'not autonomous, and no terminal to ask at'],
])('%s, halted or not, is what it is (%#)', (_name, purpose, autonomous, halt, mode, because) => {
  const config = loadConfig({
    VAULT_URL: 'https://vault.example.com',
    VAULT_API_TOKEN: 'o.t.her',
    AUTONOMOUS_MODE: String(autonomous),
  });
  const digests = { policy: 'p', prompts: 'q' };
  const facts = factsOf({
    ...{ config, version: '0', agentUsers: ['agent'], startedAt: NOON, runId: 'r', purpose, digests, halt },
    unusable: false,
  });
  expect([facts.mode, facts.observingBecause, facts.halt]).toEqual([mode, because, halt]);
  // A name stands in the record where somebody says yes, and nowhere else.
  expect(facts.approvedBy).toBe(purpose.kind === 'apply' ? 'mia' : mode === 'asking' ? 'anna' : null);
});

test.each<[Purpose, Halt | null, string]>([
  [run(false), null, 'policy or prompts cannot be used as they are now'],
  [run(true), null, 'dry run'],
  [run(false), HALT, 'halted'],
])('With policy or prompts that cannot be used it observes, whatever else (%#)', (purpose, halt, because) => {
  const config = loadConfig({
    VAULT_URL: 'https://vault.example.com',
    VAULT_API_TOKEN: 'o.t.her',
    AUTONOMOUS_MODE: 'true',
  });
  const digests = { policy: 'p', prompts: 'q' };
  const about = { config, version: '0', agentUsers: ['agent'], startedAt: NOON, runId: 'r', digests };
  const facts = factsOf({ ...about, purpose, halt, unusable: true });
  expect(facts.mode).toBe('observing');
  expect(facts.observingBecause).toMatch(because);
});
