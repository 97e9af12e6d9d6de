import { describe, expect, test } from 'vitest';
import { readAccess } from '../../../src/policy/access_file.ts';
import { classify } from '../../../src/policy/classify.ts';
import { NOON } from '../../helpers/requests.ts';
import { dossier } from './cases.ts';

/** What `anna` breaks who holds `held` outside the vault, has open requests for `open`, and asks for `asked`. */
function broken(rules: string, asked: string, held: readonly string[], open: readonly string[] = []): string[] {
  const read = readAccess(
    'access.yml',
    `
sod_conflicts: ${rules}
mapping:
${[asked, ...open].flatMap((one, at) => (one === UNREAD ? [] : `  - { when: { asset: "asset-${at}" }, entitlement: ${one} }`)).join('\n')}
identities: { people: [{ user: anna, entitlements: [${held.join(', ')}] }] }
`,
    () => null,
  );
  if (!('model' in read)) throw new Error(JSON.stringify(read.findings));
  const all = [asked, ...open].map((_one, at) =>
    dossier({
      asset: { id: `asset-${at}`, name: `asset-${at}`, ...(open[at - 1] === UNREAD ? { type: null } : {}) },
      request: { id: `request-${at}`, requestor: { id: null, name: 'anna', displayName: null } },
    }),
  );
  const context = classify(all, NOON, read.model).get('request-0');
  return context?.sodConflicts.map((one) => `${one.pair}: ${one.held}`) ?? [];
}
const UNREAD = 'nobody:knows';

describe('a list of duties', () => {
  const THREE = '[[a:x, b:y, c:z]]';

  test('any two of three are in conflict, whichever they are', () => {
    expect(broken(THREE, 'a:x', ['b:y'])).toEqual(['a:x + b:y + c:z: b:y']);
    expect(broken(THREE, 'c:z', ['a:x'])).toEqual(['a:x + b:y + c:z: a:x']);
    expect(broken(THREE, 'b:y', ['c:z', 'a:x'])).toHaveLength(2);
  });

  test('one of them alone is not, nor is one that is held twice, nor what is not in the list', () => {
    expect(broken(THREE, 'a:x', [])).toEqual([]);
    expect(broken(THREE, 'a:x', ['a:x'], ['a:x'])).toEqual([]);
    expect(broken(THREE, 'd:x', ['a:x', 'b:y'])).toEqual([]);
  });

  test('two that wait at once are in conflict', () => {
    expect(broken(THREE, 'a:x', [], ['c:z'])).toEqual(['a:x + b:y + c:z: c:z']);
  });
});

describe('at most so many of a list', () => {
  const TWO_OF_THREE = '[{ of: [a:x, b:y, c:z], at_most: 2 }]';

  test('as many are fine and one more is not; each that is held is named', () => {
    expect(broken(TWO_OF_THREE, 'a:x', ['b:y'])).toEqual([]);
    expect(broken(TWO_OF_THREE, 'a:x', ['b:y'], ['c:z'])).toEqual([
      'at most 2 of a:x + b:y + c:z: c:z',
      'at most 2 of a:x + b:y + c:z: b:y',
    ]);
  });

  test('what is held twice counts once', () => {
    expect(broken(TWO_OF_THREE, 'a:x', ['b:y'], ['b:y', 'b:y'])).toEqual([]);
  });

  test('one entitlement counts for one duty, however many patterns it fits', () => {
    const overlapping = '[{ of: ["a:*", "*:x", c:z], at_most: 2 }]';
    expect(broken(overlapping, 'c:z', ['a:x'])).toEqual([]);
    expect(broken(overlapping, 'c:z', ['a:x', 'a:y'])).toHaveLength(2);
    expect(broken(overlapping, 'c:z', ['a:y', 'a:x'])).toHaveLength(2);
    expect(broken(overlapping, 'c:z', ['a:y', 'a:w'])).toEqual([]);
    expect(broken(overlapping, 'a:x', ['c:z', 'b:x'])).toHaveLength(2);
  });

  test('what could not be read may be the one too many', () => {
    expect(broken(TWO_OF_THREE, 'a:x', [], [UNREAD])).toEqual([]);
    expect(broken(TWO_OF_THREE, 'a:x', ['b:y'], [UNREAD])).toHaveLength(2);
  });

  test('three of a hundred that fit each other are found at once', () => {
    const held = Array.from({ length: 100 }, (_, at) => `d${at}:x`);
    const rule = `[{ of: [a:x, ${held.map((_, at) => `"d${at}*:x"`).join(', ')}], at_most: 60 }]`;
    const before = performance.now();
    expect(broken(rule, 'a:x', held)).toHaveLength(100);
    expect(performance.now() - before).toBeLessThan(2000);
  });
});
