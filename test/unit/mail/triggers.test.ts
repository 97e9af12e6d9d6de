import { describe, expect, test } from 'vitest';
import type { RunRecord } from '../../../src/domain/run_record.ts';
import { type TriggerSettings, triggersOf } from '../../../src/mail/triggers.ts';
import { aFailedRun, aRecord, aReviewed } from '../../helpers/records.ts';

const off: TriggerSettings = { onRunSummary: false, onHighRisk: false, onAnomaly: false };
const quiet = aRecord({ reviewed: [aReviewed({ risk: 'medium' }), aReviewed({ risk: null })] });
const high = aRecord({ reviewed: [aReviewed({ risk: 'high' })] });
const critical = aRecord({ reviewed: [aReviewed({ risk: 'critical' })] });
const halted = aRecord({ halt: { source: 'setting', since: null, by: null, reason: null } });
const dear = aRecord({ costMet: ['threshold', 'ceiling'] });
const odd = aRecord({ reviewed: [aReviewed({ risk: 'low', assessment: { flags: ['off_hours'] } })] });

describe('a mail goes out', () => {
  test.each<[string, RunRecord, Partial<TriggerSettings>, readonly string[]]>([
    ['never when all triggers are off', critical, {}, []],
    ['never when all triggers are off, also for a failed run', aFailedRun(), {}, []],
    ['after every run with the run summary on', quiet, { onRunSummary: true }, ['onRunSummary']],
    ['for a high risk', high, { onHighRisk: true }, ['onHighRisk']],
    ['for a critical risk', critical, { onHighRisk: true }, ['onHighRisk']],
    ['not for medium and unscored when only risk counts', quiet, { onHighRisk: true }, []],
    ['for any anomaly', odd, { onAnomaly: true }, ['onAnomaly']],
    ['not without anomalies when only they count', high, { onAnomaly: true }, []],
    [
      'after a run with nothing at all to tell, with the run summary on',
      aRecord(),
      { onRunSummary: true },
      ['onRunSummary'],
    ],
    ['not after such a run with the run summary off', aRecord(), { onHighRisk: true, onAnomaly: true }, []],
    ['for a halt, as soon as any trigger is on', halted, { onHighRisk: true }, ['halted']],
    ['not for a halt when all triggers are off', halted, {}, []],
    ['for what the model cost, as soon as any trigger is on', dear, { onHighRisk: true }, ['threshold', 'ceiling']],
    ['not for what the model cost when all triggers are off', dear, {}, []],
    ['for both reasons at once', critical, { onHighRisk: true, onRunSummary: true }, ['onRunSummary', 'onHighRisk']],
  ])('%s', (_, record, on, fired) => {
    expect(triggersOf(record, { ...off, ...on })).toEqual(fired);
  });

  test.each(['failed', 'stopped', 'ledger-not-trusted'] as const)(
    'for a run that is %s as soon as any trigger is on',
    (verdict) => {
      expect(triggersOf(aRecord({ verdict }), { ...off, onAnomaly: true })).toEqual(['broken-off']);
    },
  );
});
