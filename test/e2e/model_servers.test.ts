/** The same run in front of each kind of model server: nearly everything is rated, and what is done is the same. */
import { describe, expect, test } from 'vitest';
import { SERVER_NAMES, type ServerName } from '../../simulator/model/servers.ts';
import { DAY, openPlace, type Place, type Settings } from './place.ts';
import { byTag } from './tagged_model.ts';

const FILTERING: ReadonlySet<string> = new Set(['azure', 'litellm', 'openrouter', 'gateway']);
const RIGHT = ['approve a low one', 'complete a stale grant', 'reject a critical one'];

/** A window of a hundred: groups of one person, of many, single ones, and a text that a filter takes amiss. */
function fill(place: Place): void {
  place.request('a low one', 'low');
  place.request('a critical one', 'critical');
  place.request('a stale grant', 'low', {
    ...{ created: place.now() - 12 * DAY, requestedTo: place.now() + 30 * DAY },
    ...{ status: 'Approved', approved: place.now() - 10 * DAY },
  });
  const busy = { id: 'u-busy', name: 'bfleiss', displayName: 'Bea Fleiss' };
  const killer = { id: 'u-kill', name: 'kkiln', displayName: 'Kim Kiln' };
  const hour = (n: number) => ({ created: place.now() - (n + 30) * 3_600_000 });
  for (let n = 0; n < 24; n += 1) {
    const message = `[medium] Look at the log of job ${n}, change CHG00${n + 10}`;
    place.request(`a job ${n}`, 'medium', { message, requestor: busy, ...hour(3 * n) });
    place.request(`a past job ${n}`, 'medium', { message, status: 'Completed', ...hour(3 * n + 1) });
    place.request(`another past job ${n}`, 'medium', { message, status: 'Rejected', ...hour(3 * n + 2) });
  }
  for (let n = 0; n < 4; n += 1) {
    const message = n === 2 ? '[medium] Kill the import job that hangs, CHG0041' : `[medium] Restart job ${n}, CHG0041`;
    place.request(`a restart ${n}`, 'medium', { message, requestor: killer, ...hour(200 + n) });
  }
}

async function ran(like: ServerName | undefined, settings: Settings = {}) {
  await using place = await openPlace({ model: { behaviour: byTag, ...(like !== undefined && { like }) } });
  fill(place);
  const { record, report, code } = await place.run({ settings });
  const unscored = record.reviewed.filter(({ assessment }) => assessment.kind === 'unscored');
  return {
    ...{ record, report, code, unscored, acts: place.acts().sort(), asked: place.sim.model.asked },
    leaks: place.leaks(),
  };
}

describe.concurrent('a run in front of a server like', () => {
  test.each(SERVER_NAMES)('%s does what it does in front of the plain one', async (like) => {
    const { record, unscored, acts, asked, leaks } = await ran(like);
    const why = record.problems.map(({ message }) => message).join('\n');
    expect(acts, why).toEqual(RIGHT);
    expect(record.reviewed.length).toBeGreaterThan(75);
    const texts = unscored.map(({ dossier }) => dossier.request.justification);
    expect(texts, why).toEqual(FILTERING.has(like) ? [expect.stringContaining('Kill the import job')] : []);
    // The plain one is asked 38 questions.
    expect(asked).toBeLessThan(80);
    expect(leaks).toEqual([]);
  });
});
