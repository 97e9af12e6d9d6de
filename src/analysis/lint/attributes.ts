import { policyCase } from '../../decide/decide.ts';
import type { AccessModel } from '../../policy/access_model.ts';
import { cedarCase } from '../../policy/cedar_case.ts';
import type { PolicyInfo } from '../../policy/cedar_source.ts';
import { madeUpCases } from './made_up_cases.ts';

/**
 * Every fact that policies are handed and none of them looks at: `context.offHours`. Taken from what is really handed
 * over, so that no list has to be kept.
 */
export function neverRead(policies: readonly Pick<PolicyInfo, 'text'>[], model: AccessModel): string[] {
  const known = new Set<string>();
  for (const { subject, settings } of madeUpCases(model, { texts: ['x'], numbers: [] }, [], 0)) {
    const { principal, resource, context } = cedarCase(policyCase(subject, settings), true);
    collect('principal', principal.attrs, known);
    collect('resource', resource.attrs, known);
    collect('context', context, known);
  }
  const text = policies.map((policy) => policy.text).join('\n');
  return [...known].filter((path) => !isRead(path, text)).sort();
}

function collect(path: string, value: unknown, into: Set<string>): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) into.add(path);
  else for (const [name, inner] of Object.entries(value)) collect(`${path}.${name}`, inner, into);
}

/** `context.standing.owner`, or `context.standing has owner`. */
function isRead(path: string, text: string): boolean {
  const at = path.lastIndexOf('.');
  const [owner, name] = [path.slice(0, at), path.slice(at + 1)].map((part) => part.replaceAll('.', '\\.'));
  return new RegExp(`\\b${owner}\\s*(?:\\.|has)\\s*"?${name}\\b|\\b${owner}\\["${name}"\\]`).test(text);
}
