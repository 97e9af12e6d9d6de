import { plainLine } from '../kit/plain_text.ts';
import type { Dossier, Gap } from '../request/dossier.ts';

/**
 * What the model gets to see of a request: docs/model-contract.md, The question.
 * INVARIANT: no id of a request, a person, an asset or a form is sent; what people wrote stands in `untrusted_text` only.
 */

/** A dossier under the short name by which the model knows it. */
export type Slotted = { readonly slot: string; readonly dossier: Dossier };

export const slotted = (dossiers: readonly Dossier[]): Slotted[] =>
  dossiers.map((dossier, index) => ({ slot: `r${index + 1}`, dossier }));

export type Context = { readonly windowDays: number; readonly agentUser: string | null };

const JUSTIFICATION_LENGTH = 1000;
const NAME_LENGTH = 64;
/** Paths and tags are written by the vault's administrators and nest deeply. */
const PATH_LENGTH = 200;
const TAG_COUNT = 20;

/** The `user` message: one JSON document, made by the serialiser alone. */
export function userMessage(asked: readonly Slotted[], { windowDays, agentUser }: Context): string {
  return JSON.stringify({
    expected_automation_user: agentUser === null ? undefined : plainLine(agentUser, NAME_LENGTH),
    window_days: windowDays,
    requests: Object.fromEntries(
      asked.map(({ slot, dossier }) => [slot, { facts: factsFor(dossier), untrusted_text: textFor(dossier) }]),
    ),
  });
}

/** Facts in our words; JSON leaves out what is undefined, so an unknown fact is absent and never a null to interpret. */
function factsFor({ request, facts, asset, gaps }: Dossier): Record<string, unknown> {
  return {
    status: word(request.status),
    operation: word(request.operation),
    entity_type: word(request.entityType),
    form_type: word(request.form?.type),
    exclusive: request.exclusive ?? undefined,
    level: request.level ?? undefined,
    levels: request.levels ?? undefined,
    requested_hours: facts.requestedHours ?? undefined,
    off_hours: facts.offHours,
    days_since_created: facts.daysSinceCreated,
    days_since_approved: facts.daysSinceApproved ?? undefined,
    requestor_requests_in_window: facts.requestorFrequency === 0 ? undefined : facts.requestorFrequency,
    by_expected_automation: facts.own,
    asset_type: word(asset?.type),
    container_path: line(asset?.containerPath, PATH_LENGTH),
    tags: asset === null ? undefined : tagsOf(asset.tags),
    gaps: gaps.length === 0 ? undefined : [...new Set(gaps.map((gap) => GAP_WORDS[gap.what]))],
  };
}

/** Only the name of a gap: its reason may hold ids and addresses, and is for people. */
const GAP_WORDS = {
  requestor: 'requestor not named',
  asset: 'asset not readable',
  container: 'container not readable',
  'approval time': 'approval time not recorded',
} as const satisfies Record<Gap['what'], string>;

function textFor({ request }: Dossier): Record<string, unknown> {
  return {
    // Sent even when empty: a missing reason is something the model has to see.
    justification: plainLine(request.justification, JUSTIFICATION_LENGTH),
    requestor: line(request.requestor.name, NAME_LENGTH) ?? line(request.requestor.displayName, NAME_LENGTH),
    asset: line(request.asset?.name, NAME_LENGTH),
    form: line(request.form?.name, NAME_LENGTH),
  };
}

const word = (text: string | null | undefined): string | undefined => line(text, NAME_LENGTH);

const tagsOf = (tags: readonly string[]): string[] =>
  tags
    .slice(0, TAG_COUNT)
    .map((tag) => plainLine(tag, PATH_LENGTH))
    .filter((tag) => tag !== '');

function line(text: string | null | undefined, maxLength: number): string | undefined {
  const plain = text ? plainLine(text, maxLength) : '';
  return plain === '' ? undefined : plain;
}
