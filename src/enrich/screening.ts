import type { AccessRequest } from '../request/access_request.ts';
import type { ScreenedTexts } from '../request/screened_texts.ts';
import { screenText } from '../screen/screen.ts';
import { screenName } from '../screen/screen_name.ts';
import { isSuspicious } from '../screen/text_flags.ts';

/** Screens the texts of one request; `otherIds` are the ids of all requests, which no text has a reason to name. */
export function screenRequest(request: AccessRequest, otherIds: ReadonlySet<string>): ScreenedTexts {
  const { requestor, asset, form } = request;
  const justification = screenText(request.justification, { selfIds: [request.id], otherIds });
  const names = {
    requestor: named(requestor.name ?? requestor.displayName),
    asset: named(asset?.name ?? null),
    form: named(form?.name ?? null),
  };
  const all = [justification, ...Object.values(names).filter((name) => name !== null)];
  const flags = [...new Set(all.flatMap((one) => one.flags))];
  return {
    flags,
    evidence: all.flatMap((one) => one.evidence.map(({ says }) => says)),
    suspicious: isSuspicious(flags),
    contentFree: justification.flags.includes('content_free'),
    scoring: justification.scoring,
    names: {
      requestor: names.requestor?.scoring ?? null,
      asset: names.asset?.scoring ?? null,
      form: names.form?.scoring ?? null,
    },
  };
}

const named = (name: string | null) => (name === null ? null : screenName(name));
