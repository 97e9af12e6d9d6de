/** Assessments that are remembered, over whole runs: what they save, and what they never decide. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Behaviour } from '../../simulator/model/behaviours.ts';
import { DAY, openPlace, type Place, type Ran, type Settings } from './place.ts';
import { byTag } from './tagged_model.ts';

const HOUR = 3_600_000;
/** Nothing in the window but what the tests put there: no credential request of the agent, no mail. */
const QUIET: Settings = {
  OPENAI_ASSET_ID: '',
  ...Object.fromEntries(
    ['TENANT_ID', 'CLIENT_ID', 'SECRET_ASSET_ID', 'CLIENT_SECRET', 'SENDER_EMAIL', 'RECIPIENT_EMAILS'].map((name) => [
      `ALERT_${name}`,
      '',
    ]),
  ),
};
const OBSERVING: Settings = { ...QUIET, AUTO_APPROVE_LOW_RISK: 'false', AUTO_REJECT_HIGH_RISK: 'false' };

async function quietPlace(changes: Settings = OBSERVING, behaviour: Behaviour = byTag) {
  const place = await openPlace({ model: { behaviour } }, changes);
  const key = place.sim.vault.asset(place.sim.estate.openaiKey.id)?.credential?.password ?? '';
  return Object.assign(place, {
    file: join(place.state, 'assessments.jsonl'),
    /** The run, and the slots of each question that it asked. */
    async asked(settings: Settings = {}): Promise<Ran & { questions: { mode: string; slots: number }[] }> {
      const before = place.sim.model.calls.length;
      const ran = await place.run({ settings: { OPENAI_API_KEY: key, ...settings } });
      const questions = place.sim.model.calls.slice(before);
      return { ...ran, questions: questions.map(({ mode, slots }) => ({ mode, slots: slots.length })) };
    },
  });
}

/** Requests in every state, `count` of them, each with its own text. */
function fill(place: Place, count: number): void {
  const states = ['Completed', 'Rejected', 'Active', 'Approved'] as const;
  for (let n = 0; n < count; n += 1) {
    const status = states[n % states.length] ?? 'Active';
    const created = place.now() - (1 + (n % 5)) * DAY;
    const approved = status === 'Approved' ? created : null;
    place.request(`number ${n}`, 'medium', { status, created, approved, message: `[medium] CHG00${1000 + n}: work` });
  }
}

const words = ({ record }: Ran) => record.reviewed.filter(({ assessment }) => assessment.kind === 'scored').length;
const remembered = ({ json }: Ran) => (json.totals as Record<string, number>).assessments_remembered;

