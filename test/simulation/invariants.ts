/**
 * What must hold in every scenario, looked at from outside: the vault's own journal, the files on the disk, the mailbox.
 * Nothing here asks the program what it thinks it did.
 */

import type { InMemorySimulator } from '../../simulator/in_memory.ts';
import { fromBase64 } from '../../simulator/microsoft/mime.ts';
import type { RunRecord } from '../../src/domain/run_record.ts';
import { DAY_MS } from '../../src/util/durations.ts';
import type { Cast } from './cast.ts';
import type { Files } from './disk.ts';
import type { Call } from './faults.ts';
import { FORGED } from './insider.ts';
import { readRecord } from './ledger.ts';
import type { Ended } from './life.ts';
import type { Looks } from './looks.ts';
import { refusedSince } from './persons_no.ts';
import { type ScenarioSettings, STATE } from './settings.ts';

/** What no scenario may do. */
export class Violation extends Error {
  override readonly name = 'Violation';
  readonly invariant: string;
  constructor(invariant: string, detail: string) {
    super(`${invariant}: ${detail}`);
    this.invariant = invariant;
  }
}

type Watched = {
  readonly sim: InMemorySimulator;
  readonly cast: Cast;
  readonly files: Files;
  readonly now: () => number;
  readonly settings: Pick<ScenarioSettings, 'config' | 'agents' | 'tight' | 'ledgerKey'>;
};

/** What a process has heard of the model. */
export type Heard = {
  /** Marks of requests that a whole answer was about: of all processes, since ratings may be remembered. */
  readonly rated: Set<string>;
  /** Whole answers to this process: there is no action without a confirmation of its own. */
  answers: number;
  /** When the last of them came. */
  answeredAt: number | null;
  /** What it has seen of the list. */
  readonly looks: Looks;
  /** Dead, or told to stop: what it still wanted to see is given up, or looked up by another one. */
  readonly over: () => boolean;
};

export type Watch = ReturnType<typeof watch>;

const ACTIONS = { approve: 'approve', reject: 'reject', complete: 'close' } as const;
type Write = keyof typeof ACTIONS;

/** How long after a halt the action in hand may still leave: on a slow disk, and with a short sleep in between. */
const IN_HAND_MS = 15_000;
/** How old facts of an asset may be at a write, by design. */
const ASSET_MS = 60_000;

/** The beginnings of every secret that there is. */
const SECRETS = /SIMSECRET-|sk-sim-|sim~|sim-graph-|eyJhbGciOi/;

