import type { Action } from '../request/action.ts';
import type { WriteAnswer } from '../request/write_answer.ts';
import type { Session } from './session.ts';

/** The only part of the program that can change a request. It is constructed only for runs that may act. */
export type VaultWriter = { send(action: Action, requestId: string, comment: string): Promise<WriteAnswer> };

export type ActionPaths = { readonly approve: string; readonly reject: string; readonly complete: string };

const PATH_OF = { approve: 'approve', reject: 'reject', close: 'complete' } as const satisfies Record<
  Action,
  keyof ActionPaths
>;

export function createWriter(session: Session, paths: ActionPaths): VaultWriter {
  return {
    async send(action, requestId, comment) {
      // Ids come from the vault, yet a strange one must not lead to another address.
      const path = paths[PATH_OF[action]].replace('{id}', encodeURIComponent(requestId));
      try {
        // A JSON body would also be answered with 200, and show up raw in the audit log.
        const { status, text } = await session.write('PUT', path, comment, 'text/plain; charset=utf-8');
        if (status >= 200 && status < 300) return { kind: 'accepted' };
        const says = `the vault answered ${status}${vendorCode(text)}`;
        return status >= 500 ? { kind: 'unanswered', says } : { kind: 'refused', says };
      } catch (error) {
        const { message, maybeDone } = error as { message: string; maybeDone?: boolean };
        return maybeDone === false ? { kind: 'refused', says: message } : { kind: 'unanswered', says: message };
      }
    },
  };
}

/** The vendor's code, wherever it stands in the answer; the rest of an error text is not repeated anywhere. */
export function vendorCode(text: string): string {
  const found = /MSG-\d{5}/.exec(text.slice(0, 100_000));
  return found === null ? '' : ` ${found[0]}`;
}
