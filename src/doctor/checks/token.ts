import { identityOf } from '../../domain/access_request.ts';
import { plural } from '../../phrases/plural.ts';
import { TOKEN_ADVICE, tokenEnding } from '../../phrases/token_words.ts';
import { agentUsersOf } from '../../run/facts.ts';
import { claimsOf, tokenEnd } from '../../vault/token.ts';
import { type Check, type Found, fail, notLooked, ok, warn } from '../check.ts';
import type { World } from '../world.ts';

const NEEDS = ['VAULT_API_TOKEN', 'VAULT_API_TOKEN_FILE', 'AGENT_USERNAME'] as const;

export const TOKEN_CHECKS: readonly Check[] = [
  {
    name: 'token',
    about: 'whose token it is, and for how long it still holds',
    needs: NEEDS,
    look: ofToken,
  },
  {
    name: 'rights',
    about: 'what the reads show of the rights of its user',
    needs: ['VAULT_URL', ...NEEDS],
    look: rightsSeen,
  },
];

function ofToken({ config, clock }: World): Found {
  // Without a name nobody can tell which requests are the agent's own.
  const [user] = agentUsersOf(config);
  const now = clock.now();
  const { token, tokenWarnMs } = config.vault;
  const end = tokenEnd(token, now, tokenWarnMs);
  if (end === null) return ok(`of \`${user}\`; it does not say when it ends`);
  const says = tokenEnding({ ...end, user: claimsOf(token).user ?? user ?? null }, now);
  if (end.near === 'far') return ok(says);
  return end.near === 'near' ? warn(says, TOKEN_ADVICE) : fail(says, TOKEN_ADVICE);
}

const ASK_AUDITOR =
  'the user of the token needs the rights of an auditor on requests, or the requests of others are never reviewed';

/** Whether it may approve shows only where it does: nothing is tried here. */
async function rightsSeen({ config, vault }: World): Promise<Found> {
  if ((await vault.unreached()) !== null) return notLooked('the vault cannot be reached');
  const { requests } = await vault.page();
  if (requests.length === 0) return notLooked('no request was read');
  const own = agentUsersOf(config);
  const others = requests.filter((request) => identityOf(request, own) === 'other');
  if (others.length === 0) return warn('only requests of its own account are listed', ASK_AUDITOR);
  const people = new Set(others.map(({ requestor }) => requestor.id ?? requestor.name)).size;
  const asset = requests.find((request) => typeof request.asset?.id === 'string')?.asset?.id ?? null;
  const reads =
    asset === null
      ? null
      : await vault.asset(asset).then(
          () => true,
          () => false,
        );
  if (reads === false) {
    return warn(
      `it lists requests of ${plural(people, 'person', 'people')}, and cannot read an asset that one of them names`,
      'the user of the token needs the right to view the assets that are asked for: without it no policy knows what a request is about',
    );
  }
  return ok(
    `it lists requests of ${plural(people, 'person', 'people')}${reads === null ? '' : ' and reads assets'}; whether it may approve shows when it does`,
  );
}
