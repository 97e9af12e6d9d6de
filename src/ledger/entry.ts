import { z } from 'zod';
import { ACTION_NAMES, type Action } from '../domain/action.ts';
import { FOUND_NAMES } from '../domain/class_evidence.ts';
import { RISKS } from '../domain/risk.ts';
import { plainLine } from '../text/plain_text.ts';

/**
 * What the ledger tells of, kind by kind; `was` is how version 0.1 called it. INVARIANT: a field that is not listed here
 * is not in the ledger. Texts are as somebody wrote them, except that a line holds plain ASCII only: everything else
 * stands in it as `\u…`.
 */
const text = z.string();
/** ISO 8601 in UTC, with milliseconds. */
const time = z.iso.datetime({ precision: 3 });
const count = z.int().min(0);
const digest = z.string().regex(/^[0-9a-f]{64}$/);
const action = z.enum(ACTION_NAMES as [Action, ...Action[]]);
const answered = z.strictObject({ request: text, action, note: text });
const names = z.strictObject({ added: z.array(text), removed: z.array(text), changed: z.array(text) });
/** Names are missing in entries of version 0.1, and where the run before was one of it. */
const changed = z.strictObject({
  ...{ before: text.nullable(), after: text },
  ...{ files: names.optional(), policies: names.optional(), sections: names.optional() },
  touched: z.array(z.strictObject({ file: text, owner: text.nullable(), modified: time })).optional(),
});
const named = z.array(z.strictObject({ name: text, digest: text }));

export const ENTRY_KINDS = {
  'ledger.opened': { was: 'record.opened', about: 'the first entry', data: z.strictObject({}) },
  'ledger.mended': {
    was: 'record.mended',
    about: 'a last line that a crash had cut short was taken off (or, with `cutBytes` 0, only its line break put back)',
    data: z.strictObject({ file: text, cutBytes: count }),
  },
  'ledger.restarted': {
    was: 'record.restarted',
    about: 'a person had the ledger before this one put aside, because it was broken',
    data: z.strictObject({ by: text, reason: text, why: text, keptAs: z.array(text) }),
  },
  'ledger.keyed': {
    was: 'record.keyed',
    about: 'a person had the ledger sealed with a key from here on, which began without one',
    data: z.strictObject({ by: text, reason: text }),
  },
  'actions.imported': {
    was: 'memory.imported',
    about: 'requests that count as acted on, known from a file alone that does not say what was done',
    data: z.strictObject({ source: text, ids: z.array(text) }),
  },
  'run.started': {
    about: 'a cycle began',
    data: z.strictObject({
      ...{ mode: z.enum(['autonomous', 'asking', 'applying', 'observing']), dryRun: z.boolean(), version: text },
      ...{ agentUser: text.nullable(), from: time, to: time, policy: text, prompts: text },
      // A plan that was prepared or carried out, who approved it, and where a halt was found.
      ...{ plan: text.nullable(), approvedBy: text.nullable(), halted: text.nullable() },
    }),
  },
  'request.decided': {
    about: 'what was decided about a request, on which content, policy and prompts (digests), by which rules',
    data: z.strictObject({
      ...{ request: text, content: text, policy: text, prompts: text, model: text.nullable() },
      ...{ risk: z.enum(RISKS).nullable(), verdict: z.enum(['hold', ...action.options]), rules: z.array(text) },
      // The digest of the reviewed line of the archive; version 0.1 had none.
      line: digest.optional(),
      // When what is approved or granted ends; null when it has no end. Version 0.1 did not say it.
      expires: time.nullable().optional(),
    }),
  },
  'run.decided': {
    about: 'all that a run decided, as one digest over the record that the archive keeps of it',
    data: z.strictObject({ requests: count, digest }),
  },
  'action.intended': {
    about: 'written before the call that changes the vault',
    data: z.strictObject({
      // Milliseconds since the epoch as the vault gives them, who may hold times that no calendar has.
      ...{ request: text, action, created: z.number(), level: z.number().nullable() },
      ...{ requestor: text.nullable(), asset: text.nullable(), actor: text.nullable() },
      ...{ plan: text.nullable(), approvedBy: text.nullable() },
    }),
  },
  'action.done': { about: 'the vault carried it out; its answer', data: answered },
  'action.not-done': { about: 'it did not take effect; why', data: answered },
  'action.unknown': { about: 'it could not be found out whether it took effect', data: answered },
  'action.declined': {
    about: 'a person who was asked said no to it; a plan that names it is not carried out on it',
    data: z.strictObject({ request: text, action, by: text.nullable() }),
  },
  'mail.sent': { about: 'mails went out', data: z.strictObject({ mails: count, recipients: count }) },
  'mail.kept': {
    about: 'a mail was put into the outbox, or stays there; only what the ledger knows so is sent from it (digest)',
    data: z.strictObject({ digest }),
  },
  'mail.leaving': {
    about:
      'a mail was about to leave the outbox: from here on nobody knows whether it arrived, unless it is kept once more (digest)',
    data: z.strictObject({ digest }),
  },
  'mail.repeating': {
    about:
      'the mail of an unknown fate was about to leave for the second time: it is not sent again, unless it leaves once more (digest)',
    data: z.strictObject({ digest }),
  },
  'policy.changed': {
    about:
      'the policy folder is not the one of the run before: digests, which files, rules and sections of access.yml, and who touched the files as far as the system tells',
    data: changed,
  },
  'prompts.changed': { about: 'the same of the prompts', data: changed },
  'policy.read': {
    about: 'what decides from here on: names and digests of files, rules and sections; no contents',
    data: z.strictObject({ files: named, policies: named, sections: named }),
  },
  'class.evidence': {
    about:
      'what people decided on a request that the policy would have approved, or what became of an approval of ours; `at` is when that was decided',
    data: z.strictObject({ request: text, classes: z.array(text), found: z.enum(FOUND_NAMES), at: time, policy: text }),
  },
  'class.demoted': {
    about:
      'a class that is enforced counts as recommended from here on: `bad` of `of` approvals were undone, or decisions of people were refusals',
    data: z.strictObject({ class: text, why: z.enum(['undone', 'agreement']), bad: count, of: count }),
  },
  halted: {
    about: 'somebody halted everything',
    data: z.strictObject({ reason: text.nullable(), by: text, since: time }),
  },
  resumed: { about: 'somebody ended a halt', data: z.strictObject({ by: text, when: time }) },
  reviewed: {
    about: 'a person looked at a use of break-glass access',
    data: z.strictObject({ request: text, by: text, note: text, when: time }),
  },
  'run.finished': {
    about: 'a cycle ended, and how many requests fared how',
    data: z.strictObject({
      // The last one is what version 0.1 wrote for the one before it.
      verdict: z.enum(['done', 'done-with-problems', 'failed', 'stopped', 'ledger-not-trusted', 'memory-not-trusted']),
      ...{ approved: count, rejected: count, closed: count, held: count },
      ...{ unscored: count, failed: count, unknown: count, unchanged: count },
    }),
  },
} as const satisfies Record<string, Row>;
type Row = { readonly was?: string; readonly about: string; readonly data: z.ZodType };

