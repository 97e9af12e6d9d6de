/** Traces of decisions: as tests make them up, and as a reader sees them. */
import type { Action } from '../../src/domain/action.ts';
import type { CapReached, Decision, RuleTrace } from '../../src/domain/decision.ts';
import type { Risk } from '../../src/domain/risk.ts';
import { ruleName, ruleWords } from '../../src/phrases/rule_words.ts';

export const permitted = (rule: string, says: string, action: Action = 'approve'): RuleTrace => ({
  ...{ kind: 'policy', action, rule, allows: true, says },
});
export const forbidden = (rule: string, says: string, action: Action = 'approve'): RuleTrace => ({
  ...{ kind: 'policy', action, rule, allows: false, says },
});
export const floorTrace = (rule: string, says: string, risk: Risk = 'medium'): RuleTrace => ({
  ...{ kind: 'risk-floor', rule, risk, says },
});

export const approvalsPerRun = (limit: number): CapReached => ({ cap: 'CAP_APPROVALS_PER_RUN', limit });
export const capped = (reached: CapReached = approvalsPerRun(50)): RuleTrace => ({
  ...{ kind: 'cap', action: 'approve', ...reached },
});

/** Name and sentence of every rule, as report and terminal show them. */
export const told = ({ rules }: Pick<Decision, 'rules'>): { readonly rule: string; readonly says: string }[] =>
  rules.map((trace) => ({ rule: ruleName(trace), says: ruleWords(trace) }));
