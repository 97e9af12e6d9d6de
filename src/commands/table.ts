import { apply } from './apply.ts';
import { backtest } from './backtest.ts';
import type { AnyCommand } from './command.ts';
import { demo, simulate } from './demo.ts';
import { doctor } from './doctor.ts';
import { explain } from './explain.ts';
import { halt, resume } from './halt.ts';
import { ledgerExport, ledgerRepair, ledgerVerify } from './ledger.ts';
import { plan } from './plan.ts';
import { policyCatalog, policyCheck, policyEvidence, policySuggest, policyTest, policyWhy } from './policy.ts';
import { review } from './review.ts';
import { run } from './run.ts';
import { start } from './start.ts';

/** Every command, in the order in which `--help` and README.md show them. */
export const COMMANDS: readonly AnyCommand[] = [
  doctor,
  run,
  start,
  plan,
  apply,
  halt,
  resume,
  review,
  explain,
  backtest,
  policyCatalog,
  policyCheck,
  policyEvidence,
  policySuggest,
  policyTest,
  policyWhy,
  ledgerVerify,
  ledgerExport,
  ledgerRepair,
  demo,
  simulate,
];

/** The first words of the names that have two. */
export const COMMAND_GROUPS: Readonly<Record<string, { readonly about: string; readonly older?: true }>> = {
  policy: { about: 'looks at the policies and tries them' },
  ledger: { about: 'checks, exports and repairs the ledger' },
  record: { about: 'older name of ledger', older: true },
};
