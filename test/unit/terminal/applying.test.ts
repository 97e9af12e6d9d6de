/** A person at a real terminal is shown the plan that they apply, and asked once. */
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Plan } from '../../../src/plan/plan.ts';
import { writePlan } from '../../../src/plan/plan_file.ts';
import { atTerminal, hasScript, withThree } from '../../e2e/at_terminal.ts';
import type { Place } from '../../e2e/place.ts';
import { planned } from '../../e2e/planner.ts';
import { entriesIn } from '../../helpers/ledger.ts';
import { due } from '../../suite/long_check.ts';

/** Three requests, and a plan for them in `plan.json`. */
const withPlan = (run: (place: Place, made: Plan) => Promise<void>): Promise<void> =>
  withThree(async (place) => {
    const made = await planned(place);
    await writePlan(join(place.home, 'plan.json'), made);
    await run(place, made);
  });

describe
  .skipIf(!hasScript)
  .concurrent('a person who applies a plan at the terminal (needs util-linux `script`)', () => {
    test('is shown the plan and asked once; y carries it out, in the name of the user who said it', () =>
      withPlan(async (place, made) => {
        const person = atTerminal(place, ['apply', 'plan.json']);
        await person.asked(1, '[y/N]');
        expect(person.screen()).toMatch(/\| request +\| action +\| requestor +\| asset +\| risk +\| policy basis +\|/);
        for (const { request_id } of made.entries) expect(person.screen()).toContain(request_id);
        expect(person.screen()).toContain(`Carry out these 3 actions, approved by ${userInfo().username}? [y/N]`);
        expect(place.acts()).toEqual([]);
        person.type('y\r');
        expect((await person.ended).code).toBe(0);
        expect(place.acts()).toHaveLength(3);
        expect(person.screen().split('[y/N]')).toHaveLength(2);
        const intents = entriesIn(place.state).filter(({ kind }) => kind === 'action.intended');
        expect(intents.map(({ data }) => data.approvedBy)).toEqual(Array(3).fill(userInfo().username));
      }));

    const answers = [
      { what: 'n', typed: 'n\r', ends: 0, long: true },
      { what: 'Enter', typed: '\r', ends: 0 },
      { what: 'the end of the input', typed: '\u0004', ends: 0, long: true },
      { what: 'Ctrl-C', typed: '\u0003', ends: 130 },
    ] as const;
    test.each(due(answers))('does nothing with $what, and the plan can be applied later', ({ typed, ends }) =>
      withPlan(async (place) => {
        const person = atTerminal(place, ['apply', 'plan.json']);
        await person.asked(1, '[y/N]');
        person.type(typed);
        expect((await person.ended).code).toBe(ends);
        expect(person.screen()).toContain('Nothing was done. The plan is as it was.');
        expect(place.acts()).toEqual([]);
        expect(place.reportFiles(), 'the one of the plan').toHaveLength(1);
        expect((await atTerminal(place, ['apply', 'plan.json', '--approved-by', 'mia']).ended).code).toBe(0);
        expect(place.acts()).toHaveLength(3);
      }),
    );

    test('what was typed before the question stands there does not answer it', () =>
      withPlan(async (place) => {
        const person = atTerminal(place, ['apply', 'plan.json']);
        person.type('y\ry\r');
        await person.asked(1, '[y/N]');
        await sleep(400);
        expect(place.acts()).toEqual([]);
        person.type('n\r');
        expect((await person.ended).code).toBe(0);
        expect(place.acts()).toEqual([]);
      }));

    test('is not asked when the name was given, when --json wants it, or when the plan would be refused', () =>
      withPlan(async (place) => {
        const json = await atTerminal(place, ['apply', 'plan.json', '--json']).ended;
        expect([json.code, place.acts()]).toEqual([2, []]);
        expect(json.stdout).toMatch(/must say who approved the plan/);
        const elsewhere = { VAULT_URL: `${place.settings.VAULT_URL}/root` };
        const refused = await atTerminal(place, ['apply', 'plan.json'], elsewhere).ended;
        expect([refused.code, place.acts()]).toEqual([1, []]);
        const named = await atTerminal(place, ['apply', 'plan.json', '--approved-by', 'mia']).ended;
        expect(named.code).toBe(0);
        expect(place.acts()).toHaveLength(3);
        for (const { stdout } of [json, refused, named]) expect(stdout).not.toContain('[y/N]');
      }));
  });
