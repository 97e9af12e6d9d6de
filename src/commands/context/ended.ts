import { PlanError } from '../../plan/plan_error.ts';
import { EXITS } from '../../run/exit_codes.ts';
import { tell } from '../../terminal/say.ts';
import { terminalLine } from '../../text/terminal_text.ts';
import { adviceOf, ConfigError, describeError, LedgerError, LockedError } from '../../util/errors.ts';

/** Runs a command and gives the exit code; what it throws is told on stderr. A stack is printed for our own faults only. */
export async function ended(command: () => Promise<number>): Promise<number> {
  try {
    return await command();
  } catch (error) {
    tell(toldAs(error));
    return exitOf(error).code;
  }
}

function exitOf(error: unknown): (typeof EXITS)[keyof typeof EXITS] {
  if (error instanceof ConfigError) return EXITS.usage;
  if (error instanceof LockedError) return EXITS.locked;
  if (error instanceof LedgerError) return EXITS['ledger-not-trusted'];
  if (error instanceof PlanError && error.badFile) return EXITS.usage;
  return EXITS.failed;
}

function toldAs(error: unknown): string {
  // Only the problems of settings come in several lines, each made one by its class.
  if (error instanceof ConfigError) {
    const hint = error.problems.some(({ setting }) => !setting.startsWith('--'));
    return `portcullis: ${error.message}\n${hint ? '  .env.example explains every setting\n' : ''}`;
  }
  const says = `portcullis: ${terminalLine(describeError(error), 1000)}\n`;
  const advice = error instanceof PlanError ? `nothing was done; ${error.advice}` : adviceOf(error);
  if (advice !== null) return `${says}  ${terminalLine(advice, 1000)}\n`;
  return error instanceof Error && !(error instanceof LockedError) ? `${says}${framesOf(error)}\n` : says;
}

/** Where it happened. The message has been told, and a line of it could pass for one of ours. */
const framesOf = ({ stack = '' }: Error): string =>
  stack
    .split('\n')
    .filter((line) => /^ {4}at /.test(line))
    .join('\n');
