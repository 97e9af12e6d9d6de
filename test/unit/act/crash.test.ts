import fc from 'fast-check';
import { expect, test } from 'vitest';
import { act, type Planned } from '../../../src/act/act.ts';
import { recover } from '../../../src/act/recover.ts';
import { gateFacts, shutGates } from '../../../src/decide/gates.ts';
import type { AccessRequest } from '../../../src/domain/access_request.ts';
import type { Action } from '../../../src/domain/action.ts';
import { type ActionHistory, openActionHistory } from '../../../src/ledger/action_history.ts';
import { gateWords } from '../../../src/phrases/rule_words.ts';
import { AGENT, dossierOf, fakeClock, rated, tempFolder } from '../../helpers/requests.ts';
import { examples } from '../../suite/property_runs.ts';
import { machine, VaultModel } from './vault_model.ts';

/** The story of one vault over several runs of the agent, each of which may lose its power at some step. */
const story = fc.record({
  levels: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }),
  names: fc.boolean(),
  atOnce: fc.constantFrom(1, 2, 3),
  runs: fc.array(
    fc.record({
      cutAt: fc.option(fc.integer({ min: 0, max: 24 }), { freq: 2 }),
      cutHow: fc.constantFrom('before', 'half-way', 'after'),
      wants: fc.array(fc.constantFrom<Action>('approve', 'reject', 'close'), { minLength: 3, maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  // Zeros are good days: what comes after the end of the list is one.
  dice: fc.array(fc.oneof(fc.constant(0), fc.constantFrom(1, 3, 4, 9), fc.nat({ max: 9 })), { maxLength: 80 }),
});

const objects = (request: AccessRequest, action: Action, history: ActionHistory): string | null =>
  shutGates(gateFacts(dossierOf(request), {}, rated('low'), history.acted, 0.85), action).map(gateWords)[0] ?? null;

/** What the gates let through of what a run wants to do. */
function planned(vault: VaultModel, wants: readonly Action[], history: ActionHistory): Planned[] {
  return vault.list().flatMap((request, i) => {
    const action: Action = request.status === 'Approved' ? 'close' : (wants[i] ?? 'approve');
    return objects(request, action, history) === null
      ? [{ request, action, comment: 'x', requestor: 'id:u-17', asset: 'asset-7' }]
      : [];
  });
}

test('However often the power goes and whatever the vault does, each request is decided on by the agent at most once', async () => {
  let cuts = 0;
  let landings = 0;
  await fc.assert(
    fc.asyncProperty(story, async ({ levels, names, atOnce, runs, dice }) => {
      let thrown = 0;
      const roll = () => dice[thrown++] ?? 0;
      const folder = tempFolder();
      const clock = fakeClock();
      const vault = new VaultModel(levels, names, roll);

      for (const { cutAt, cutHow, wants } of runs) {
        const onDisk = await openActionHistory(folder, clock);
        const { ports, cut } = machine(vault, onDisk, folder, cutAt, cutHow);
        const history = ports.history;
        const life = async () => {
          await recover(history, { agentUsers: [AGENT], lookUp: ports.lookUp, clock, settleMs: 30_000, since: 0 });
          const outcomes = await act(planned(vault, wants, history), {
            ...ports,
            runId: 'run',
            atOnce,
            agentUsers: [AGENT],
            clock,
            lockHeld: () => true,
            halted: async () => null,
            objection: ({ action }, live) => objects(live, action, history),
          });
          for (const outcome of outcomes) {
            if (outcome.kind === 'unknown') expect(outcome.why).not.toMatch(/fault in Portcullis|without an intent/);
          }
          await history.save(true);
        };
        if ((await Promise.race([life(), cut])) === 'cut') cuts++;
        vault.powerCut();

        for (const id of vault.list().map((one) => one.id)) {
          const ours = vault.landed.filter((landed) => landed.id === id);
          expect(ours.filter(({ action }) => action !== 'close').length, `decisions on ${id}`).toBeLessThanOrEqual(1);
          expect(ours.filter(({ action }) => action === 'close').length, `closings of ${id}`).toBeLessThanOrEqual(1);
        }
        landings += vault.landed.length;
      }

      // Whatever could be repeated is in the action history. (Where the status is final, the vault itself stands in the way.)
      const history = await openActionHistory(folder, clock);
      for (const { id, status } of vault.list()) {
        if (status !== 'Active') continue;
        for (const { action } of vault.landed.filter((landed) => landed.id === id)) {
          expect(history.acted(id, action), `${action} of ${id} is in the history`).toBe(true);
        }
      }
    }),
    { numRuns: examples(100) },
  );
  // The stories have to be worth telling.
  expect(cuts).toBeGreaterThan(20);
  expect(landings).toBeGreaterThan(20);
});