export function watch({ sim, cast, files, now, settings }: Watched) {
  const { config, agents, tight, ledgerKey } = settings;
  const applied = new Map<string, Write[]>();
  /** When the agent approved something. */
  const approvals: number[] = [];
  /** How often the mail of each run came as it was, and marked as possibly repeated. */
  const mailed = new Map<string, { plain: number; marked: number }>();
  /** Requests of which a write left late. */
  const asleep = new Set<string>();
  /** Mails that set out, whether they arrived or not. */
  let mailsLeft = 0;
  /** Runs whose mail was repeated while an earlier one may still have been under way. */
  const onItsWay = new Set<string>();
  let parts = Number.POSITIVE_INFINITY;
  /** Assets of production now, and since when. */
  const moved = new Map<string, number>();
  const record = readRecord(files, ledgerKey);
  let entriesSeen = 0;
  let mailsSeen = 0;
  // The program would catch what is thrown while it calls: it is kept until nobody is in between.
  let kept: Violation | null = null;
  const violated = (invariant: string, detail: string) => {
    kept ??= new Violation(invariant, detail);
  };

  let recordChanged = true;
  /** Since when there is a halt on the disk. */
  let haltedAt: number | null = null;
  const look = () => {
    if (!files.texts.has(`${STATE}/halt.json`)) haltedAt = null;
    else haltedAt ??= now();
    const wrong = recordChanged ? record.look() : null;
    if (recordChanged) lookedAfter();
    recordChanged = false;
    if (wrong !== null) violated('the chain is whole', wrong);
  };
  /** Requests whose write was accepted, and whose outcome is not in the ledger yet. */
  const looksDue = new Map<string, Heard>();
  const lookedAfter = () => {
    for (const { request, word } of record.actions()) {
      const heard = looksDue.get(request);
      if (heard === undefined || word === 'intended') continue;
      looksDue.delete(request);
      if (!heard.looks.lookedAfter(request) && !heard.over()) {
        violated('a look after each write', `${request} is in the ledger as ${word}, and nobody looked`);
      }
    }
  };
  const partOf = (id: string) => cast.parts.find((part) => part.id === id);

  return {
    /** A write of a process is about to leave. */
    leaving({ method, url }: Pick<Call, 'method' | 'url'>, heard: Heard, approver: string | null): void {
      if (url.endsWith('/sendMail')) mailsLeft++;
      const [, what, id] = /\/api\/request\/(approve|reject|complete)\/([^/?]+)$/.exec(url) ?? [];
      if (method !== 'PUT' || what === undefined || id === undefined) return;
      const action = ACTIONS[what as Write];
      look();
      if (!record.actions().some((one) => one.word === 'intended' && one.action === action && one.request === id)) {
        violated('intent before call', `${what} of ${id} leaves without an open intent on disk`);
      }
      if (haltedAt !== null && now() - haltedAt > IN_HAND_MS) {
        violated('a halt holds', `${what} of ${id} leaves ${Math.round((now() - haltedAt) / 1000)} s after the halt`);
      }
      const request = sim.vault.get(id);
      const requestor = request?.requestor.name ?? '';
      const refused = refusedSince(sim, request, agents);
      if (what === 'approve' && refused !== null && now() - refused > IN_HAND_MS) {
        violated("a person's no stands", `${id} leaves, refused ${Math.round((now() - refused) / 1000)} s before`);
      }
      const looked = heard.looks.ageOf(id);
      if (looked > IN_HAND_MS) {
        violated(
          'a look before each write',
          `${what} of ${id} leaves, last seen ${Math.round(looked / 1000)} s before`,
        );
      }
      // What is read right before a write is read behind the last question, and then serves for a minute.
      const movedAt = moved.get(request?.entityId ?? '') ?? now();
      const seenSince = movedAt < (heard.answeredAt ?? Number.NEGATIVE_INFINITY);
      if (what === 'approve' && (seenSince || now() - movedAt > ASSET_MS + IN_HAND_MS)) {
        violated('the world at the moment of the write', `${id} leaves, and its asset was moved to production before`);
      }
      if (what === 'approve' && approver !== null && requestor.toLowerCase() === approver.toLowerCase()) {
        violated(
          'asking and approving are two people',
          `${id} of ${requestor} leaves in a plan that ${approver} approved`,
        );
      }
      const part = partOf(id);
      if (what !== 'complete' && part !== undefined && (!heard.rated.has(part.mark) || heard.answers === 0)) {
        violated('nothing unscored', `${what} of ${id} leaves, and no rating of ${part.mark} ever came`);
      }
    },

    /** A write came back to the process as accepted. */
    accepted: (id: string, heard: Heard) => void looksDue.set(id, heard),

    /**
     * A write left only when its process woke up from a long sleep, behind the look at the lock: nobody can call it back,
     * and whoever took over could not know of it (docs/adr/0022-two-writers.md).
     */
    leftLate({ method, url }: Pick<Call, 'method' | 'url'>): void {
      const [, id] = /\/api\/request\/(?:approve|reject|complete)\/([^/?]+)$/.exec(url) ?? [];
      if (method === 'PUT' && id !== undefined) asleep.add(id);
    },

    /** Between two events. */
    step(): void {
      look();
      if (kept !== null) throw kept;
      for (const entry of sim.journal.entries.slice(entriesSeen)) {
        entriesSeen++;
        if (!(entry.what in ACTIONS) || entry.status !== 200 || !agents.includes(entry.user ?? '')) continue;
        const write = entry.what as Write;
        const part = partOf(entry.id);
        const says = `${write} of ${entry.id} (${part?.kind ?? 'a request of nobody'}) was applied`;
        const before = applied.get(entry.id) ?? [];
        applied.set(entry.id, [...before, write]);
        const decided = [...before, write].filter((one) => one !== 'complete');
        if (decided.length > 1 && !asleep.has(entry.id))
          throw new Violation('one decision per request', `${says} after ${before}`);
        if (before.includes('complete')) throw new Violation('one close per request', `${says} after ${before}`);
        const from = write === 'complete' ? 'Approved' : 'Active';
        if (entry.before !== from) throw new Violation('status', `${says} at status ${entry.before}`);
        const requestor = sim.vault.get(entry.id)?.requestor.name ?? '';
        if (agents.includes(requestor)) throw new Violation('never its own', `${says}, asked for by ${requestor}`);
        if (write === 'approve') approvals.push(now());
        const today = approvals.filter((at) => at > now() - DAY_MS).length;
        // By the clock of the machines, which shows the same unless it jumped.
        if (today > config.caps.approvalsPerDay && Date.now() === now()) {
          throw new Violation('caps hold', `${says}, the ${today}th in 24 hours`);
        }
        if (part?.expects !== write) throw new Violation('only what may be done', says);
      }
      for (const mail of sim.mailbox.mails.slice(mailsSeen)) {
        mailsSeen++;
        if (`${mail.html}${mail.text}`.includes(FORGED))
          throw new Violation('mails are our own', 'a forged one was sent');
        const run = runOf(mail.raw);
        const { plain, marked } = mailed.get(run) ?? { plain: 0, marked: 0 };
        const repeated = mail.subject.startsWith('[possibly repeated] ');
        const now = repeated ? { plain, marked: marked + 1 } : { plain: plain + 1, marked };
        mailed.set(run, now);
        // What left before its process died arrives when it likes, also behind the one that repeats it.
        if (repeated && mailsLeft > mailsSeen) onItsWay.add(run);
        const isSentAnew = !repeated && now.marked > 0 && !onItsWay.has(run);
        if (now.plain > 1 || now.marked > 1 || isSentAnew) {
          const came = `came ${now.plain} times, and ${now.marked} times marked as possibly repeated`;
          throw new Violation('one mail per run', `the mail of run ${run} ${came}`);
        }
        if (repeated && !/(Approvals|Rejections|Closings|Actions of earlier runs) \(/.test(mail.html)) {
          throw new Violation('one mail per run', `the mail of run ${run} tells of no action and was repeated`);
        }
        this.written('a mail', `${mail.html}${mail.text}`);
      }
    },

    /** What is filed from now on need not come to its end. */
    calmIsOver(): void {
      parts = cast.parts.length;
    },

    /** Somebody moved an asset to where nothing is approved. */
    assetMoved(id: string): void {
      moved.set(id, now());
    },

    /** All that was kept is gone. */
    stateLost: () => record.restart(),

    /** Somebody is about to change what lies on the disk: it is looked at before. */
    catchUp: look,

    /** From now on nothing may be done, and nothing added to the record: it was harmed. */
    leftAlone() {
      const before = [...applied.values()].flat().length;
      const record = [...files.texts].filter(([file]) => file.startsWith(`${STATE}/ledger/`));
      return {
        check(deed: string, ended: Ended): void {
          const broken = 'a broken ledger stops everything';
          if (ended.kind === 'ran' && (ended.verdict === 'done' || ended.verdict === 'done-with-problems')) {
            throw new Violation(broken, `somebody ${deed}, and the run ended as ${ended.verdict}`);
          }
          const after = [...applied.values()].flat().length;
          if (after > before)
            throw new Violation(broken, `somebody ${deed}, and ${after - before} writes were applied`);
          const touched = record.find(([file, text]) => files.texts.get(file) !== text);
          if (touched !== undefined) throw new Violation(broken, `somebody ${deed}, and ${touched[0]} was written to`);
        },
      };
    },

    /** Something was written somewhere: no secret may be in it. */
    written(where: string, text: string): void {
      recordChanged ||= where.startsWith(`${STATE}/ledger/`);
      const [found] = SECRETS.exec(text) ?? [];
      if (found !== undefined) violated('no secret', `${where} holds \`${found}…\``);
    },

    /** After the last fault is over and the last runs are done. */
    end(last: readonly Ended[]): void {
      const final = last.at(-1);
      if (!wentWell(final)) {
        throw new Violation('progress', `the last run, without any fault, ended as ${wordsOf(final)}`);
      }
      for (const { action, request, word } of record.actions()) {
        const what = `${action} of ${request}`;
        if (word === 'intended') throw new Violation('every intent resolved', `${what} is still open`);
        // Nobody signs an end, so that it cannot be told who closed a request.
        const wasDone = (applied.get(request) ?? []).some((one) => ACTIONS[one] === action);
        if (action !== 'close' && !asleep.has(request) && word === (wasDone ? 'not-done' : 'done')) {
          throw new Violation('the ledger tells the truth', `${what} is in the ledger as ${word}`);
        }
      }
      const kept = [...files.texts.keys()].filter((file) => /\/outbox\/[^/]*\.json$/.test(file));
      if (kept[0] !== undefined) throw new Violation('progress', `${kept[0]} is still in the outbox`);
      for (const { id, form, requestor, status, entityName } of sim.vault.all()) {
        if (form.id !== sim.vault.keyForm.id || !agents.includes(requestor.name)) continue;
        if (status === 'Active' || status === 'Approved') {
          throw new Violation('no credential left open', `request ${id} for ${entityName} is ${status}`);
        }
      }
      for (const { id, kind, expects } of cast.parts.slice(0, parts)) {
        const { status, created, requestedTo } = sim.vault.get(id) ?? {};
        // By the clock of the machines, which may have jumped: it is over by now, or was asked for at a time to come.
        if (expects === 'approve' && (requestedTo ?? Date.now() + 1) <= Date.now()) continue;
        if ((created ?? 0) > Date.now()) continue;
        const waits = status === (expects === 'complete' ? 'Approved' : 'Active');
        if (expects === null || !waits || tight || applied.has(id)) continue;
        // While the clocks of vault and machine differ nothing is approved or closed.
        if (final?.kind === 'ran' && clocksDiffer(final.record, id)) continue;
        if (expects === 'approve' && moved.has(sim.vault.get(id)?.entityId ?? '')) continue;
        if (expects === 'approve' && refusedSince(sim, sim.vault.get(id), agents) !== null) continue;
        if (record.actions().some((one) => one.request === id && one.action === ACTIONS[expects])) continue;
        throw new Violation('progress', `${id} (${kind}) waits for ${expects}, and nothing explains why`);
      }
    },

    /** How many writes of each kind the vault took. */
    figures: () => ({
      decisions: [...applied.values()].flat().length,
      mails: [...mailed.values()].reduce((sum, { plain, marked }) => sum + plain + marked, 0),
    }),
  };
}

const clocksDiffer = ({ reviewed }: RunRecord, id: string): boolean =>
  reviewed.some(({ dossier }) => dossier.request.id === id && dossier.gaps.some(({ what }) => what === 'clock'));

/** Without any problem, but for answers without a confidence and records of the vault that cannot be read: each run says so. */
function wentWell(final: Ended | undefined): boolean {
  if (final?.kind !== 'ran') return false;
  const { verdict, record } = final;
  const named =
    record.problems.length > 0 &&
    record.problems.every(({ where }) => ['confidence', 'vault', 'clock'].includes(where));
  return verdict === 'done' || (verdict === 'done-with-problems' && named);
}

export function wordsOf(ended: Ended | undefined): string {
  switch (ended?.kind) {
    case undefined:
      return 'nothing at all';
    case 'ran':
      return ended.verdict;
    case 'died':
      return 'a crash';
    case 'refused':
      return `a refusal: ${ended.why}`;
    case 'broke':
      return `an error: ${ended.error instanceof Error ? ended.error.stack : String(ended.error)}`;
  }
}

/** The run's id from the header that travels with each mail, in either form. */
function runOf(raw: string): string {
  const text = raw.startsWith('{') ? raw : fromBase64(raw);
  const [, run] = /X-Portcullis-Run(?:","value":"|: )([\w.:-]+)/.exec(text) ?? [];
  if (run === undefined) throw new Violation('one mail per run', 'a mail came that names no run');
  return run;
}
