/** The worst model that there can be: whatever stands anywhere in its question changes everything that it answers. */
import { hash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Dossier } from '../../../src/domain/dossier.ts';
import { RISKS } from '../../../src/domain/risk.ts';
import { confirm } from '../../../src/score/confirm.ts';
import { score } from '../../../src/score/score.ts';
import { examples } from '../../suite/property_runs.ts';
import { aDossier, anAccessContext, by, rating, treated } from './dossiers.ts';
import { type Asked, fakeModel, OPTIONS, says, seeded } from './fake_model.ts';

/** Every answer is made of all the texts of the question together, whoever wrote them. */
const obeysEverything = ({ requests }: Asked) => {
  const said = Object.values(requests).map(({ untrusted_text: text }) => JSON.stringify(text ?? ''));
  const word = hash('sha256', said.sort().join());
  const risk = RISKS[Number.parseInt(word.slice(0, 2), 16) % RISKS.length];
  return says(
    JSON.stringify(Object.fromEntries(Object.keys(requests).map((slot) => [slot, rating({ risk, summary: word })]))),
  );
};

type Story = { readonly person: number; readonly status: string; readonly text: string; readonly suspicious: boolean };

/** All that the model says of the requests of person 0, in scoring and in confirming. */
async function saidOf(stories: readonly Story[], seed: number) {
  const dossiers = stories.map(({ person, status }, n) => by(`p${person}`, aDossier({ id: `q-${n}`, status })));
  const screened = new Map(stories.map(({ text, suspicious }, n) => [`q-${n}`, treated(text, { suspicious })]));
  const considered = (dossier: Dossier) => ({ dossier, accessContext: anAccessContext({}) });
  const { model } = fakeModel(obeysEverything);
  const options = { ...OPTIONS, model, screened, batchSize: 25, random: seeded(seed) };
  const foreseen = dossiers.filter(({ request }) => request.status === 'Active').map(considered);
  const scored = await score(dossiers, { ...options, foreseen });
  const rejections = foreseen.map((one) => ({ ...one, action: 'reject' as const }));
  const confirmed = await confirm(rejections, options);
  return stories.flatMap(({ person, status }, n) => {
    const id = `q-${n}`;
    if (person !== 0 || status !== 'Active') return [];
    return [[id, scored.assessments.get(id), confirmed.confirmations.get(id)]];
  });
}

test('Nothing that anybody else writes changes a word that is said about an open request', async () => {
  const story = fc.record({
    person: fc.nat(2),
    status: fc.constantFrom('Active', 'Active', 'Completed', 'Approved'),
    text: fc.string({ maxLength: 8 }),
    suspicious: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(story, { maxLength: 14 }),
      fc.infiniteStream(story),
      fc.nat(),
      async (stories, others, seed) => {
        const rewritten = stories.map((one) =>
          one.person === 0 ? one : { ...(others.next().value as Story), person: one.person, status: one.status },
        );
        expect(await saidOf(rewritten, seed)).toEqual(await saidOf(stories, seed));
      },
    ),
    { numRuns: examples(60) },
  );
});
