/** Ports of `act` that follow a script and write down everything that happens, in order. */
import type { ActPorts, Planned } from '../../../src/act/ports.ts';
import type { AccessRequest } from '../../../src/domain/access_request.ts';
import type { Action } from '../../../src/domain/action.ts';
import type { WriteAnswer } from '../../../src/domain/write_answer.ts';
import type { ActionHistory } from '../../../src/ledger/action_history.ts';
import { StorageError } from '../../../src/util/errors.ts';
import { AGENT, fakeClock, request } from '../../helpers/requests.ts';

export const ACCEPTED: WriteAnswer = { kind: 'accepted', says: 'the vault answered 200' };
export const REFUSED: WriteAnswer = { kind: 'refused', says: 'the vault answered 409' };
export const LOST: WriteAnswer = { kind: 'unanswered', says: 'no answer' };
export const DISK_FULL = new StorageError('write', 'state/ledger/2026-11.jsonl', { code: 'ENOSPC' });

/** A request of a person of their own: what is planned for one person is done one after the other. */
export const another = (id: string, part: Partial<AccessRequest> = {}): AccessRequest =>
  request({ id, requestor: { id: `u-${id}`, name: `CORP\\${id}`, displayName: id }, ...part });

export const plan = (action: Action, about: AccessRequest = request()): Planned => ({
  request: about,
  action,
  comment: 'Portcullis says so.',
  requestor: 'id:u-17',
  asset: 'asset-7',
});

type Script = {
  /** What the vault says each time it is asked for the request; the last entry repeats. */
  readonly looks?: readonly (AccessRequest | null | Error)[];
  /** What each call is answered with; the last entry repeats. */
  readonly answers?: readonly (WriteAnswer | Error)[];
  readonly over?: Partial<ActPorts>;
  /** What writing an intent or an outcome fails with. */
  readonly intendFails?: Error;
  readonly concludeFails?: Error;
};

const given = <T>(list: readonly T[], n: number): T => list[Math.min(n, list.length - 1)] as T;

export function scripted({ looks = [request()], answers = [ACCEPTED], over, intendFails, concludeFails }: Script = {}) {
  const events: string[] = [];
  const clock = fakeClock();
  let looked = 0;
  let sent = 0;
  const open = new Map<string, Parameters<ActionHistory['intend']>[0]>();
  const history: ActionHistory = {
    lastRun: null,
    acted: (id, action) => open.has(`${action} ${id}`),
    open: () => [],
    unknown: () => [],
    orders: [],
    untold: [],
    approvedBefore: () => null,
    approvalsOf: () => [],
    facts: {
      digests: null,
      manifest: null,
      classEvidence: new Map(),
      demotions: new Map(),
      said: new Set(),
      decided: new Map(),
      mails: new Map(),
    },
    note: async () => {},
    head: () => ({ entries: 0, seal: null, keyed: false }),
    approvedSince: () => [],
    appliedBy: () => null,
    declined: () => null,
    actors: () => [],
    intend: async (intent) => {
      if (intendFails) throw intendFails;
      events.push(`intent ${intent.action} ${intent.request}`);
      open.set(`${intent.action} ${intent.request}`, intent);
    },
    conclude: async (intent, result) => {
      if (concludeFails) throw concludeFails;
      events.push(`outcome ${result}`);
      open.delete(`${intent.action} ${intent.request}`);
    },
    save: async () => {},
  };
  const ports: ActPorts = {
    runId: 'run-1',
    atOnce: 1,
    agentUsers: [AGENT],
    clock,
    history,
    lookUp: async () => {
      events.push('look');
      const seen = given(looks, looked++);
      if (seen instanceof Error) throw seen;
      return seen;
    },
    send: async (action, id, comment) => {
      events.push(`call ${action} ${id}: ${comment}`);
      const answer = given(answers, sent++);
      if (answer instanceof Error) throw answer;
      return answer;
    },
    objection: () => null,
    lockHeld: () => true,
    halted: async () => null,
    ...over,
  };
  return { ports, events, clock, history, open, calls: () => events.filter((e) => e.startsWith('call')).length };
}
