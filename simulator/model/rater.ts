/** A deterministic reviewer: facts and texts of one request in, a rating in the contract's form out. */
import type { Question, Slot } from './question.ts';
import { type Finding, findings } from './rules.ts';

export const RISKS = ['low', 'medium', 'high', 'critical'] as const;
export type Rating = {
  summary: string;
  anomaly_flags: string[];
  risk: (typeof RISKS)[number];
  confidence: number;
  comment: string;
};

const DEFAULT_WINDOW_DAYS = 30;

/** Rules do not hesitate. */
export const SURE = 0.95;

/** What stands around the requests of a question. */
type About = Pick<Question, 'mode' | 'window_days'>;

/** In a facts-only question texts do not count, not even when there is one. */
export function rate(asked: Slot, { mode, window_days: windowDays = DEFAULT_WINDOW_DAYS }: About = {}): Rating {
  const slot: Slot = mode === 'blind' ? { facts: asked.facts } : asked;
  const text = slot.untrusted_text ?? {};
  const all = findings(slot.facts, text, windowDays).sort((a, b) => b.weight - a.weight);
  const risk = riskOf(all.reduce((sum, { weight }) => sum + weight, 0));
  return {
    summary: summaryOf(slot, all),
    anomaly_flags: [...new Set(all.map(({ flag }) => flag))],
    risk,
    confidence: SURE,
    comment: commentOf(risk, all),
  };
}

function riskOf(weight: number): Rating['risk'] {
  if (weight <= 1) return 'low';
  if (weight <= 3) return 'medium';
  return weight <= 5 ? 'high' : 'critical';
}

function summaryOf({ facts, untrusted_text: text }: Slot, all: readonly Finding[]): string {
  const who = facts.by_expected_automation ? 'The review automation' : plainName(text?.requestor) || 'A user';
  const what = (facts.operation ?? 'access').replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  const onto = plainName(text?.asset) || facts.asset_type || facts.entity_type?.toLowerCase() || 'an unnamed target';
  const span = facts.requested_hours === undefined ? '' : ` for ${Math.round(facts.requested_hours)} h`;
  const asks = `${who} asks for ${what} on ${onto}${span}.`;
  const [first, second] = all;
  if (!first) return `${asks} Nothing stands out.`;
  return `${asks} The request ${first.says}${second ? ` and ${second.says}` : ''}.`;
}

const ADVICE: Record<Rating['risk'], string> = {
  low: 'Routine access within the usual bounds',
  medium: 'A question to the requestor would help',
  high: 'Worth a second pair of eyes',
  critical: 'A matter for the owner of the asset',
};

function commentOf(risk: Rating['risk'], all: readonly Finding[]): string {
  const [first] = all;
  return first ? `${ADVICE[risk]}: ${first.says}.`.split(' ').slice(0, 20).join(' ') : `${ADVICE[risk]}.`;
}

/** A name only where it looks like one: a model should not repeat what people smuggled into names. */
function plainName(name: string | null | undefined): string {
  return /^[\w .@-]{1,40}$/.test(name ?? '') ? (name ?? '') : '';
}
