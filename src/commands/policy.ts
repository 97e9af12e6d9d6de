import { command } from './command.ts';

/** What both share. */
const OPTIONS = {
  policy: { flags: '--policy <folder>', about: 'this folder instead of POLICY_DIR' },
  json: { flags: '--json', about: 'print the result as one JSON document on stdout' },
} as const;

export const policyCatalog = command({
  name: 'policy catalog',
  about:
    'the entitlements of `access.yml`: class, owner, roles, who holds them by what the last run saw, and when they were last asked for',
  options: OPTIONS,
  async run(context, given) {
    const { policyCatalogCommand } = await import('./handlers/policy.ts');
    return policyCatalogCommand(context, given);
  },
});

export const policyCheck = command({
  name: 'policy check',
  about: 'looks for rules that never decide, that decide too much, and for gaps in `access.yml`',
  options: OPTIONS,
  async run(context, given) {
    const { policyCheckCommand } = await import('./handlers/policy.ts');
    return policyCheckCommand(context, given);
  },
});

export const policyEvidence = command({
  name: 'policy evidence',
  about: 'what speaks for enforcing each class: what the policy would approve, and what people decided about it',
  options: {
    ...OPTIONS,
    range: { flags: '--range <length>', about: 'how far back: hours, days or weeks', default: '180d' },
  },
  async run(context, given) {
    const { policyEvidenceCommand } = await import('./handlers/backtest.ts');
    return policyEvidenceCommand(context, given);
  },
});

export const policySuggest = command({
  name: 'policy suggest',
  about:
    'writes a draft of a policy folder from what people decided in the vault: protected classes first, everything else recommended. Asks no model',
  options: {
    range: { flags: '--range <length>', about: 'how far back: hours, days or weeks', default: '90d' },
    out: {
      flags: '--out <folder>',
      about:
        'a new folder for the draft (policy-draft); a policy folder gets only what it does not map yet. Without it, a person at a terminal is asked about each group',
    },
    json: OPTIONS.json,
  },
  async run(context, given) {
    const { policySuggestCommand } = await import('./handlers/suggest.ts');
    return policySuggestCommand(context, given);
  },
});

export const policyTest = command({
  name: 'policy test',
  about: 'decides the cases beside the policies and says what came out otherwise than expected',
  arguments: { files: { shown: '[files...]', about: 'files of cases (default: tests/*.yml in the policy folder)' } },
  options: OPTIONS,
  async run(context, given) {
    const { policyTestCommand } = await import('./handlers/policy.ts');
    return policyTestCommand(context, given);
  },
});

export const policyWhy = command({
  name: 'policy why',
  about:
    'what the mapping makes of a request or an asset: the facts that the last run read, and row by row what fits and what misses by what',
  arguments: { id: { shown: '<request-id|asset-id>', about: 'a request, or an asset by its id or name' } },
  options: OPTIONS,
  async run(context, given) {
    const { policyWhyCommand } = await import('./handlers/policy.ts');
    return policyWhyCommand(context, given);
  },
});
