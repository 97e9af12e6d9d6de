import fc from 'fast-check';
import { expect, test } from 'vitest';
import { remembered } from '../../../../src/analysis/replay/replay.ts';
import { ACTION_NAMES } from '../../../../src/domain/action.ts';
import { RISKS } from '../../../../src/domain/risk.ts';
import { loadPolicy } from '../../../../src/policy/load.ts';
import { rated } from '../../../helpers/requests.ts';
import { examples } from '../../../suite/property_runs.ts';
import { dossier, harmless, policyCase, SHIPPED } from '../../policy/cases.ts';

test('a remembered answer is the one that would be given, whatever was asked before', async () => {
  const policy = await loadPolicy(SHIPPED);
  const keeping = remembered(policy);
  const facts = fc.record({
    risk: fc.constantFrom(...RISKS),
    known: fc.boolean(),
    named: fc.boolean(),
    privileged: fc.boolean(),
    hours: fc.constantFrom(null, 1, 30),
  });
  fc.assert(
    fc.property(facts, fc.constantFrom(...ACTION_NAMES), ({ risk, known, named, privileged, hours }, action) => {
      const nobody = { requestor: { id: null, name: null, displayName: null } };
      const one = policyCase({
        dossier: dossier({ facts: { requestedHours: hours }, ...(!named && { request: nobody }) }),
        accessContext: { ...harmless, privileged, person: { ...harmless.person, known } },
        ...{ assessment: rated(risk), risk },
      });
      expect(keeping.authorize(action, one)).toEqual(policy.authorize(action, one));
    }),
    { numRuns: examples(400) },
  );
});
