/**
 * The mutation check: with one safeguard of the program taken out, some night has to fail. Each mutant is a text in a
 * file of `src` and what stands there instead; a text that is not there (any more) is an error, so that no mutant goes
 * quietly blunt. `node test/simulation/mutants.ts [--seeds 300] [--only name]` prints a table.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

type Edit = { readonly file: string; readonly text: string; readonly instead: string };

const edit = (file: string, text: string, instead = ''): Edit => ({ file: `src/${file}`, text, instead });

export const MUTANTS = {
  'no intent is written': [edit('act/act.ts', 'await ports.history.intend(intent);')],
  'no look at the live request right before the call': [
    edit(
      'act/act.ts',
      'const objection = changeOf(planned.request, live) ?? ports.objection(planned, live);',
      'const objection: string | null = null;',
    ),
    edit(
      'act/act.ts',
      "return (await ports.lookUp(request)) ?? skipped('changed', 'it is no longer in the list');",
      'return request;',
    ),
  ],
  'no lock': [
    edit('store/lock.ts', 'const marks = watch(await folder.marks());', 'const marks = watch([]);'),
    edit('store/lock.ts', 'if (await folder.put(name,', 'if (true || await folder.put(name,'),
    edit('store/lock.ts', 'held: renew,', 'held: () => true,'),
  ],
  'what was done before is not looked at': [
    edit(
      'ledger/action_history.ts',
      'acted: (requestId, action) => facts.acted(requestId, action)',
      'acted: () => false',
    ),
  ],
  'no outcome is recorded': [edit('act/act.ts', 'await ports.history.conclude(intent, result, noteOn(outcome));')],
  'open intents are taken for not done': [
    edit(
      'act/recover.ts',
      'const first = await seen(intent, ports);',
      "const first = await seen(intent, ports);\n  if (first.found !== 'unclear') return { ...first, found: 'not done' };",
    ),
  ],
  'a call that may still arrive is not waited for': [edit('act/recover.ts', 'await once();')],
  'a lost call is sent again without looking': [
    edit(
      'act/carry_out.ts',
      "const refused = answer.kind === 'refused';",
      "const refused = answer.kind === 'refused';\n    if (!refused && attempt < 3) continue;",
    ),
  ],
  'an approval of one level of several is repeated': [
    edit('act/carry_out.ts', 'if (!refused && levels !== null)', 'if (false)'),
  ],
  'the lock is not looked at before an action, nor is the record fenced': [
    edit('act/act.ts', "if (!ports.lockHeld()) return skipped('memory', LOCK_LOST);"),
    edit('ledger/ledger.ts', 'await refuseForeign();'),
    edit('ledger/ledger.ts', 'textOf(lines), before);', 'textOf(lines));'),
  ],
  'a line that a crash cut short is not taken off': [edit('ledger/ledger.ts', 'if (torn !== null) await mend(torn);')],
  'the seal of an entry is not looked at': [
    edit('ledger/chain.ts', 'if (fits(parts, key)) return null;', 'return null;'),
  ],
  'entries that are missing, doubled or moved are not noticed': [
    edit('ledger/chain.ts', 'if (entry.seq !== next) return', 'if (false) return'),
    edit('ledger/chain.ts', 'if (unchained !== null) return unchained;'),
  ],
  'a record that is shorter than the snapshot says is taken as it is': [
    edit('ledger/read_ledger.ts', 'refuseCut(head, anchors, end);'),
  ],
  'what the reports saw of the record is not looked at': [
    edit('ledger/action_history.ts', 'anchors: [...own, ...outside]', 'anchors: own'),
  ],
  'a report of a run that trusted no record hides those before it': [
    edit('ledger/anchors.ts', 'REPORT.test(one)).reverse()) {', 'REPORT.test(one)).reverse().slice(0, most)) {'),
  ],
  'what earlier runs approved does not count into the caps of a day': [
    edit(
      'ledger/action_history.ts',
      'approvedSince: (moment) => facts.approvedSince(moment)',
      'approvedSince: () => []',
    ),
  ],
  'own requests are like all others': [
    edit('decide/gates.ts', "shut: ({ own }) => (own ? { gate: 'own-request' } : null),", 'shut: () => null,'),
  ],
  'a halt is not looked at before an action': [
    edit('act/act.ts', 'const halt = await ports.halted();', 'const halt = null;'),
  ],
  'a mail of unknown fate is sent again': [
    edit(
      'mail/deliver.ts',
      "const unknown = current.state === 'sending' && mayHaveGoneOut(error);",
      'const unknown = false;',
    ),
  ],
  'a mail is not marked before it leaves': [
    edit('mail/deliver.ts', "current = await outbox.update(kept, { state: 'sending' });"),
  ],
  'a mail is sent without the lock': [
    edit('mail/deliver.ts', 'if (!lockHeld()) throw new Error(NO_LOCK);\n      current', 'current'),
  ],
  'credentials are not given back': [
    edit(
      'vault/credentials.ts',
      'for (const entry of [...entries]) {',
      'for (const entry of [] as PendingRequest[]) {',
    ),
  ],
  'an answer of a foreign shape means that no credential request is open, and nobody looks for one': [
    edit('vault/credential_answers.ts', "return textOf(row, 'status') === null ? null : [row];", 'return [row];'),
    edit(
      'vault/credentials.ts',
      'if (submitted === null && pending.of(assetId) === null) await noteOpen(assetId, signal);',
    ),
  ],
} as const satisfies Record<string, readonly Edit[]>;

export type MutantName = keyof typeof MUTANTS;

export type Bite = {
  readonly name: string;
  /** The invariant that was violated; null when every night passed. */
  readonly violated: string | null;
  readonly seed: number | null;
};

const HERE = import.meta.dirname;

/** Runs nights in a process of its own until one fails. */
export function bite(name: MutantName, from: number, seeds: number): Promise<Bite> {
  const args = [
    '--import',
    join(HERE, 'mutate.ts'),
    join(HERE, 'main.ts'),
    '--from',
    `${from}`,
    '--seeds',
    `${seeds}`,
    '--first',
  ];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, NIGHT_MUTANT: name },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let complaint = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  return new Promise((resolve, reject) => {
    child.on('close', (code) => {
      const [, seed, violated] = /^seed (\d+) FAILED \(trace \w+\): (?:Violation: )?([^:\n]*)/m.exec(said) ?? [];
      if (code !== 0 && seed === undefined)
        reject(new Error(`the mutant \`${name}\` does not run: ${complaint || said}`));
      else resolve({ name, violated: violated ?? null, seed: seed === undefined ? null : Number(seed) });
    });
  });
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '300' },
      from: { type: 'string', default: '1' },
      only: { type: 'string' },
    },
  });
  const names = (Object.keys(MUTANTS) as MutantName[]).filter(
    (name) => values.only === undefined || name.includes(values.only),
  );
  let survivors = 0;
  for (const name of names) {
    const { violated, seed } = await bite(name, Number(values.from), Number(values.seeds));
    if (violated === null) survivors++;
    process.stdout.write(
      `${violated === null ? 'SURVIVED' : `seed ${seed}`.padEnd(8)}  ${name}${violated === null ? '' : `: ${violated}`}\n`,
    );
  }
  process.stdout.write(`${names.length - survivors} of ${names.length} mutants are caught\n`);
  process.exitCode = survivors === 0 ? 0 : 1;
}
