import { EXITS } from '../exit_codes.ts';
import { PlanError } from '../plan/plan_error.ts';

/** Does the work of a command on a plan; a plan that is refused is told in a sentence with advice, and an exit code. */
export async function refusedPlan(command: () => Promise<number>): Promise<number> {
  try {
    return await command();
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    process.stderr.write(`portcullis: ${error.message}\n  nothing was done; ${error.advice}\n`);
    return (error.badFile ? EXITS.usage : EXITS.failed).code;
  }
}
