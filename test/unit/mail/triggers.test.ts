import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../../src/domain/decision.ts';
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

const withOutcome = (outcome: Outcome) =>
  aRecord({ reviewed: [aReviewed({ risk: 'low', verdict: 'approve', outcome })] });
const acted = withOutcome({ kind: 'done', statusAfter: 'Approved', note: '' });
const rehearsed = withOutcome({ kind: 'skipped', reason: 'observing', why: 'observing' });
const found = aRecord({
  recovered: [{ requestId: 'r', action: 'approve', runId: 'before', found: 'done', says: 'it is Approved' }],
});
const problem = { where: 'fetch', message: 'm', advice: null };
const withProblem = aRecord({ problems: [problem] });
const blind = aRecord({ problems: [{ ...problem, blind: true }] });

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
    ['for what was done, as soon as any trigger is on', acted, { onAnomaly: true }, ['acted']],
    ['for what an earlier run left open and this one found', found, { onAnomaly: true }, ['acted']],
    ['not for what was done when all triggers are off', acted, {}, []],
    ['not for what would have been done', rehearsed, { onAnomaly: true }, []],
    ['for an action that failed', withOutcome({ kind: 'failed', why: 'x' }), { onAnomaly: true }, ['failed']],
    ['for an action of unknown outcome', withOutcome({ kind: 'unknown', why: 'x' }), { onHighRisk: true }, ['failed']],
    ['for a run that was blind', blind, { onHighRisk: true }, ['blind', 'problems']],
    ['for any problem', withProblem, { onHighRisk: true }, ['problems']],
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
