import type { TicketSystem } from '../../domain/ticket.ts';
import { TEXT_FLAG_NAMES } from '../../enrich/screening/text_flags.ts';
import { loadPolicy } from '../../policy/load.ts';
import { describeError } from '../../util/errors.ts';
import { type Check, type Found, fail, notLooked, ok } from '../check.ts';
import type { World } from '../world.ts';

export const TICKET_CHECKS: readonly Check[] = [
  {
    name: 'tickets',
    about:
      'whether each system under `tickets:` in access.yml answers, with `--ask`: the secret is fetched, and a number is looked up that hardly exists',
    needs: ['POLICY_DIR', 'TICKETS_CA_FILE'],
    look: tickets,
  },
];

async function tickets(world: World): Promise<Found> {
  const policy = await loadPolicy(world.config.places.policy, { textFlags: TEXT_FLAG_NAMES }).catch(() => null);
  if (policy === null) return notLooked('the policy folder does not load');
  const { access } = policy;
  if (access.tickets.length === 0) return ok('no ticket is looked up (`tickets:` in access.yml)');
  const names = access.tickets.map(({ name }) => `\`${name}\``).join(', ');
  if (!world.secrets.ask) {
    return notLooked(
      `the secrets of ${names} are in the vault`,
      '`portcullis doctor --ask` fetches them, as a run does: somebody may have to grant the request for it',
    );
  }
  const failures: string[] = [];
  for (const system of access.tickets) {
    const failure = await failureOf(system, world);
    if (failure !== null) failures.push(failure);
  }
  if (failures.length === 0) return ok(`${names}: a number was looked up`);
  return fail(
    failures.join('; '),
    'look at `url`, `user` and `credential_asset` under `tickets:` in access.yml, and TICKETS_CA_FILE',
  );
}

/** Null when the system answered as it should, whether or not there is such a ticket. */
async function failureOf(system: TicketSystem, { config, secrets, signal }: World): Promise<string | null> {
  const { openLookUp } = await import('../../tickets/look_up.ts');
  const secret = (assetId: string, purpose: string) => secrets.of(assetId, purpose);
  const lookUp = openLookUp(system, { vault: { secret }, runId: 'doctor', ca: config.analysis.ticketsCa, signal });
  try {
    const [pattern] = system.patterns;
    const read = await lookUp.of(`${pattern?.prefix ?? ''}${'0'.repeat(pattern?.least ?? 1)}`);
    const failure = lookUp.failure();
    if (failure !== null) return describeError(failure);
    return 'unknown' in read ? `\`${system.name}\` ${read.unknown}` : null;
  } finally {
    lookUp.close();
  }
}
