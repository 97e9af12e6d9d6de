import type { ActionPolicy, Subject } from '../../decide/decide.ts';
import type { AccessContext } from '../../domain/access_context.ts';
import type { AssetFacts } from '../../domain/dossier.ts';
import { SAMPLE_TIME, sample } from '../../policy/samples.ts';
import { DAY_MS } from '../../util/durations.ts';

/** A made-up request under made-up settings: what the reach of policies is tried on. */
export type MadeUp = { readonly subject: Subject; readonly settings: ActionPolicy };
export type Change = (so: MadeUp) => MadeUp;

/** Nothing stands in its way, so that every single change shows what that alone does. */
export const NEUTRAL: MadeUp = {
  subject: sample(),
  settings: {
    ...{ autoApprove: true, autoReject: true, autoCloseStale: true, autoCloseExpired: true },
    ...{ approveUpTo: 'low', rejectFrom: 'critical', staleDays: 7 },
  },
};

export const subject = (so: MadeUp, part: Partial<Subject>): MadeUp => ({ ...so, subject: { ...so.subject, ...part } });
export const dossier = (part: Partial<Subject['dossier']>): Change => {
  return (so) => subject(so, { dossier: { ...so.subject.dossier, ...part } });
};
export const facts = (part: Partial<Subject['dossier']['facts']>): Change => {
  return (so) => dossier({ facts: { ...so.subject.dossier.facts, ...part } })(so);
};
export const request = (part: Partial<Subject['dossier']['request']>): Change => {
  return (so) => dossier({ request: { ...so.subject.dossier.request, ...part } })(so);
};
export const history = (part: Partial<Subject['dossier']['history']>): Change => {
  return (so) => dossier({ history: { ...so.subject.dossier.history, ...part } })(so);
};
export const texts = (part: Partial<Subject['dossier']['texts']>): Change => {
  return (so) => dossier({ texts: { ...so.subject.dossier.texts, ...part } })(so);
};
export const accessContext = (part: Partial<AccessContext>): Change => {
  return (so) => subject(so, { accessContext: { ...so.subject.accessContext, ...part } });
};
export const person = (part: Partial<AccessContext['person']>): Change => {
  return (so) => accessContext({ person: { ...so.subject.accessContext.person, ...part } })(so);
};
export const approvals = (part: Partial<AccessContext['approvals']>): Change => {
  return (so) => accessContext({ approvals: { ...so.subject.accessContext.approvals, ...part } })(so);
};
export const asset = (part: Partial<AssetFacts>): Change => {
  return (so) => {
    const before = so.subject.dossier.asset;
    return before === null ? so : dossier({ asset: { ...before, ...part } })(so);
  };
};
export const granted =
  (days: number): Change =>
  (so) =>
    facts({ daysSinceApproved: days, daysSinceCreated: days })(
      request({
        status: 'Approved',
        approved: SAMPLE_TIME - days * DAY_MS,
        requestedFrom: SAMPLE_TIME - days * DAY_MS,
      })(so),
    );
