/**
 * The mutation check: with one safeguard of the program taken out, some scenario has to fail. Each mutant is a text in a
 * file of `src` and what stands there instead; a text that is not there (any more) is an error, so that no mutant goes
 * quietly blunt. `npm run simulate:mutants -- [--seeds 300] [--only words]` prints a table.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { trialCommand, wholeNumber } from '../../scripts/trial_command.ts';
import { runPool } from '../../src/util/pool.ts';

type Edit = { readonly file: string; readonly text: string; readonly instead: string };

const edit = (file: string, text: string, instead = ''): Edit => ({ file: `src/${file}`, text, instead });

export const MUTANTS = {
  'no intent is written': [
    edit(
      'act/act.ts',
      "const unwritten = await entered('the intent', () => ports.history.intend(intent));",
      'const unwritten = null;',
    ),
  ],
  'no look at the live request right before the call': [
    edit(
      'act/act.ts',
      'const objection = changeOf(planned.request, last.live) ?? ports.objection(planned, last.live, false);',
      'const objection: string | null = null;',
    ),
    edit('act/live_request.ts', 'const live = await lookUp(request);', 'const live = request;'),
  ],
  'a look may be of any age': [edit('act/live_request.ts', 'Math.abs(clock.now() - at) > LOOK_MS', 'false')],
  'nobody looks after a call that was accepted': [
    edit('act/carry_out.ts', 'after = await step.lookUp(request);', 'after = before;'),
  ],
  'a look that began before it was asked for is shared': [
    edit('vault/fresh_reading.ts', 'const NEARBY = 50;', 'const NEARBY = 50;\nconst KEPT = new Map();'),
    edit('vault/fresh_reading.ts', 'resolve(record);', 'resolve(record);\n    KEPT.set(id, record);'),
    edit(
      'vault/fresh_reading.ts',
      'const mine = {',
      'if (KEPT.has(id)) return Promise.resolve(KEPT.get(id));\n      const mine = {',
    ),
  ],
  'no lock': [
    edit('store/lock.ts', 'const marks = watch(await folder.marks());', 'const marks = watch([]);'),
    edit('store/lock.ts', 'if (await folder.put(name,', 'if (true || await folder.put(name,'),
    edit('store/lock.ts', 'held: renew,', 'held: () => true,'),
  ],
  // Either of the two holds by itself: our own ledger, and the vault's list of approvals.
  'what was done before is not looked at': [
    edit(
      'ledger/action_history.ts',
      'acted: (requestId, action) => facts.acted(requestId, action)',
      'acted: () => false',
    ),
    edit('decide/gates.ts', "if (action === 'close' || ownDecision === null) return null;", 'if (action) return null;'),
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
  'the lock is not looked at before an action, nor is the ledger fenced': [
    edit('act/act.ts', "if (!ports.lockHeld()) return skipped('lock-lost', LOCK_LOST);"),
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
  'a ledger that is shorter than the snapshot says is taken as it is': [
    edit('ledger/read_ledger.ts', 'refuseCut(head, anchors, end);'),
  ],
  'what the reports saw of the ledger is not looked at': [
    edit('ledger/action_history.ts', 'anchors: [...own, ...outside]', 'anchors: own'),
  ],
  'a report of a run that trusted no ledger hides those before it': [
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
  'an account that may be ours is like all others': [
    edit(
      'decide/gates.ts',
      "shut: ({ mayBeOwn }) => (mayBeOwn ? { gate: 'own-doubtful' } : null),",
      'shut: () => null,',
    ),
  ],
  'a name that looks like ours is only that of somebody else': [
    edit(
      'domain/access_request.ts',
      "return doubtful || nameless || renamed ? 'doubtful' : 'other';",
      "return 'other';",
    ),
  ],
  'how far access reaches raises no risk': [
    edit('decide/floor.ts', "holds: ({ accessContext }) => accessContext.reach === 'site',", 'holds: () => false,'),
  ],
  'a window that is over, empty or far ahead is like any other': [
    edit(
      'decide/gates.ts',
      "shut: ({ window }) => (window === null ? null : { gate: 'window', fault: window }),",
      'shut: () => null,',
    ),
  ],
  'windows that adjoin count each for itself': [
    edit(
      'phrases/hours_granted.ts',
      'times === undefined ? requestedHours : times.contiguousHours;',
      'times && requestedHours;',
    ),
  ],
  'times that cannot be are believed': [
    edit('decide/gates.ts', "return why === null ? null : { gate: 'times', why };", 'return null;'),
  ],
  'a grant is as old as its approval, before its window begins too': [
    edit('policy/cedar_case.ts', 'whole(daysGranted(dossier))', 'whole(dossier.facts.daysSinceApproved)'),
    edit('phrases/hours_granted.ts', 'return maxHours !== null && hours !== null', 'return false && maxHours !== null'),
  ],
  'the person who approved a plan approves own requests with it': [
    edit(
      'decide/gates.ts',
      "approver !== null && mayBeRequestor(request, approver) ? { gate: 'approver-apart', approver } : null",
      'null',
    ),
  ],
  "a person's no does not shut the gate": [
    edit('decide/gates.ts', "refusal === null ? null : { gate: 'refused-by-person', ...refusal }", 'null'),
  ],
  'nobody looks for a no on another request right before an approval': [
    edit('enrich/anew.ts', 'standingRefusal([live, ...beside], who)', 'old.history.refusal ?? null'),
  ],
  'the asset is not read again right before an action': [
    edit('enrich/anew.ts', 'assets.of(assetId)', '{ looked: NOTHING_LOOKED_UP, readAt: now() }'),
    edit('enrich/anew.ts', 'asset: looked.asset', 'asset: old.asset'),
  ],
  "the vault's own rows do not say what the agent did": [
    edit('decide/gates.ts', "if (action === 'close' || ownDecision === null) return null;", 'if (action) return null;'),
  ],
  'a confirmation that suspects steering agrees': [
    edit('decide/confirm.ts', "flagged(assessment, 'injection_suspected')", 'false'),
  ],
  'a justification that the model finds weak is good enough': [
    edit('decide/gates.ts', "flags.length === 0 ? null : { gate: 'reason-fits', flags }", 'null'),
  ],
  'a first reading that is not sure is believed': [
    edit('decide/gates.ts', "doubt === null ? null : { gate: 'confident', ...doubt }", 'null'),
  ],
  'a confirmation that is not sure is believed': [
    edit('decide/confirm.ts', "return doubt === null ? null : { reason: 'unsure', ...doubt };", 'return null;'),
  ],
  'an answer without a confidence is a sure one': [
    edit(
      'decide/confidence.ts',
      'const confidence = reading.confidence ?? null;',
      'const confidence = reading.confidence ?? 1;',
    ),
  ],
  'a halt is not looked at before an action': [
    edit('act/act.ts', 'const halt = await ports.halted();', 'const halt = null;'),
  ],
  'the record of a prepared run is not held against the ledger': [
    edit('ledger/bindings.ts', 'if (found.value() === sealed.digest)', 'if (true)'),
  ],
  'a mail that the ledger does not know is sent': [
    edit('mail/outbox.ts', "? kept.state : 'foreign';", '? kept.state : kept.state;'),
  ],
  'a mail of unknown fate is taken for one that was not sent': [
    edit(
      'mail/deliver.ts',
      'const unknown = current.state === leaving && mayHaveGoneOut(error);',
      'const unknown = false;',
    ),
  ],
  'a mail of unknown fate goes out a third time': [
    edit('mail/deliver.ts', "return unknown ? 'repeating' : 'unknown';", "return 'unknown';"),
  ],
  'a mail that tells of no action is repeated': [
    edit('mail/backlog.ts', "(state !== 'repeating' && tellsOfActions(mail))", "state !== 'repeating'"),
  ],
  'a mail is not noted before it leaves': [
    edit('mail/deliver.ts', 'current = await outbox.update(current, { state: leaving });'),
  ],
  'a mail is sent without the lock': [
    edit('mail/deliver.ts', 'if (!lockHeld()) throw new Error(NO_LOCK);\n        current', 'current'),
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

/** The first seed that noticed a mutant when it was last searched for: tried first, because some take a coincidence. */
const NOTICED_AT: Readonly<Partial<Record<MutantName, number>>> = {
  'how far access reaches raises no risk': 5,
  'a first reading that is not sure is believed': 34,
  'an answer without a confidence is a sure one': 37,
  'a justification that the model finds weak is good enough': 19,
  'no intent is written': 1,
  'no look at the live request right before the call': 51,
  'no lock': 26,
  'what was done before is not looked at': 1,
  'an approval of one level of several is repeated': 75,
  'a line that a crash cut short is not taken off': 45,
  'a halt is not looked at before an action': 41,
  'an answer of a foreign shape means that no credential request is open, and nobody looks for one': 133,
};

