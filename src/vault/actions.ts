import type { Action } from '../domain/action.ts';
import type { WriteAnswer } from '../domain/write_answer.ts';
import { fillUrl } from './fill_url.ts';
import { isWebPage, type Session } from './session.ts';
import { statusWords, vendorCodeIn } from './vendor_code.ts';

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
      try {
        const path = fillUrl(paths[PATH_OF[action]], [requestId]);
        // A JSON body would also be answered with 200, and show up raw in the audit log.
        const answer = await session.write('PUT', path, comment, 'text/plain; charset=utf-8');
        const { status, text } = answer;
        // The vault has never seen a call that was answered by a log-in wall.
        if (isWebPage(text) && status < 300)
          return { kind: 'unanswered', says: `the vault answered ${status} with a web page` };
        const says = `the vault answered ${statusWords(answer)}`;
        if (status >= 200 && status < 300) return { kind: 'accepted', says };
        if (status === 401 || status === 403) {
          // RFC 6750: the token has ended, was revoked or is malformed.
          const credential = /\binvalid_token\b/.test(answer.challenge ?? '') ? 'refused' : 'doubted';
          return { kind: 'refused', says, credential };
        }
        if (status < 500) return { kind: 'refused', says };
        // Its own code tells the vault from a gateway that gave up while the call goes on.
        return { kind: 'unanswered', says, ...(vendorCodeIn(text) !== undefined && { heard: true }) };
      } catch (error) {
        const { message, maybeDone } = error as { message: string; maybeDone?: boolean };
        return maybeDone === false ? { kind: 'refused', says: message } : { kind: 'unanswered', says: message };
      }
    },
  };
}
