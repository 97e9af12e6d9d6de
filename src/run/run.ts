import type { RunRecord } from '../domain/run_record.ts';
import { openNotes, type RunContext } from './notes.ts';
import type { Steps } from './steps.ts';
import { act, breakGlass, confirm, decide, enrich, fetch, finish, score, tokenEnds } from './verbs.ts';

/**
 * One run: fetch → enrich → score → decide → confirm → act → report → alert. What leads to the actions changes nothing in
 * the vault; somebody approves it (the policy at once in `run`, a person in `apply`, nobody in `plan`); then it is
 * carried out.
 *
 * Report and mail are made whatever happened before them, from what is known by then. Only a step without which nothing
 * after it makes sense ends the run early; a ledger that cannot be trusted turns it into an observing one; everything
 * smaller is a line in the report.
 */
export async function run(steps: Steps, context: RunContext): Promise<RunRecord> {
  const notes = openNotes(context);
  await notes.essential(async () => {
    await notes.trusting(() => steps.openLedger());
    const { requests } = await notes.step('fetch', () => fetch(steps, notes));
    const dossiers = await notes.step('enrich', () => enrich(steps, notes, requests));
    const rated = await notes.step('score', () => score(steps, notes, dossiers));
    const proposed = await notes.step('decide', () => decide(steps, notes, dossiers, rated));
    const { reviewed } = await notes.step('confirm', () => confirm(steps, notes, proposed));
    await notes.step('act', () => act(steps, notes, reviewed));
  });
  tokenEnds(notes);
  await notes.attempt('state', () => notes.history?.save(notes.wasWhole()));
  await notes.attempt('reviews', () => breakGlass(steps, notes));
  await notes.attempt('report', () => notes.step('report', () => steps.report(notes.record(), false)));
  const told = notes.draft.problems.length;
  const mailed = await notes.attempt('alert', () => notes.step('alert', () => steps.alert(notes.record())));
  await finish(steps, notes, mailed, told);
  return notes.record();
}
