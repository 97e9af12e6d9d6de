import { PlanError } from '../../plan/plan_error.ts';
import { EXITS } from '../../run/exit_codes.ts';
import { tell } from '../../terminal/say.ts';
import { terminalLine } from '../../text/terminal_text.ts';

/** Does the work of a command on a plan; a plan that is refused is told in a sentence with advice, and an exit code. */
export async function refusedPlan(command: () => Promise<number>): Promise<number> {
  try {
    return await command();
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    tell(`portcullis: ${terminalLine(error.message, 1000)}\n  nothing was done; ${error.advice}\n`);
    return (error.badFile ? EXITS.usage : EXITS.failed).code;
  }
}
