/** What the simulated model looks for in one request. Each rule adds weight, a flag and half a sentence. */
import type { Facts, UntrustedText } from './question.ts';

export type Finding = { readonly weight: number; readonly flag: string; readonly says: string };

type Rule = (facts: Facts, text: UntrustedText, windowDays: number) => Finding | undefined | false;

const found = (weight: number, flag: string, says: string): Finding => ({ weight, flag, says });

/** The words by which this model notices that a text is meant for it; plain ones, as a real model would miss some too. */
export const INJECTION =
  /\b(ignore|disregard|override|forget)\b.{0,40}\b(instructions?|rules?|prompt|policy|above|previous)|\b(rate|mark|set|classify|score)\b.{0,30}\b(low|approved?)\b|\byou are (now )?(a|an|the)\b|\b(system|assistant|developer) ?:|<\|\w+\|>|"risk"\s*:|```|<\/?(script|img|iframe|a)\b|\bauto-?approve\b/i;
const URGENT = /\b(urgent(ly)?|asap|immediately|right now|emergency|no time|ceo|cfo)\b/i;
const REFERENCE = /\b(CHG|INC|REQ|TASK|PRB)\d{4,}\b/i;
const EMPTY_WORDS =
  /^(?:test(ing)?|work|admin|access|need(ed)?|please|support|fix|as discussed|todo|n\/?a|maintenance|\W)*$/i;

/** What a text may be about, and what an asset may be, in the same words. */
const TOPICS: readonly (readonly [topic: string, inText: RegExp, inAsset: RegExp])[] = [
  ['a printer or laptop', /\b(printer|laptop|monitor|docking|headset)\b/i, /workstation|\bws-/i],
  ['a database', /\b(database|schema|tablespace|sql|query plan)\b/i, /database|\bdb|sql|ora|pg|workstation/i],
  ['network gear', /\b(switch|router|firewall|vlan|acl)\b/i, /network|firewall|\b(fw|sw|rt)-/i],
];

const TIER_0 = /tier ?0|domain controllers|\bpki\b/i;

const RULES: readonly Rule[] = [
  ({ container_path: path = '', tags = [] }) =>
    (TIER_0.test(`${path} ${tags.join(' ')}`) &&
      found(4, 'sensitive_asset', `lies in ${path || 'a tier 0 container'}, which controls identities`)) ||
    (/\/production|\/automation/i.test(path) && found(1, 'sensitive_asset', `lies in ${path}`)),
  ({ container_path: path }, { asset }) =>
    path === undefined &&
    /\b(dc\d+|dc-|pki|ca\d+|vcenter|backup|krbtgt)/i.test(asset ?? '') &&
    found(3, 'sensitive_asset', 'is named like an identity or recovery system'),
  // What lies among the domain controllers is privileged because of that, and in production half of it: it counts once.
  ({ privileged, container_path: path = '', tags }) =>
    privileged === true &&
    !TIER_0.test(`${path} ${tags?.join(' ')}`) &&
    found(/\/production/i.test(path) ? 1 : 2, 'sensitive_asset', 'asks for a privileged entitlement'),
  ({ break_glass }) => break_glass === true && found(2, 'sensitive_asset', 'uses an account for emergencies'),
  ({ in_role }) => in_role === false && found(1, 'other', 'asks for more than the role of the person has'),
  ({ sod_conflicts: pairs = [] }) =>
    pairs.length > 0 && found(4, 'other', 'would put two duties into one hand that must stay apart'),
  ({ off_hours }) => off_hours === true && found(1, 'off_hours', 'was filed outside office hours'),
  // What its class allows is not long, a fortnight in a laboratory included.
  ({ requested_hours: hours = 0, class_max_hours: most = 0 }) =>
    hours > most &&
    ((hours > 168 && found(2, 'long_window', `asks for ${Math.round(hours / 24)} days`)) ||
      ((hours > 24 || most > 0) && found(1, 'long_window', `asks for ${Math.round(hours)} hours`))),
  ({ requestor_requests_in_window: count, by_expected_automation }, _text, days) =>
    leastOf(count) >= days &&
    !by_expected_automation &&
    found(1, 'frequent_requestor', `is one of ${count} by the same person`),
  (_facts, { justification }) => {
    if (justification === undefined) return undefined;
    const text = (justification ?? '').trim();
    if (text === '') return found(2, 'weak_justification', 'gives no reason');
    if (EMPTY_WORDS.test(text)) return found(2, 'weak_justification', 'gives a reason without content');
    return (
      !REFERENCE.test(text) &&
      text.length < 24 &&
      found(1, 'weak_justification', 'gives a thin reason without a ticket')
    );
  },
  (_facts, { justification }) => URGENT.test(justification ?? '') && found(1, 'urgency_pressure', 'presses for haste'),
  (_facts, { justification, requestor, asset, form }) =>
    INJECTION.test([justification, requestor, asset, form].join('\n')) &&
    found(4, 'injection_suspected', 'carries text that tries to steer the review'),
  ({ asset_type, container_path }, { justification, asset }) => {
    const target = `${asset_type ?? ''} ${container_path ?? ''} ${asset ?? ''}`;
    const topic = TOPICS.find(([, inText, inAsset]) => inText.test(justification ?? '') && !inAsset.test(target));
    return (
      target.trim() !== '' &&
      topic &&
      found(1, 'justification_mismatch', `speaks of ${topic[0]}, which the target is not`)
    );
  },
  ({ form_type, status }) =>
    form_type === 'Automatic' && status === 'Approved' && found(0, 'no_human_approval', 'was granted without a person'),
  ({ status, days_since_approved: days }) =>
    status === 'Approved' && leastOf(days) >= 7 && found(1, 'stale_request', `has stood open for ${days} days`),
  ({ by_expected_automation }, { requestor }) =>
    by_expected_automation !== true &&
    /^(svc|sa|bot)[-_]/i.test(requestor ?? '') &&
    found(1, 'unexpected_automation', 'comes from a service account that is not expected here'),
  ({ entity_type }) =>
    entity_type !== undefined && entity_type !== 'Asset' && found(1, 'other', `concerns a ${entity_type}`),
  ({ gaps = [] }) => gaps.length > 0 && found(1, 'other', `could not be checked fully (${gaps.join(', ')})`),
];

/** The lower end of a range such as `7 to 29` or `30 or more`; 0 for one that is not known. */
const leastOf = (range = ''): number => Number(/^\d+/.exec(range)?.[0] ?? 0);

export function findings(facts: Facts, text: UntrustedText, windowDays: number): Finding[] {
  return RULES.map((rule) => rule(facts, text, windowDays)).filter((finding) => typeof finding === 'object');
}
