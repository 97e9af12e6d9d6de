import { utcMinute } from '../../phrases/time_words.ts';
import { terminalLine } from '../../text/terminal_text.ts';
import { labelled } from '../../text/wrap.ts';
import { beganAt } from '../replay/archived_runs.ts';
import type { NotFound } from './find.ts';

/** Why nothing can be explained, and what to try. */
export function foundNothing(id: string, run: string | null, { kind, near, runs, reach }: NotFound): string {
  const asked = `\`${terminalLine(kind === 'no-run' ? (run ?? '') : id, 80)}\``;
  const opening = {
    'no-archive': 'no run is archived yet: every run adds one below `runs` in STATE_DIR',
    'no-run': `run ${asked} is not in the archive`,
    'unknown-id': `${run === null ? 'no archived run' : `run \`${terminalLine(run, 40)}\``} knows a request ${asked}`,
  }[kind];
  const lines = [labelled('portcullis:', opening, 12)];
  if (near.length > 0)
    lines.push(labelled('', `did you mean ${near.map((one) => `\`${terminalLine(one, 80)}\``).join(' or ')}?`, 2));
  if (reach !== null) {
    lines.push(labelled('', `the archive holds ${runs === 1 ? 'one run' : `${runs} runs`}: ${spanOf(reach)}`, 2));
  }
  return `${lines.join('\n')}\n`;
}

function spanOf({ oldest, newest }: NonNullable<NotFound['reach']>): string {
  const when = (runId: string): string => `${runId} (${utcMinute(beganAt(runId))})`;
  return oldest === newest ? when(oldest) : `from ${when(oldest)} to ${when(newest)}`;
}