export type Caught = {
  readonly name: string;
  /** The invariant that was violated; null when every scenario passed. */
  readonly violated: string | null;
  readonly seed: number | null;
};

const HERE = import.meta.dirname;

/** Runs scenarios in a process of its own, with the mutant in the program, until one fails. */
export function caught(name: MutantName, from: number, count: number): Promise<Caught> {
  const counted = Array.from({ length: count }, (_, n) => from + n);
  const known = NOTICED_AT[name];
  const seeds = known === undefined ? counted : [known, ...counted.filter((seed) => seed !== known)];
  const args = ['--import', join(HERE, 'mutate.ts'), join(HERE, 'main.ts'), '--these', seeds.join(), '--first'];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, SIMULATION_MUTANT: name },
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
  const { seeds, from, only, workers } = trialCommand(
    'simulate:mutants',
    'Takes single safeguards out of the program; some scenario of the fault simulation has to notice each.',
  )
    .option('--seeds <count>', 'how many scenarios for each at most', wholeNumber(1), 300)
    .option('--from <seed>', 'the first seed', wholeNumber(0), 1)
    .option('--only <words>', 'the mutants whose names contain this', '')
    .option('--workers <count>', 'so many mutants at the same time', wholeNumber(1), 1)
    .parse()
    .opts<{ seeds: number; from: number; only: string; workers: number }>();
  const names = (Object.keys(MUTANTS) as MutantName[]).filter((name) => name.includes(only));
  let survivors = names.length === 0 ? 1 : 0;
  await runPool(names, workers, async (name) => {
    const { violated, seed } = await caught(name, from, seeds);
    if (violated === null) survivors++;
    const line = violated === null ? `SURVIVED  ${name}` : `${`seed ${seed}`.padEnd(8)}  ${name}: ${violated}`;
    process.stdout.write(`${line}\n`);
    if (violated === null)
      process.stdout.write(`replay: npm run simulate:mutants -- --from ${from} --only '${name}'\n`);
  });
  process.stdout.write(`${names.length} mutants, ${survivors} survived\n`);
  process.exitCode = survivors === 0 ? 0 : 1;
}
