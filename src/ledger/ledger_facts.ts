import { createHash } from 'node:crypto';
import type { Action } from '../domain/action.ts';
import type { ClassEvidence, Demotion } from '../domain/class_evidence.ts';
import type { Manifest } from '../domain/manifest.ts';
import type { Declined } from '../domain/recorded_decisions.ts';
import type { Recovered } from '../domain/run_record.ts';
import { utcMinute } from '../phrases/time_words.ts';
import type { Entry, NewEntry } from './entry.ts';
import type { DoneAction, DoneActions } from './snapshot.ts';

/** The data of an entry of that kind. */
export type DataOf<K extends NewEntry['kind']> = Extract<NewEntry, { kind: K }>['data'];

/** What stands behind an action that was begun; `created` is the request's, by which it can be looked up again. */
type Intended = DataOf<'action.intended'>;
export type NewIntent = Pick<Intended, 'request' | 'action' | 'created' | 'level'> &
  Partial<Intended> & { readonly run: string };
/** An intent as the ledger has it; `at` in milliseconds since the epoch. */
export type OpenIntent = Intended & { readonly run: string; readonly at: number };

export type { Declined };

/** What the ledger tells about earlier runs: gathered entry by entry, pure. */
export class LedgerFacts {
  /** What was done to which request, or may have been. */
  readonly actions: Map<string, DoneActions>;
  /** Ids that say nothing about the action; whatever it was, it is not repeated. */
  readonly bare = new Set<string>();
  /** Requests that the ledger itself tells about. */
  readonly inLedger = new Set<string>();
  readonly plans = new Map<string, string>();
  readonly actors = new Set<string>();
  /** What people said no to when they were asked, by action and request, until one of them says yes. */
  readonly #declined = new Map<string, Declined>();
  /** The policy and the prompts of the last run. */
  digests: { readonly policy: string; readonly prompts: string } | null = null;
  /** What decided in the last run, by names and digests; null in a ledger of version 0.1. */
  manifest: Manifest | null = null;
  /** What people said to the agent, as far as the ledger has it: reviews, halts, by `saidKey`. */
  readonly said = new Set<string>();
  /** What people ordered about the ledger itself since the last run began, in words. */
  orders: readonly string[] = [];
  /** What was last decided on each request, as a digest. */
  readonly decided = new Map<string, string>();
  /** The newest finding about each request, for the modes of the classes. */
  readonly classEvidence = new Map<string, ClassEvidence>();
  /** The newest demotion of each class; one that ended is still there. */
  readonly demotions = new Map<string, Demotion>();
  /** Mails of the outbox by their digests, and whether they were about to leave it. */
  readonly mails = new Map<string, 'kept' | 'leaving' | 'repeating'>();
  /** Actions of runs that ended without their own end: perhaps no report and no mail told of them. */
  readonly untold = new Map<string, Recovered>();
  /** Whether the run that is being read sends a mail at its end. */
  #tells = true;
  readonly #open = new Map<string, OpenIntent>();
  readonly #unknown = new Map<string, OpenIntent>();
  #approvals: OpenIntent[] = [];

  constructor(actions: Iterable<readonly [string, DoneActions]> = []) {
    this.actions = new Map(actions);
  }

