import { unsure } from '../../decide/confidence.ts';
import { ANOMALY_FLAGS, type AnomalyFlag, flagged } from '../../domain/assessment.ts';
import { sureness } from '../../phrases/gate_words.ts';
import { asReplayed } from '../replay/replay.ts';
import { type Lever, withReading } from './world.ts';

/** What the model said beside its rating, imagined otherwise: how sure it was, and what it noticed. */

/** The flags that bar an approval by themselves. */
const BARRING: readonly AnomalyFlag[] = ['injection_suspected', 'weak_justification', 'justification_mismatch'];

export const SAID_TOWARDS_ACTION = {
  confidence: {
    differs: ({ subject: { assessment }, policy }, target) =>
      target === 'approve' && unsure(asReplayed(assessment), policy.confidenceNeeded) !== null,
    says: ({ subject: { assessment }, policy }) =>
      `the model had been sure, ${policy.confidenceNeeded} or more (${assessment.kind === 'scored' ? sureness(assessment) : 'it was not rated'})`,
    imagine: (world) => withReading(world, { confidence: 1 }),
  },
  noticed: {
    differs: ({ subject: { assessment }, flagsHeeded }, target) =>
      flagsHeeded && target === 'approve' && flagged(assessment, ...BARRING),
    says: ({ subject: { assessment } }) =>
      `the model had not noticed: ${BARRING.filter((flag) => flagged(assessment, flag))
        .map((flag) => ANOMALY_FLAGS[flag])
        .join('; ')}`,
    imagine: (world) => {
      const { assessment } = world.subject;
      const flags = assessment.kind === 'scored' ? assessment.flags : [];
      return withReading(world, { flags: flags.filter((flag) => !BARRING.includes(flag)) });
    },
  },
} as const satisfies Record<string, Lever>;

export const SAID_TOWARDS_HOLD = {
  unsure: {
    differs: ({ subject: { assessment }, policy }, target) =>
      target !== 'close' && policy.confidenceNeeded > 0 && assessment.kind === 'scored',
    says: ({ policy }) => `the model had been less sure than ${policy.confidenceNeeded}`,
    imagine: (world) => withReading(world, { confidence: 0 }),
  },
  noticed: {
    differs: ({ subject: { assessment }, flagsHeeded }, target) =>
      flagsHeeded && target === 'approve' && assessment.kind === 'scored',
    says: () => 'the model had suspected an attempt to steer it, or found the justification weak',
    imagine: (world) => withReading(world, { flags: ['injection_suspected'] }),
  },
} as const satisfies Record<string, Lever>;
