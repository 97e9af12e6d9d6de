import type { Dossier, Gap } from '../domain/dossier.ts';
import { plural } from '../phrases/plural.ts';
import { plainLine } from '../text/plain_text.ts';
import { isMany, NOTHING, problem, type Sight, tally } from './sight.ts';

/**
 * How many of the assets that were looked up could be read. Without its asset nobody knows what a request asks for, so that
 * nothing is approved there: from `limit` on that is a problem of the run and no matter of single requests. `seen`: whether an earlier run has told of
 * it. Pure.
 */
export function assetSight(
  dossiers: readonly Dossier[],
  limit: number,
  seen: (key: string) => boolean = () => false,
): Sight & { readonly keys: readonly string[] } {
  const assets = new Map<string, string | null>();
  const containers = new Map<string, string | null>();
  const inPart = new Map<string, string | null>();
  for (const dossier of dossiers) {
    const id = dossier.request.asset?.id ?? null;
    if (id === null || assets.has(id)) continue;
    const own = gapOf(dossier, 'asset');
    if (own?.reason === 'stopped' || (dossier.asset === null && own === null)) continue;
    const held = gapOf(dossier, 'container');
    assets.set(id, whole(own) ?? emptyWords(dossier));
    if (dossier.asset === null) continue;
    containers.set(id, whole(held));
    inPart.set(id, [own, held].find((gap) => gap?.reason === IN_PART)?.says ?? null);
  }
  const gone = [...assets].flatMap(([id, says]) => (says === GONE ? [`asset ${id} ${GONE}`] : []));
  // One or two that were deleted stay listed for as long as somebody has asked for them.
  const known = gone.length < 3 && gone.length === assets.size && gone.every(seen);
  const parts = [
    counted(assets, known ? 1 : limit, (bad, all) => `${bad} of ${plural(all, 'asset')} could not be read`),
    counted(containers, limit, (bad, all) => `the containers of ${bad} of ${plural(all, 'asset')} could not be read`),
    counted(
      inPart,
      limit,
      (bad, all) => `${bad} of ${plural(all, 'asset')} could be read in part only`,
      IN_PART_ADVICE,
    ),
  ];
  return {
    problems: parts.flatMap(({ problems }) => problems),
    warnings: parts.flatMap(({ warnings }) => warnings),
    keys: gone,
  };
}

const GONE = '404';

const IN_PART = 'in part';

type Found = { readonly says: string; readonly reason: string | null };

function gapOf({ gaps }: Dossier, what: Gap['what']): Found | null {
  const gap = gaps.find((one) => one.what === what);
  if (gap === undefined) return null;
  const reason = gap.reason ?? null;
  return { says: reason === null || reason === IN_PART ? plainLine(gap.why, 100) : reason, reason };
}

/** Why nothing of it could be read; null when something could. */
const whole = (gap: Found | null): string | null => (gap === null || gap.reason === IN_PART ? null : gap.says);

/** An asset that says nothing of what it is was answered, and not read. */
const emptyWords = ({ asset }: Dossier): string | null =>
  asset !== null && asset.type === null && asset.containerPath === null ? 'neither type nor container in it' : null;

const ADVICE =
  'nobody knows what is asked for there, and nothing is approved: look at what the user of VAULT_API_TOKEN may read, at VAULT_PATH_ASSET, and at the log of the vault. UNREADABLE_ASSETS_SHARE is the share from which on this is a problem';

const IN_PART_ADVICE =
  'what was not read may be what makes the asset sensitive, and nothing is approved there: the message says what it is; put it right on the asset in the vault. UNREADABLE_ASSETS_SHARE is the share from which on this is a problem';

function counted(
  read: ReadonlyMap<string, string | null>,
  limit: number,
  words: (bad: number, all: number) => string,
  advice = ADVICE,
): Sight {
  const bad = [...read.values()].filter((says) => says !== null);
  if (bad.length === 0) return NOTHING;
  const reasons = new Set(bad).size === 1 ? (bad[0] ?? '') : tally(bad);
  const message = `${words(bad.length, read.size)} (${reasons})`;
  if (!isMany(bad.length, read.size, limit)) return { problems: [], warnings: [message] };
  return { problems: [problem('assets', message, advice, true)], warnings: [] };
}