  acted(request: string, action: Action): boolean {
    if (this.actions.get(request)?.[action] !== undefined || this.#open.has(keyOf(action, request))) return true;
    return this.bare.has(request) && action !== 'close';
  }

  /** Who said no to the action, and when; null when nobody did since it was last begun. */
  declined(request: string, action: Action): Declined | null {
    return this.#declined.get(keyOf(action, request)) ?? null;
  }

  /** Intents whose outcome nobody wrote down. */
  open(): readonly OpenIntent[] {
    return [...this.#open.values()];
  }

  /** Intents whose outcome could not be found out when it was looked for. */
  unknown(): readonly OpenIntent[] {
    return [...this.#unknown.values()];
  }

  approvedSince(moment: number): readonly OpenIntent[] {
    return this.#approvals.filter(({ at }) => at >= moment);
  }

  take(entry: Entry): void {
    switch (entry.kind) {
      case 'run.started':
        this.digests = { policy: entry.data.policy, prompts: entry.data.prompts };
        this.orders = [];
        // Preparing a plan and rehearsing send no mail.
        this.#tells = !entry.data.dryRun && (entry.data.plan === null || entry.data.approvedBy !== null);
        return;
      case 'run.finished':
        if (this.#tells) this.untold.clear();
        return;
      case 'policy.read':
        this.manifest = entry.data;
        return;
      case 'ledger.restarted':
      case 'ledger.keyed':
        this.orders = [...this.orders, orderWords(entry)];
        return;
      case 'actions.imported':
        for (const id of entry.data.ids) this.bare.add(id);
        for (const id of entry.data.ids) this.inLedger.add(id);
        return;
      case 'action.declined':
        this.#declined.set(keyOf(entry.data.action, entry.data.request), {
          by: entry.data.by,
          at: Date.parse(entry.at),
        });
        return;
      case 'action.intended':
        this.#intended({ ...entry.data, run: entry.run ?? '', at: Date.parse(entry.at) });
        return;
      case 'action.done':
      case 'action.unknown':
        this.#ended(entry, entry.kind === 'action.done' ? 'done' : 'unknown');
        this.#noteUntold(entry, entry.kind === 'action.done' ? 'done' : 'unclear');
        return;
      case 'action.not-done':
        this.#noteUntold(entry, 'not done');
        this.#undone(entry.data.action, entry.data.request);
        return;
      case 'class.evidence':
        this.classEvidence.set(entry.data.request, { ...entry.data, at: Date.parse(entry.data.at) });
        return;
      case 'class.demoted':
        this.demotions.set(entry.data.class, { ...entry.data, at: Date.parse(entry.at) });
        return;
      case 'halted':
      case 'resumed':
      case 'reviewed':
        this.said.add(saidKey(entry));
        return;
      case 'mail.kept':
        this.mails.set(entry.data.digest, 'kept');
        return;
      case 'mail.leaving':
        this.mails.set(entry.data.digest, 'leaving');
        return;
      case 'mail.repeating':
        this.mails.set(entry.data.digest, 'repeating');
        return;
      case 'request.decided':
        this.decided.set(entry.data.request, decidedKey(entry.data));
        return;
      default:
    }
  }

  #noteUntold({ run, data }: Outcome, found: Recovered['found']): void {
    const { request, action, note } = data;
    const says = `the run was cut off before its end was noted${note === '' ? '' : `; ${note}`}`;
    this.untold.set(keyOf(action, request), { requestId: request, action, runId: run ?? '', found, says });
  }

  #intended(intent: OpenIntent): void {
    this.#declined.delete(keyOf(intent.action, intent.request));
    this.#open.set(keyOf(intent.action, intent.request), intent);
    if (intent.action === 'approve') this.#approvals.push(intent);
    if (intent.actor !== null) this.actors.add(intent.actor);
    if (intent.plan !== null) this.plans.set(intent.plan, this.plans.get(intent.plan) ?? intent.run);
  }

  #ended({ at, run, data }: Ended, result: DoneAction['result']): void {
    const { request, action } = data;
    this.inLedger.add(request);
    const key = keyOf(action, request);
    const intent = this.#open.get(key) ?? this.#unknown.get(key);
    this.#open.delete(key);
    if (result === 'unknown' && intent !== undefined) this.#unknown.set(key, intent);
    else this.#unknown.delete(key);
    this.actions.set(request, { ...this.actions.get(request), [action]: { run: run ?? '', at, result } });
  }

  #undone(action: Action, request: string): void {
    const key = keyOf(action, request);
    const attempted = this.#open.delete(key);
    if (action === 'approve') this.#approvals = this.#approvals.filter((one) => one.request !== request);
    if (attempted) return;
    // Nothing was begun, so that it settles a doubt; what was surely done before stays done.
    this.#unknown.delete(key);
    const { [action]: known, ...others } = this.actions.get(request) ?? {};
    if (known?.result !== 'unknown') return;
    // Nothing left to say about it: without this its id would stay among those that were acted on.
    if (Object.keys(others).length === 0) this.actions.delete(request);
    else this.actions.set(request, others);
  }
}

function orderWords({ kind, seq, at, data }: Extract<Entry, { kind: 'ledger.restarted' | 'ledger.keyed' }>): string {
  const order = `${data.by} ordered on ${utcMinute(Date.parse(at))}: "${data.reason}"`;
  return kind === 'ledger.restarted'
    ? `the ledger began anew on the order of a person, and the one before it was put aside (${data.why}); ${order}`
    : `the ledger is sealed with a key from entry ${seq} on, and none was before; ${order}`;
}

type Outcome = Extract<Entry, { kind: 'action.done' | 'action.unknown' | 'action.not-done' }>;
type Ended = Extract<Entry, { kind: 'action.done' | 'action.unknown' }>;

const keyOf = (action: Action, request: string): string => `${action} ${request}`;

/** Tells things that people said apart: the same words at the same moment are the same. */
export const saidKey = ({ kind, data }: Extract<NewEntry, { kind: 'halted' | 'resumed' | 'reviewed' }>): string =>
  JSON.stringify([kind, data]);

/** A decision is written to the ledger again only when something about it changed. */
export function decidedKey(data: DataOf<'request.decided'>): string {
  const { content, policy, prompts, model, risk, verdict, rules, line } = data;
  const text = JSON.stringify([content, policy, prompts, model, risk, verdict, rules, line]);
  // Twelve bytes: sixteen characters that hold on to no longer text.
  return createHash('sha256').update(text).digest().toString('base64url', 0, 12);
}