describe.concurrent('a second run', () => {
  test('asks nothing about an unchanged window, also hours later and after a day; the report says so', async () => {
    await using place = await quietPlace();
    fill(place, 60);
    const first = await place.asked();
    expect([first.code, first.questions.length, remembered(first)]).toEqual([0, 3, 0]);
    for (const pause of [0, 4 * HOUR, DAY]) {
      place.later(pause);
      const again = await place.asked();
      expect([again.code, again.questions, words(again), remembered(again)]).toEqual([0, [], 62, 62]);
      expect(again.record.usage.calls).toBe(0);
      expect(again.report).toMatch(/\*\*Model:\*\* 0 assessed now, 62 remembered, nothing spent/);
      expect(again.report).toContain('AI text, remembered');
      expect(again.record.reviewed.map(({ assessment }) => ({ ...assessment, remembered: undefined }))).toEqual(
        first.record.reviewed.map(({ assessment }) => ({ ...assessment, remembered: undefined })),
      );
    }
  });

  test('asks about what is new or changed, and about nothing else', async () => {
    await using place = await quietPlace();
    fill(place, 60);
    await place.asked();
    const [changed] = place.sim.vault.all().filter(({ status }) => status === 'Active');
    place.sim.vault.edit(changed?.id ?? '', { message: '[high] CHG009999: something else' });
    for (const n of [1, 2]) place.request(`new ${n}`, 'low', { message: `[low] CHG00200${n}: new work` });
    const second = await place.asked();
    expect(second.questions).toEqual([{ mode: 'review', slots: 3 }]);
    expect([words(second), remembered(second)]).toEqual([64, 61]);
    expect(second.record.reviewed.find(({ dossier }) => dossier.request.id === changed?.id)?.decision.risk).toBe(
      'high',
    );
  });

  test('asks about everything once more after an edit of the prompts, without the file, and when it is damaged', async () => {
    await using place = await quietPlace();
    fill(place, 8);
    const prompts = join(place.folder, 'prompts');
    const { cpSync } = await import('node:fs');
    cpSync(join(import.meta.dirname, '../../prompts'), prompts, { recursive: true });
    await place.asked({ PROMPT_DIR: prompts });
    writeFileSync(join(prompts, 'rubric.md'), `${readFileSync(join(prompts, 'rubric.md'), 'utf8')}\nBe strict.\n`);
    expect((await place.asked({ PROMPT_DIR: prompts })).questions).toHaveLength(2);
    expect((await place.asked({ PROMPT_DIR: prompts })).questions).toHaveLength(0);

    rmSync(place.file);
    expect((await place.asked({ PROMPT_DIR: prompts })).questions).toHaveLength(2);

    writeFileSync(place.file, readFileSync(place.file, 'utf8').slice(0, -30));
    const damaged = await place.asked({ PROMPT_DIR: prompts });
    expect([damaged.code, damaged.questions.length]).toEqual([0, 2]);
    expect(damaged.log).toContain('assessments.forgotten');
  });

  test('asks again when nothing shall be remembered, and leaves no file', async () => {
    await using place = await quietPlace({ ...OBSERVING, ASSESSMENTS_REMEMBER: 'false' });
    fill(place, 8);
    for (const _ of [1, 2]) expect((await place.asked()).questions).toHaveLength(2);
    expect(existsSync(place.file)).toBe(false);
  });

  test('asks again about what could not be scored', async () => {
    await using place = await quietPlace();
    fill(place, 8);
    place.sim.model.behaviour = 'refusal';
    const failed = await place.asked();
    expect([failed.code, words(failed)]).toEqual([4, 0]);
    place.sim.model.behaviour = byTag;
    const second = await place.asked();
    expect([second.code, words(second), second.questions.length]).toEqual([0, 10, 2]);
  });
});

