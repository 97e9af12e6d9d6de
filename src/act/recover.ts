import { describeError } from '../kit/errors.ts';
import type { AccessRequest } from '../request/access_request.ts';
import type { Recovered } from '../request/run_record.ts';
import type { Memory } from '../state/memory.ts';
import { judge } from './judge.ts';

/**
 * Finds out what became of actions whose outcome nobody wrote down, because the process died in between: by looking at
 * the vault, never by doing them again. What cannot be found out stays open, counts as acted on and is reported.
 */
export async function recover(
  memory: Memory,
  agentUsers: readonly string[],
  lookUp: (request: { readonly id: string; readonly created: number }) => Promise<AccessRequest | null>,
): Promise<Recovered[]> {
  const recovered: Recovered[] = [];
  for (const intent of memory.open()) {
    const { request: requestId, action, run: runId, created, level, at, actor } = intent;
    try {
      const live = await lookUp({ id: requestId, created });
      // Whose name the vault has on record, if it was done: the acting user's, which may be another one today.
      const ours = actor === null ? agentUsers : [...agentUsers, actor];
      const { found, says } = judge(action, live, { agentUsers: ours, level, intendedAt: at });
      const result = found === 'done' ? 'done' : found === 'not done' ? 'not-done' : 'unknown';
      await memory.conclude(intent, result, `found by run recovery: ${says}`);
      recovered.push({ requestId, action, runId, found, says });
    } catch (error) {
      recovered.push({ requestId, action, runId, found: 'unclear', says: describeError(error) });
    }
  }
  return recovered;
}
