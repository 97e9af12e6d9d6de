import { describe, expect, test } from 'vitest';
import { type ScoreOptions, score } from '../../../src/score/score.ts';
import { aDossier, by, ratingsFor, someDossiers, treated } from './dossiers.ts';
import { type Asked, fakeModel, OPTIONS, says, seeded } from './fake_model.ts';

const good = ({ slots }: Asked) => says(ratingsFor(slots));

async function asking(dossiers: Parameters<typeof score>[0], over: Partial<ScoreOptions>) {
  const { model, asked } = fakeModel(good);
  const result = await score(dossiers, { ...OPTIONS, model, random: seeded(3), ...over });
  return { asked, ...result };
}
const textsOf = (asked: readonly Asked[]) =>
  asked.flatMap(({ requests }) => Object.values(requests).map((entry) => entry.untrusted_text));

describe('with screened texts, the ordinary scoring', () => {
  test('shows the model the screened copy and names, as one bounded line each', async () => {
    const dossier = aDossier({ id: 'q-1', justification: 'as it was written' });
    const screened = new Map([
      [
        'q-1',
        treated('the copy\u200b\nfor the model', { names: { requestor: 'name withheld', asset: 'a', form: null } }),
      ],
    ]);
    const { asked } = await asking([dossier], { screened });
    expect(textsOf(asked)).toEqual([
      { justification: 'the copy for the model', requestor: 'name withheld', asset: 'a' },
    ]);
  });

  test('asks about a suspicious text alone, and about one person apart from the others', async () => {
    const dossiers = ['anna', 'anna', 'ben', 'cleo', 'dan'].map((person, index) =>
      by(person, aDossier({ id: `q-${index + 1}` })),
    );
    const screened = new Map(
      dossiers.map(({ request }) => [request.id, treated(request.id, { suspicious: request.id === 'q-5' })]),
    );
    const { asked, assessments } = await asking(dossiers, { screened, batchSize: 2 });
    const calls = asked.map((question) => textsOf([question]).map((text) => text?.justification));
    expect(calls.map((call) => call.length).sort()).toEqual([1, 1, 1, 2]);
    expect(calls).toContainEqual(['q-5']);
    expect(calls.find((call) => call.length === 2)?.toSorted()).toEqual(['q-1', 'q-2']);
    expect([...assessments.keys()].sort()).toEqual(['q-1', 'q-2', 'q-3', 'q-4', 'q-5']);
  });

  test('gives each request the rating of its own slot, whatever the order', async () => {
    const dossiers = someDossiers(9).map((dossier, index) => by(`p${index}`, dossier));
    const screened = new Map(dossiers.map(({ request }) => [request.id, treated(request.id)]));
    const { model } = fakeModel(({ requests }) =>
      says(
        JSON.stringify(
          Object.fromEntries(
            Object.entries(requests).map(([slot, { untrusted_text: text }]) => [
              slot,
              {
                summary: `A plain sentence about slot ${text?.justification} of this window`,
                anomaly_flags: [],
                risk: 'low',
                comment: '',
              },
            ]),
          ),
        ),
      ),
    );
    const { assessments } = await score(dossiers, { ...OPTIONS, model, screened, batchSize: 4 });
    for (const [id, assessment] of assessments)
      expect(assessment).toMatchObject({ summary: `A plain sentence about slot ${id} of this window` });
  });
});

test('without screening the order is the given one, also when there is a source of chance', async () => {
  const { asked } = await asking(
    someDossiers(3).map((dossier, index) => by(`p${index}`, dossier)),
    { batchSize: 2 },
  );
  expect(textsOf(asked).map((text) => text?.requestor)).toEqual(['p0', 'p1', 'p2']);
});
