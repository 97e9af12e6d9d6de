import type { AccessRequest } from '../domain/access_request.ts';
import type { ScreenedTexts } from '../domain/screened_texts.ts';
import { type Intern, interning } from '../util/intern.ts';
import { type Screened, screenName, screenText } from './screening/screen.ts';
import { isSuspicious } from './screening/text_flags.ts';

/** Screens the texts of requests; `otherIds` are the ids of all requests, its own too, and no text has a reason to name another. */
export function openScreening(otherIds: ReadonlySet<string>): (request: AccessRequest) => ScreenedTexts {
  const share = interning();
  // The same few people, assets and forms stand in most requests of a window.
  const names = new Map<string, Screened>();
  const named = (name: string | null): Screened | null => {
    if (name === null) return null;
    const known = names.get(name) ?? screenName(name);
    if (names.size >= MOST_NAMES) names.clear();
    names.set(name, known);
    return known;
  };
  const texts = new Map<string, Screened>();
  const justified = (text: string, id: string): Screened => {
    const known = texts.get(text);
    if (known !== undefined) return known;
    // Nobody's own id is known to this look, so that a text without any id reads the same for everybody.
    const seen = screenText(text, { selfIds: [], otherIds });
    if (seen.flags.includes('other_id')) return screenText(text, { selfIds: [id], otherIds });
    if (texts.size >= MOST_TEXTS) texts.clear();
    texts.set(text, seen);
    return seen;
  };
  return (request) => screened(request, justified, named, share);
}

/** People and machines say the same again and again: kept for those who do. */
const MOST_TEXTS = 10_000;

/** More people and assets than a window of a million names; some hundred bytes each. */
const MOST_NAMES = 50_000;

function screened(
  { id, justification: reason, requestor, asset, form }: AccessRequest,
  justified: (text: string, id: string) => Screened,
  named: (name: string | null) => Screened | null,
  share: Intern,
): ScreenedTexts {
  const justification = justified(reason, id);
  const names = {
    requestor: named(requestor.name ?? requestor.displayName),
    asset: named(asset?.name ?? null),
    form: named(form?.name ?? null),
  };
  const all = [justification, ...Object.values(names).filter((name) => name !== null)];
  const flags = [...new Set(all.flatMap((one) => one.flags))];
  return {
    flags: share(flags),
    evidence: share(all.flatMap((one) => one.evidence.map(({ says }) => says))),
    suspicious: isSuspicious(flags),
    contentFree: justification.flags.includes('content_free'),
    scoring: justification.scoring,
    // Not shared as a whole: that would hold the texts once for each combination instead of once.
    names: {
      requestor: names.requestor?.scoring ?? null,
      asset: names.asset?.scoring ?? null,
      form: names.form?.scoring ?? null,
    },
  };
}
