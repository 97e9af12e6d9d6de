import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import { TROUBLE_NAMES, troubleOf } from '../../simulator/microsoft/troubles.ts';
import { SERVER_NAMES } from '../../simulator/model/servers.ts';
import { ESTATES, type EstateName } from '../../simulator/options.ts';
import { onStopSignals } from '../daemon/signals.ts';
import { EXITS } from '../run/exit_codes.ts';
import { say, tell } from '../terminal/say.ts';
import { ConfigError } from '../util/errors.ts';
import { command } from './command.ts';

const ESTATE_NAMES = Object.keys(ESTATES) as EstateName[];

/** The estate that the embedded vault serves. */
const ESTATE = {
  requests: {
    flags: '--requests <count>',
    about: 'requests in the vault (default: 240; 900 in three months of the other one)',
    parser: wholeNumber,
  },
  estate: {
    flags: '--estate <name>',
    about: 'whose vault: `other` has other containers, tags, words and operations than the usual one',
    choices: ESTATE_NAMES,
    default: 'usual',
  },
  seed: { flags: '--seed <number>', about: 'another seed, another estate', default: '12', parser: wholeNumber },
} as const;

export const demo = command({
  name: 'demo',
  about: 'a whole cycle against an embedded vault, model and mailbox; nothing to configure',
  readsSettings: false,
  options: {
    out: { flags: '--out <folder>', about: 'where report, mail and state go (default: a new temporary folder)' },
    ...ESTATE,
  },
  async run(context, given) {
    const { demoCommand } = await import('./handlers/demo.ts');
    return demoCommand(context, given);
  },
});

/** Serves until it is stopped. The settings go to stdout in the form of a `.env` file. */
export const simulate = command({
  name: 'simulate',
  about: 'the embedded vault, model and mailbox alone; prints the settings that point at them',
  readsSettings: false,
  options: {
    ...ESTATE,
    trouble: {
      flags: '--trouble <names...>',
      about: 'what sign-in and mailbox answer in place of taking a mail',
      choices: TROUBLE_NAMES,
    },
    like: {
      flags: '--model-like <server>',
      about: 'the model behaves like one of the servers in docs/models.md',
      choices: SERVER_NAMES,
    },
    tokenHours: {
      flags: '--token-hours <hours>',
      about: 'how long the vault token still holds; 0: it has ended',
      default: '2160',
      parser: wholeNumber,
    },
    refuseWrites: { flags: '--refuse-writes', about: 'the vault answers 401 to every approval, rejection and closing' },
    people: {
      flags: '--people <file.csv>',
      about:
        'writes who works there into that file: user, roles, department, manager, as identities of a policy are read',
    },
    vault: { flags: '--vault <kind>', about: 'a vault that differs from the usual one; `list` names them all' },
  },
  async run(_context, { vault, trouble, like, refuseWrites, people, requests, estate, ...given }) {
    const { ODD_VAULTS } = await import('../../simulator/vault/odd_vaults.ts');
    if (vault === 'list') {
      for (const [name, { about }] of Object.entries(ODD_VAULTS)) say(`${name.padEnd(20)} ${about}\n`);
      return EXITS.done.code;
    }
    if (vault !== null && !Object.hasOwn(ODD_VAULTS, vault)) {
      const message = `\`${vault}\` is none of them; \`--vault list\` names them all`;
      throw new ConfigError([{ setting: '--vault', message }]);
    }
    const odd = vault === null ? undefined : ODD_VAULTS[vault];
    // Before anything is started, so that a signal at any moment leaves no certificates behind.
    const stop = onStopSignals(() => {});
    const { startSimulator } = await import('../../simulator/simulator.ts');
    const refusing = refuseWrites ? { denied: ['approve' as const, 'reject' as const, 'complete' as const] } : {};
    const simulator = await startSimulator({
      ...{ ...given, estate, requests: requests ?? ESTATES[estate], vault: { ...odd?.knobs, ...refusing } },
      ...(like !== null && { model: { like } }),
    });
    for (const fault of odd?.faults ?? []) simulator.faults.add(fault);
    for (const name of trouble) simulator.faults.add(troubleOf(name));
    if (people !== null) {
      const rows = simulator.estate.people.map((one) => [one.user, one.role, one.department, one.manager].join(','));
      writeFileSync(people, `${['user,roles,department,manager', ...rows].join('\n')}\n`);
    }
    const lines = Object.entries(simulator.settings).map(([name, value]) => `${name}=${value}\n`);
    say(lines.join(''));
    tell('vault, model and mailbox are up on this machine; stop them with Ctrl-C\n');
    if (!stop.signal.aborted) await once(stop.signal, 'abort');
    await simulator.close();
    return EXITS.done.code;
  },
});

function wholeNumber(text: string): number {
  if (/^\d{1,7}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number.');
}
