import { mayBeSameUser } from '../domain/account_name.ts';
import { type AssetUnknown, assetUnknown, whyUnreadable } from '../domain/asset_unknown.ts';
import type { Dossier } from '../domain/dossier.ts';
import type { NextStep } from '../domain/next_step.ts';
import type { PolicyCase } from '../domain/policy_case.ts';
import { refusalWords } from '../phrases/rule_words.ts';
import { ASSET_UNKNOWN } from '../phrases/unknown_assets.ts';
import { plainLine } from '../text/plain_text.ts';
import type { Forbidding } from './forbidding.ts';
import type { NextStepRow } from './next_step_row.ts';

/* What the rows of `next_step.ts` are made of. */

export const escalate = (to: string, finding: string, alternative: string | null = null): NextStep => ({
  kind: 'escalate',
  to,
  finding,
  ask: null,
  alternative,
});
export const askFor = (finding: string, ask: string): NextStep => ({
  kind: 'request_info',
  to: 'requestor',
  finding,
  ask,
  alternative: null,
});
export const observe = (finding: string): NextStep => ({
  kind: 'observe',
  to: 'Portcullis',
  finding,
  ask: null,
  alternative: null,
});

export const ownerOf = ({ accessContext }: PolicyCase): string =>
  accessContext.owner === null ? 'resource owner' : `owner ${accessContext.owner}`;
export const managerOf = ({ accessContext: { person } }: PolicyCase): string =>
  person.manager === null ? 'manager' : `manager ${person.manager}`;

/** Back to the authorizer who refused; where the vault names nobody, or the requestor, to the manager. */
export function refusedStep(facts: PolicyCase): NextStep {
  const { refusal } = facts.dossier.history;
  if (refusal === undefined) return observe('nobody refused it');
  const { requestor } = facts.dossier.request;
  const own = [requestor.id, requestor.name, requestor.displayName];
  const { by } = refusal;
  const apart = by !== null && !own.some((name) => name !== null && mayBeSameUser(name, by));
  return escalate(
    apart ? `authorizer ${by}` : managerOf(facts),
    refusalWords(refusal),
    'if it is wanted now, a person approves it in the vault',
  );
}

/** Somebody of whom the identities say nothing; of one who could be taken for a listed person, that first. */
export function unlistedStep({ dossier, accessContext: { person } }: PolicyCase): NextStep {
  const who = plainLine(dossier.request.requestor.name ?? 'the requestor', 80);
  const finding = `${who} is not listed among the identities, so roles and manager are unknown`;
  const like = person.like ?? [];
  if (like.length === 0) return escalate('security', finding, 'add the person to the identities of policy/access.yml');
  const few = like.slice(0, 3).map((user) => plainLine(user, 80));
  return escalate(
    'security',
    `${finding}; could be taken for ${few.join(' or ')}, who is`,
    'find out whose account it is; nothing that the listed person may do counts for it',
  );
}

/** A smaller entitlement that a role of the person has already. */
export const lesserWords = ({ accessContext: { lesser } }: PolicyCase): string | null =>
  lesser ? `offer ${lesser.entitlement}, which the role ${lesser.role} has` : null;

/** What a policy of the folder says is next; the owner decides where it says nothing. */
export function byPolicy(facts: PolicyCase, policy: Forbidding | null): NextStep {
  const { kind, to, ask } = policy?.step ?? { kind: 'escalate', to: 'owner', ask: null };
  const recipients: Readonly<Record<string, string>> = { owner: ownerOf(facts), manager: managerOf(facts) };
  return {
    kind,
    to: recipients[to] ?? to,
    finding: policy?.says ?? 'a policy forbids it',
    ask,
    alternative: policy?.advice ?? lesserWords(facts),
  };
}

/** What is next where nobody knows what is asked for: each of the three is mended in another place. */
const stepFor = (kind: AssetUnknown, finding: (dossier: Dossier) => string): NextStepRow => ({
  when: ({ dossier, accessContext }) => assetUnknown(dossier, accessContext) === kind,
  step: ({ dossier }) => escalate('security', finding(dossier), ASSET_UNKNOWN[kind].advice),
});

export const ASSET_STEPS = {
  'whole-space': {
    when: ({ dossier }) => dossier.request.asset === null,
    step: (facts) =>
      escalate(ownerOf(facts), 'it is about a whole space and not one asset, which only people decide on'),
  },
  'asset-unreadable': stepFor(
    'unreadable',
    (dossier) => `${ASSET_UNKNOWN.unreadable.finding}: ${whyUnreadable(dossier) ?? 'unknown'}`,
  ),
  'asset-not-read': stepFor('not-read', () => ASSET_UNKNOWN['not-read'].finding),
  'asset-unmapped': stepFor('unmapped', ({ asset }) => {
    const what = [asset?.type ?? '', `in ${asset?.containerPath ?? 'no container'}`, ...(asset?.tags ?? [])];
    return `${ASSET_UNKNOWN.unmapped.finding}: ${what.filter((part) => part !== '').join(', ')}`;
  }),
} as const satisfies Record<string, NextStepRow>;
