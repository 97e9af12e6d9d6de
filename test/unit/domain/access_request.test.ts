import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  agentIdsIn,
  exactRequestorKey,
  identityOf,
  keyOfToday,
  mayBeRequestor,
  requestorKey,
} from '../../../src/domain/access_request.ts';
import { AGENT, request } from '../../helpers/requests.ts';
import { anySpelling, SPELLINGS, STRANGERS } from '../../helpers/spellings.ts';
import { examples } from '../../suite/property_runs.ts';

const by = (id: string | null, name: string | null, displayName: string | null = null) =>
  request({ requestor: { id, name, displayName } });

describe("A request is the agent's own", () => {
  test.each([
    [by(AGENT, null)],
    [by(AGENT, 'somebody')],
    [by('u-1', AGENT)],
    [by('u-1', ` ${AGENT.toUpperCase()} `, 'A robot')],
  ])('for certain by account name or id, exactly: %j', (made) => {
    expect(identityOf(made, ['other', AGENT])).toBe('own');
  });

  test('or perhaps, where only the display name says so', () => {
    expect(identityOf(by('u-1', 'somebody', AGENT), [AGENT])).toBe('doubtful');
  });

  test.each(SPELLINGS(AGENT))('or perhaps, where the name is another spelling: %j', (spelling) => {
    expect(identityOf(by('u-1', spelling), ['other', AGENT])).toBe('doubtful');
    expect(identityOf(by(spelling, 'somebody'), [AGENT])).toBe('doubtful');
    expect(identityOf(by('u-1', 'somebody', spelling), [AGENT])).toBe('doubtful');
    expect(identityOf(by('u-1', AGENT), [spelling]), 'the other way round').not.toBe('other');
  });

  test.each(STRANGERS(AGENT))('but not of %j', (stranger) => {
    expect(identityOf(by('u-1', stranger), [AGENT])).toBe('other');
    expect(identityOf(by('u-1', 'somebody', stranger), [AGENT])).toBe('other');
  });

  test('nor of nobody', () => {
    expect(identityOf(by(null, null), [AGENT, ''])).toBe('other');
    expect(identityOf(by('', ' ', '\u200b'), [AGENT, '', ' '])).toBe('other');
  });

  test('perhaps where an identifier stands for the name, which tells nobody whose it is', () => {
    const sid = 'S-1-5-21-3623811015-3361044348-30300820-1013';
    expect(identityOf(by(sid, sid), [AGENT])).toBe('doubtful');
    expect(identityOf(by(sid, 'anna'), [AGENT])).toBe('other');
    expect(identityOf(by('u-1', sid), [AGENT, 'S-1-5-21-1-2-3-500'])).toBe('other');
    expect(identityOf(by('u-1', sid), [AGENT, sid])).toBe('own');
  });

  test('perhaps where the id is that of an account of ours, under another name', () => {
    const ids = agentIdsIn(
      [by('ID-7', `${AGENT} `), by('u-8', `CORP\\${AGENT}`), by(' ', AGENT), by(null, AGENT)],
      [AGENT],
    );
    expect([...ids]).toEqual(['id-7']);
    expect(identityOf(by(' id-7', 'somebody'), [AGENT], ids)).toBe('doubtful');
    expect(identityOf(by('u-1', 'id-7'), [AGENT], ids)).toBe('doubtful');
    expect(identityOf(by('id-7', AGENT), [AGENT], ids)).toBe('own');
    expect(identityOf(by('u-8', 'somebody', 'id-7'), [AGENT], ids)).toBe('other');
    expect(identityOf(by(null, null), [AGENT], ids)).toBe('other');
  });

  test('perhaps where a name is too long to be looked at', () => {
    expect(identityOf(by('u-1', `${'\u200b'.repeat(5000)}${AGENT}`), [AGENT])).toBe('doubtful');
  });

  test('never "other" in any spelling of any account, however the changes are put together', () => {
    const account = fc.stringMatching(/^[a-z][a-z0-9]{2,8}([-._][a-z0-9]{1,8}){0,2}$/);
    fc.assert(
      fc.property(account, anySpelling, (name, spell) => {
        expect(identityOf(by('u-1', spell(name)), [name])).not.toBe('other');
      }),
      { numRuns: examples(500) },
    );
  });

  test('and the account of a person is never taken for it because it is longer, shorter or one letter off', () => {
    const account = fc.stringMatching(/^[a-z]{4,10}$/);
    const change = fc.constantFrom(
      (name: string) => `${name}2`,
      (name: string) => `${name}-admin`,
      (name: string) => name.slice(1),
      (name: string) => name.slice(0, -1),
      (name: string) => `x${name}`,
    );
    fc.assert(
      fc.property(account, change, (name, changed) => {
        fc.pre(!/[il]/.test(name) && !/rn|vv/.test(name + changed(name)));
        expect(identityOf(by('u-1', changed(name)), [name])).toBe('other');
      }),
    );
  });
});

