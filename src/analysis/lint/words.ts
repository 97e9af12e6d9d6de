import type { AccessModel } from '../../policy/access_model.ts';
import type { PolicyInfo } from '../../policy/policy_info.ts';

/** Values that policies compare with: made-up requests have to hold them, or a special policy never fits one. */
export type Words = { readonly texts: readonly string[]; readonly numbers: readonly number[] };

// A quotation that does not close ends with the text: no policy that was read holds one.
const BARE_TEXT = /"((?:[^"\\]|\\.|\\$)*)(?:"|$)/gs;

export function wordsOf(policies: readonly Pick<PolicyInfo, 'text'>[]): Words {
  const texts = new Set<string>();
  const numbers = new Set<number>();
  for (const { text } of policies) {
    const body = text.replace(/@\w+\s*\((?:"(?:[^"\\]|\\.)*")?\)/g, '').replace(/\b\w+::"[^"]*"/g, '');
    // A `like` pattern is fitted by itself without its stars.
    for (const [, word = ''] of body.matchAll(BARE_TEXT)) texts.add(word.replaceAll('*', ''));
    for (const [number] of body.replace(BARE_TEXT, '').matchAll(/(?<![\w.])\d{1,9}\b/g)) {
      for (const near of [-1, 0, 1]) numbers.add(Math.max(0, Number(number) + near));
    }
  }
  return { texts: [...texts], numbers: [...numbers] };
}

/** The entitlements that the mapping gives. */
export const entitlementsOf = ({ mapping }: AccessModel): string[] => [
  ...new Set(mapping.flatMap(({ entitlement }) => entitlement ?? [])),
];