describe.concurrent('what is remembered decides nothing', () => {
  const ACTING: Settings = { ...QUIET, HALT: 'false' };

  const factsSay =
    (risk: 'low' | 'medium' | 'high' | 'critical'): Behaviour =>
    (call, rated) =>
      call.mode !== 'blind'
        ? byTag(call, rated)
        : {
            ratings: Object.fromEntries(
              Object.entries(rated).map(([slot, one]) => [
                slot,
                call.question?.requests[slot]?.facts.operation === 'AssetView' || one.risk === 'critical'
                  ? one
                  : { ...one, risk },
              ]),
            ),
          };

  test('a confirmation that agrees is asked for afresh in every run; one that holds the request is remembered', async () => {
    await using place = await quietPlace(ACTING);
    const low = place.request('a low one', 'low');
    const review = ({ record }: Ran) => record.reviewed.find(({ dossier }) => dossier.request.id === low.id);
    const observed = await place.asked({ HALT: 'true' });
    expect(observed.questions.filter(({ mode }) => mode === 'blind')).toHaveLength(1);
    // The model has come to another opinion: of the text nobody asks it again, of the facts every run does.
    place.sim.model.behaviour = factsSay('high');
    const second = await place.asked();
    expect(review(second)?.assessment).toMatchObject({ risk: 'low', remembered: true });
    expect(second.questions).toEqual([{ mode: 'blind', slots: 3 }]);
    expect([place.acts(), review(second)?.decision.verdict]).toEqual([[], 'hold']);

    place.sim.model.behaviour = byTag;
    const third = await place.asked();
    expect([third.questions, place.acts()]).toEqual([[], []]);
    expect(review(third)?.confirmation).toMatchObject({
      kind: 'facts-only',
      assessment: { risk: 'high', remembered: true },
    });
    // What changes its facts makes it another question.
    place.sim.vault.edit(low.id, { requestedTo: (low.requestedTo ?? 0) - HOUR });
    await place.asked();
    expect(place.acts()).toEqual(['approve a low one']);
  });

  test('a confirmation that is one level over is asked for once more, and that answer counts', async () => {
    await using place = await quietPlace(ACTING);
    const low = place.request('a low one', 'low');
    place.sim.model.behaviour = factsSay('medium');
    const over = await place.asked();
    expect(over.questions.filter(({ mode }) => mode === 'blind')).toHaveLength(2);
    expect(place.acts()).toEqual([]);
    const [review] = over.record.reviewed.filter(({ dossier }) => dossier.request.id === low.id);
    expect(review?.confirmation?.assessment).toMatchObject({ risk: 'medium', borneOut: true });
    expect((await place.asked()).questions).toEqual([]);

    rmSync(place.file);
    let asked = 0;
    place.sim.model.behaviour = (call, rated) => {
      if (call.mode === 'blind') asked += 1;
      return factsSay(asked === 1 ? 'medium' : 'low')(call, rated);
    };
    const second = await place.asked();
    expect([asked, place.acts()]).toEqual([2, ['approve a low one']]);
    expect(second.report).toMatch(/first answer was medium/);
  });

  test('after a run that acted the next one asks nothing, also about a first level of two', async () => {
    await using place = await quietPlace(ACTING);
    place.request('a low one', 'low');
    place.request('one of two levels', 'low', { levels: 2 });
    place.request('a critical one', 'critical');
    const first = await place.asked();
    expect(place.acts().sort()).toEqual(['approve a low one', 'approve one of two levels', 'reject a critical one']);
    const second = await place.asked();
    expect([second.code, second.questions, place.acts().length]).toEqual([first.code, [], 3]);
    expect(words(second)).toBe(second.record.reviewed.length);
  });

  test('a file that somebody edited to `low` rates nothing: the text is asked about again', async () => {
    await using place = await quietPlace(ACTING);
    place.request('a critical one', 'critical');
    place.request('a low one', 'low', { message: '[low] Replace toner, CHG0041235' });
    const first = await place.asked({ HALT: 'true' });
    const edited = readFileSync(place.file, 'utf8').replace(/"risk":"\w+"/g, '"risk":"low"');
    writeFileSync(place.file, edited);
    const second = await place.asked();
    const reviews = ({ questions }: typeof first) => questions.filter(({ mode }) => mode === 'review').length;
    expect([reviews(second), remembered(second)]).toEqual([reviews(first), 0]);
    expect(second.log).toContain('assessments.forgotten');
    expect(place.acts().sort()).toEqual(['approve a low one', 'reject a critical one']);
  });

  test('open requests of two people are never asked about together, acting or not', async () => {
    await using place = await quietPlace();
    for (const n of [1, 2]) {
      const requestor = { id: `u-${n}`, name: `person${n}`, displayName: `Person ${n}` };
      place.request(`a low one ${n}`, 'low', { requestor, message: `[low] Replace toner ${n}, CHG0041234` });
    }
    const observed = await place.asked();
    expect(observed.questions.map(({ slots }) => slots).sort()).toEqual([1, 1, 2]);
    const acting = await place.asked({ AUTO_APPROVE_LOW_RISK: 'true' });
    expect(acting.questions.map(({ mode }) => mode)).toEqual(['blind', 'solo', 'solo']);
    expect(place.acts()).toHaveLength(2);
  });
});
