import { makeDice } from '../../../simulator/dice.ts';
import type { Risk } from '../../../src/domain/risk.ts';
import type { Answer, ModelClient, Question } from '../../../src/score/client/model_client.ts';
import type { ScoreOptions } from '../../../src/score/score.ts';
import { rating, ratingsFor } from './dossiers.ts';

export const SPENT = { calls: 1, promptTokens: 100, completionTokens: 10 };
export const says = (text: string): Answer => ({ kind: 'text', text, spent: SPENT });

export type Entry = {
  readonly facts: Record<string, unknown>;
  readonly untrusted_text?: Record<string, string>;
};
export type Asked = Question & {
  readonly mode: string | undefined;
  readonly requests: Readonly<Record<string, Entry>>;
};

/** A model that does as told and keeps what it was asked, read as it would read it. */
export function fakeModel(react: (asked: Asked, n: number) => Answer) {
  const asked: Asked[] = [];
  const model: ModelClient = {
    model: 'fake',
    ask: async (question) => {
      const { mode, requests: own, shared_facts, facts_unless_stated } = JSON.parse(question.user);
      const requests = Object.fromEntries(
        Object.entries<Entry>(own).map(([slot, entry]) => [
          slot,
          { ...entry, facts: { ...facts_unless_stated, ...shared_facts, ...entry.facts } },
        ]),
      );
      asked.push({ ...question, mode, requests });
      return react({ ...question, mode, requests }, asked.length);
    },
  };
  return { model, asked };
}

export const OPTIONS = {
  prompts: { system: 'Assess.', digest: 'd' },
  batchSize: 25,
  concurrency: 1,
  windowDays: 30,
  agentUser: 'svc-portcullis',
  signal: new AbortController().signal,
} satisfies Omit<ScoreOptions, 'model'>;

/** Chance that repeats. */
export const seeded = (seed: number) => makeDice(seed).roll;

/** Whether the entry is one of the two canaries that code puts into a facts-only question. */
export const isCanary = ({ facts }: Entry): boolean =>
  facts.entitlement === 'directory:admin' || (facts.entitlement === 'test:read' && facts.container_path === '/Test');

const canaryRisk = ({ facts }: Entry): Risk => (facts.privileged === true ? 'critical' : 'low');

/** Gets the canaries right, and rates the rest as told. */
export const honest =
  (risk: (entry: Entry) => Risk = () => 'low') =>
  ({ requests }: Asked): Answer =>
    says(
      JSON.stringify(
        Object.fromEntries(
          Object.entries(requests).map(([slot, entry]) => [
            slot,
            rating({ risk: isCanary(entry) ? canaryRisk(entry) : risk(entry) }),
          ]),
        ),
      ),
    );

export const allAre =
  (risk: Risk) =>
  ({ slots }: Asked): Answer =>
    says(ratingsFor(slots, { risk }));