export type EntryKind = keyof typeof ENTRY_KINDS;
export const ENTRY_KIND_NAMES = Object.keys(ENTRY_KINDS) as readonly EntryKind[];

/** By the name of today, and by that of version 0.1. */
const BY_NAME: ReadonlyMap<string, EntryKind> = new Map(
  ENTRY_KIND_NAMES.flatMap((kind) => {
    const { was }: Row = ENTRY_KINDS[kind];
    return [[kind, kind], ...(was === undefined ? [] : [[was, kind] as const])] as const;
  }),
);
/** Undefined for a name that no version had. */
export const entryKindOf = (name: string): EntryKind | undefined => BY_NAME.get(name);

/** What is known before the entry has its number: what happened, in which run (null outside of one). */
export type NewEntry = {
  [K in EntryKind]: {
    readonly kind: K;
    readonly run: string | null;
    readonly data: z.output<(typeof ENTRY_KINDS)[K]['data']>;
  };
}[EntryKind];
/** `seq` counts from 1 across all files. */
export type Entry = NewEntry & { readonly seq: number; readonly at: string };
export type SealedEntry = Entry & { readonly prev: string; readonly seal: string };

const Envelope = z.strictObject({
  ...{ seq: z.int().min(1), at: time, kind: text, run: text.nullable() },
  ...{ data: z.unknown(), prev: text, seal: text },
});

/** The entry on a line, its kind by the name of today, or what is odd about it. */
export function entryOn(line: string): SealedEntry | { readonly odd: string } {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return { odd: 'it is no JSON' };
  }
  const envelope = Envelope.safeParse(json);
  if (!envelope.success) return { odd: `it is no entry: ${firstIssue(envelope.error)}` };
  const kind = entryKindOf(envelope.data.kind);
  if (kind === undefined) {
    const named = plainLine(envelope.data.kind, 60);
    return { odd: `it is of the kind \`${named}\`, which only a newer version can have written` };
  }
  const data = ENTRY_KINDS[kind].data.safeParse(envelope.data.data);
  if (!data.success) {
    return { odd: `its \`data\` is not that of \`${kind}\`, perhaps of a newer version: ${firstIssue(data.error)}` };
  }
  return { ...envelope.data, kind, data: data.data } as SealedEntry;
}

/** The kind by the name that the line has for it, which is of the version that wrote it. */
export const writtenKind = (line: string): string => (JSON.parse(line) as { readonly kind: string }).kind;

function firstIssue({ issues: [issue] }: z.ZodError): string {
  const where = issue === undefined || issue.path.length === 0 ? '' : `\`${plainLine(issue.path.join('.'), 60)}\` `;
  return `${where}${plainLine(issue?.message ?? 'unknown', 120)}`;
}
