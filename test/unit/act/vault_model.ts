/**
 * A small vault in memory that goes wrong as told, and a machine that can lose its power between any two steps. Every
 * fault is drawn from `dice`, so that fast-check can find and shrink a story.
 */
import { appendFileSync } from 'node:fs';
import type { ActPorts } from '../../../src/act/ports.ts';
import type { AccessRequest, Approval } from '../../../src/domain/access_request.ts';
import type { Action } from '../../../src/domain/action.ts';
import type { WriteAnswer } from '../../../src/domain/write_answer.ts';
import type { ActionHistory } from '../../../src/ledger/action_history.ts';
import { UpstreamError } from '../../../src/util/errors.ts';
import { actionsIn, ledgerFiles } from '../../helpers/ledger.ts';
import { AGENT, NOON } from '../../helpers/requests.ts';
import { another } from './ports.ts';

export type Landed = { readonly id: string; readonly action: Action };
type Live = { -readonly [K in keyof AccessRequest]: AccessRequest[K] };

export class VaultModel {
  /** Every write of ours that took effect, in order. */
  readonly landed: Landed[] = [];
  readonly #requests: Live[];
  readonly #dice: () => number;
  readonly #names: boolean;
  /** Calls that are still on their way. */
  #late: Landed[] = [];

  constructor(levels: readonly number[], names: boolean, dice: () => number) {
    this.#requests = levels.map((n, i) => another(`req-${i}`, { levels: n }));
    this.#names = names;
    this.#dice = dice;
  }

  list(): AccessRequest[] {
    return this.#requests.map((one) => structuredClone(one));
  }

  lookUp(id: string): AccessRequest | null {
    this.#meanwhile(id);
    if (this.#dice() === 1) throw new UpstreamError('vault', 'timeout', 'no answer');
    return this.list().find((one) => one.id === id) ?? null;
  }

  send(action: Action, id: string): WriteAnswer {
    this.#meanwhile(id);
    const fate = this.#dice();
    const lost: WriteAnswer = { kind: 'unanswered', says: 'no answer' };
    if (fate === 1) return lost;
    if (fate === 2) return { kind: 'refused', says: 'the vault answered 403' };
    if (fate === 3) {
      this.#late.push({ action, id });
      return lost;
    }
    const took = this.#take(action, id);
    if (fate === 4) return lost;
    return took
      ? { kind: 'accepted', says: 'the vault answered 200' }
      : { kind: 'refused', says: 'the vault answered 409' };
  }

  /** The machine is off: what was on its way has arrived, or never will. */
  powerCut(): void {
    for (const { action, id } of this.#late.splice(0)) if (this.#dice() % 2 === 0) this.#take(action, id);
  }

  #meanwhile(id: string): void {
    const what = this.#dice();
    const one = this.#requests.find((r) => r.id === id);
    if (one === undefined) return;
    if (what === 5 && one.status === 'Active') this.#approve(one, 'boss');
    if (what === 6 && one.status === 'Active') this.#end(one, 'Rejected', 'boss');
    if (what === 7) one.status = one.status === 'Rejected' ? 'Rejected' : 'Completed';
    if (what === 8) one.justification += '!';
    if (what === 9) for (const call of this.#late.splice(0)) this.#take(call.action, call.id);
  }

  #take(action: Action, id: string): boolean {
    const one = this.#requests.find((r) => r.id === id);
    if (one === undefined || one.status !== (action === 'close' ? 'Approved' : 'Active')) return false;
    this.landed.push({ action, id });
    if (action === 'approve') this.#approve(one, AGENT);
    else if (action === 'reject') this.#end(one, 'Rejected', AGENT);
    else one.status = 'Completed';
    return true;
  }

  #approve(one: Live, user: string): void {
    one.approvals = [...one.approvals, this.#entry(one, user, 'Approved')];
    if ((one.level ?? 1) < (one.levels ?? 1)) one.level = (one.level ?? 1) + 1;
    else {
      one.status = 'Approved';
      one.approved = NOON;
    }
  }

  #end(one: Live, status: 'Rejected', user: string): void {
    one.approvals = [...one.approvals, this.#entry(one, user, 'Rejected')];
    one.status = status;
  }

  #entry({ level }: Live, user: string, decision: string): Approval {
    return { level, user: this.#names ? user : null, decision, message: null, created: NOON };
  }
}

export type CutHow = 'before' | 'half-way' | 'after';

/**
 * Ports over the model and a real ledger on disk. At the step `cutAt` the power goes, before, half-way through or
 * right after it, and nothing happens any more. `cut` resolves then.
 */
export function machine(
  vault: VaultModel,
  history: ActionHistory,
  folder: string,
  cutAt: number | null,
  cutHow: CutHow,
) {
  let left = cutAt ?? Number.POSITIVE_INFINITY;
  let goneDark = () => {};
  const cut = new Promise<'cut'>((resolve) => {
    goneDark = () => resolve('cut');
  });
  const never = new Promise<never>(() => {});

  const underWay = new Set<Promise<unknown>>();
  async function step<T>(work: () => T | Promise<T>, half: () => void = () => {}): Promise<T> {
    const before = left--;
    if (before < 0) return never;
    if (before > 0) {
      const working = (async () => work())();
      underWay.add(working);
      return working.finally(() => underWay.delete(working));
    }
    if (cutHow === 'after') await (async () => work())().catch(() => {});
    // What other actions have begun comes to its end: only the last line of a file can be cut short.
    await Promise.allSettled(underWay);
    if (cutHow === 'half-way') half();
    goneDark();
    return never;
  }
  const tornLine = () => {
    const [file] = ledgerFiles(folder);
    if (file !== undefined) appendFileSync(file, '{"seq":17,"at":"20');
  };

  const ports: Pick<ActPorts, 'history' | 'lookUp' | 'send'> = {
    history: {
      ...history,
      intend: (intent) => step(() => history.intend(intent), tornLine),
      conclude: (...args) => step(() => history.conclude(...args), tornLine),
      save: (finished) => step(() => history.save(finished)),
    },
    lookUp: ({ id }) => step(() => vault.lookUp(id)),
    send: (action, id) =>
      step(() => {
        if (!isIntended(folder, action, id)) throw new Error(`${action} ${id} was sent without an intent on disk`);
        return vault.send(action, id);
      }),
  };
  return { ports, cut };
}

/** Whether the last entry of the ledger on this action is an intent. */
const isIntended = (folder: string, action: Action, id: string): boolean =>
  actionsIn(folder)
    .filter((entry) => entry.endsWith(` ${action} ${id}`))
    .at(-1)
    ?.startsWith('action.intended') === true;
