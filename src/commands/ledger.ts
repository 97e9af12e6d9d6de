import { command } from './command.ts';

const KEY_FILE = {
  flags: '--key-file <file>',
  about: 'the key of the ledger from this file instead of the vault or the settings',
} as const;

export const ledgerVerify = command({
  name: 'ledger verify',
  olderName: 'verify',
  about:
    'reads the whole ledger and names the first entry that was altered, reordered or doubled, is missing or cut off; then every archived run that is not what the ledger says was decided',
  options: {
    head: { flags: '--head <entries:seal>', about: 'the head of the ledger as a mail or a report shows it' },
    keyFile: KEY_FILE,
    json: { flags: '--json', about: 'print the result as one JSON document on stdout' },
  },
  async run(context, given) {
    const { ledgerVerifyCommand } = await import('./handlers/ledger.ts');
    return ledgerVerifyCommand(context, given);
  },
});

export const ledgerExport = command({
  name: 'ledger export',
  olderName: 'record export',
  about:
    'a part of the ledger for auditors, after a look at all of it; a range that is over gives the same bytes each time',
  options: {
    from: { flags: '--from <day>', about: 'first UTC day, or a moment such as 2026-11-01T08:00:00Z', required: true },
    to: { flags: '--to <day>', about: 'last UTC day, or a moment', required: true },
    format: { flags: '--format <format>', about: 'how', choices: ['csv', 'json'], default: 'csv' },
    kinds: { flags: '--kind <kinds...>', about: 'only entries of these kinds' },
    out: { flags: '--out <file>', about: 'write it there instead of stdout' },
    keyFile: KEY_FILE,
  },
  async run(context, given) {
    const { ledgerExportCommand } = await import('./handlers/ledger.ts');
    return ledgerExportCommand(context, given);
  },
});

export const ledgerRepair = command({
  name: 'ledger repair',
  olderName: 'record repair',
  about:
    'puts a broken ledger or a damaged snapshot aside and goes on with all that either still tells as acted on; nothing is thrown away. Or seals a ledger that began without a key with a new one',
  options: {
    reason: { flags: '--reason <text>', about: 'what happened, for those who read the ledger later', required: true },
    by: { flags: '--by <name>', about: 'who has it repaired (default: the user who runs this)' },
    keyFile: KEY_FILE,
  },
  async run(context, given) {
    const { ledgerRepairCommand } = await import('./handlers/ledger.ts');
    return ledgerRepairCommand(context, given);
  },
});