describe('Whoever may have asked', () => {
  test.each(SPELLINGS('anna.berg'))('is kept from approving under another spelling: %j', (spelling) => {
    expect(mayBeRequestor(by('u-1', 'anna.berg'), spelling)).toBe(true);
    expect(mayBeRequestor(by('u-1', spelling), 'anna.berg')).toBe(true);
  });

  test.each(STRANGERS('anna.berg'))('is not %j', (stranger) => {
    expect(mayBeRequestor(by('u-1', 'anna.berg'), stranger)).toBe(false);
  });
});

describe('One key for everything that a person asked for', () => {
  const keyOf = (id: string | null, name: string | null, displayName: string | null = null) =>
    requestorKey(request({ requestor: { id, name, displayName } }));

  test('is the id, whatever the names', () => {
    expect(keyOf('u-1', 'anna')).toBe('id:u-1');
    expect(keyOf(' u-1 ', 'somebody else', 'Anna')).toBe('id:u-1');
    expect(keyOf('u-1', null)).not.toBe(keyOf('u-2', null));
  });

  test.each(['CORP\\anna', 'ANNA@corp.example', ' anna ', 'an\u200bna'])(
    'is the account without case and domain, however it is spelled: %j',
    (name) => {
      expect(keyOf(null, name)).toBe('name:anna');
      expect(keyOf(' ', null, name)).toBe('name:anna');
    },
  );

  test('is none where the vault names nobody', () => {
    expect([keyOf(null, null), keyOf('', ' ', ''), keyOf(null, '\u200b', '@corp.example')]).toEqual([null, null, null]);
  });

  test.each(SPELLINGS('anna.berg', 'common'))('is the same for another spelling: %j', (name) => {
    expect(keyOf(null, name)).toBe(keyOf(null, 'anna.berg'));
  });

  test('is found again from what an earlier version wrote down', () => {
    expect(keyOfToday('name:anna.berg')).toBe(keyOf(null, 'anna.berg'));
    expect(keyOfToday('id:U-1')).toBe(keyOf('u-1', null));
    expect(keyOfToday('unknown')).toBe('unknown');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        const key = keyOf(null, name);
        if (key !== null) expect(keyOfToday(key)).toBe(key);
      }),
    );
  });

  test('is the very account where a count would make something easier', () => {
    expect(exactRequestorKey(by(null, 'anna.berg'))).toBe(exactRequestorKey(by(null, 'CORP\\Anna.Berg')));
    expect(exactRequestorKey(by(null, 'anna.berg'))).not.toBe(exactRequestorKey(by(null, 'аnna.berg')));
    expect(exactRequestorKey(by(null, null))).toBeNull();
  });

  test('of an id is never that of a name', () => {
    expect(keyOf('anna', null)).not.toBe(keyOf(null, 'anna'));
    expect(keyOf(null, 'id:anna')).not.toBe(keyOf('anna', null));
  });
});
