import type { NextStep } from '../domain/next_step.ts';
import type { BreakGlassUse, Reviewed, RunRecord } from '../domain/run_record.ts';
import { plural } from './plural.ts';
import { firstReason } from './rule_words.ts';
import type { RunTotals } from './run_totals.ts';

/** What a person is asked to do about one request. */
export type WorkItem = { readonly reviewed: Reviewed; readonly next: NextStep };
export type WorkGroup = { readonly name: WorkGroupName; readonly title: string; readonly items: readonly WorkItem[] };

/** Who is waited for; the reader of the mail, a security lead, finds their own first. The first row that fits counts. */
export const WORK_GROUPS = {
  security: {
    title: 'For security',
    short: 'for security',
    fits: ({ kind, to }) => kind === 'escalate' && to === 'security',
  },
  owners: {
    title: 'For owners, managers and other authorizers',
    short: 'for owners and managers',
    fits: ({ kind }) => kind === 'escalate',
  },
  questions: {
    title: 'Questions to requestors',
    short: 'to ask the requestor about',
    fits: ({ kind }) => kind === 'request_info',
  },
  rest: { title: 'To keep in sight', short: 'to keep in sight', fits: () => true },
} as const satisfies Record<string, { title: string; short: string; fits: (next: NextStep) => boolean }>;
export type WorkGroupName = keyof typeof WORK_GROUPS;

/** The next step as a table says it. */
export const NEXT_WORDS = {
  request_info: 'ask',
  escalate: 'decide',
  observe: 'keep in sight',
} as const satisfies Record<NextStep['kind'], string>;

/** The waiting requests by who is waited for; groups in the order of the table, requests as they came, no empty group. */
export function workList(waiting: readonly Reviewed[]): WorkGroup[] {
  const items = waiting.map((reviewed) => ({ reviewed, next: nextOf(reviewed) }));
  const names = Object.keys(WORK_GROUPS) as WorkGroupName[];
  const groupOf = ({ next }: WorkItem) => names.find((name) => WORK_GROUPS[name].fits(next));
  return names
    .map((name) => ({ name, title: WORK_GROUPS[name].title, items: items.filter((item) => groupOf(item) === name) }))
    .filter((group) => group.items.length > 0);
}

/** An action whose outcome nobody knows has no next step of its deciding: it was not held. */
export function nextOf({ decision, outcome }: Reviewed): NextStep {
  if (outcome?.kind === 'unknown') {
    return {
      kind: 'escalate',
      to: 'security',
      finding: `nobody knows whether this action took effect: ${outcome.why}`,
      ask: null,
      alternative: 'look the request up in the vault; Portcullis does not try again',
    };
  }
  const finding = firstReason(decision, 'it was held');
  return decision.next ?? { kind: 'escalate', to: 'security', finding, ask: null, alternative: null };
}

/** `5 for security, 22 for owners and managers, 1 break-glass use to review`; empty when nobody is waited for. */
export function waitingFor({ breakGlass }: Pick<RunRecord, 'breakGlass'>, { waiting }: RunTotals): string {
  const moves = workList(waiting).map(({ name, items }) => `${items.length} ${WORK_GROUPS[name].short}`);
  const open = unreviewed(breakGlass).length;
  if (open > 0) moves.push(`${plural(open, 'break-glass use')} to review`);
  return moves.join(', ');
}

/** Every use of emergency access that no person has recorded a review of. */
export const unreviewed = (uses: RunRecord['breakGlass']): readonly BreakGlassUse[] =>
  uses.filter(({ reviewed }) => reviewed === null);
