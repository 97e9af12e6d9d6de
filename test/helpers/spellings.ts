/** Other spellings of an account, as directories, sign-ins and people with bad intentions write it. */
import fc from 'fast-check';

type Spell = (account: string) => string;

/** Around the account: these can be put around each other. */
const AROUND = {
  'an older domain': (account) => `CORP\\${account}`,
  'a domain with a slash': (account) => `corp/${account}`,
  'a domain with a set minus': (account) => `CORP\u2216${account}`,
  'a domain with a fraction slash': (account) => `corp\u2044${account}`,
  'a domain with a tilde': (account) => `corp~${account}`,
  'a principal name': (account) => `${account}@corp.example`,
  blanks: (account) => `  ${account}\u00a0`,
  'a dot behind': (account) => `${account}.`,
  quotes: (account) => `"${account}"`,
  'typographic quotes': (account) => `“${account}”`,
  'a domain in brackets': (account) => `${account} (CORP)`,
} as const satisfies Record<string, Spell>;

/** Of the letters and signs. */
const LETTERS = {
  'another case': (account) => account.toUpperCase(),
  'a non-breaking hyphen': (account) => account.replace(/[-._]/g, '\u2011'),
  'a long dash': (account) => account.replace(/[-._]/g, '—'),
  'a minus sign': (account) => account.replace(/[-._]/g, '−'),
  'no dash': (account) => account.replace(/[-._]/g, ''),
  'blanks for dashes': (account) => account.replace(/[-._]/g, ' '),
  'full-width letters': (account) =>
    account.replace(/[!-~]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0)),
  'zero-width characters': (account) => Array.from(account).join('\u200b'),
  'a soft hyphen': (account) => `${account.slice(0, 2)}\u00ad${account.slice(2)}`,
  'a direction mark': (account) => `\u202e${account}\u202c`,
  'Cyrillic letters': (account) => account.replace(/[aceopsxyi]/g, (letter) => CYRILLIC[letter] ?? letter),
  'a Greek letter': (account) => account.replace(/o/g, 'ο').replace(/v/g, 'ν'),
  'mathematical letters': (account) =>
    account.replace(/[a-z]/g, (letter) => String.fromCodePoint(0x1d5ba + letter.charCodeAt(0) - 97)),
  'an accent': (account) => account.replace(/[aeiou]/, (letter) => `${letter}\u0301`),
  'digits for letters': (account) => account.replace(/[il]/g, '1').replace(/o/g, '0'),
  'a capital I for an l': (account) => account.replace(/l/g, 'I'),
} as const satisfies Record<string, Spell>;

const CYRILLIC: Readonly<Record<string, string>> = {
  ...{ a: 'а', c: 'с', e: 'е', o: 'о', p: 'р', s: 'ѕ', x: 'х', y: 'у', i: 'і' },
};

/** Whole forms of their own. */
const FORMS = {
  'a distinguished name': (account) => `uid=${account},ou=agents,dc=corp,dc=example`,
  'a common name': (account) => `CN=${account},OU=Service Accounts,DC=corp`,
  'its number': (account) => `2.5.4.3=${account}, o=corp`,
  'the older way round': (account) => `/C=DE/O=corp/CN=${account}`,
  'an address of a directory': (account) => `ldap://dir.example/uid=${account},ou=agents`,
  'a guest': (account) => `${account}_corp.example#EXT#@tenant.onmicrosoft.com`,
  'a path in a directory': (account) => `corp.example/Service Accounts/${account}`,
} as const satisfies Record<string, Spell>;

/** Forms in which the account is only one of several things. */
const LOOSE = {
  'a claim': (account) => `i:0#.w|corp\\${account}`,
  'an escaped distinguished name': (account) => `cn=${hex(account, '\\')},ou=agents`,
  'an encoded name': (account) => hex(account, '%'),
  'an account behind a name': (account) => `The robot (${account})`,
  'a mail address behind a name': (account) => `The robot <${account}@corp.example>`,
  'a ticket of Kerberos': (account) => `${account}/host@CORP.EXAMPLE`,
  'a literal of a program': (account) => hex(account, '\\x'),
  'a mention': (account) => `@${account}`,
  'a machine account': (account) => `${account}$`,
  'the context of a directory': (account) => `.${account.replaceAll('.', '-')}.agents.corp`,
} as const satisfies Record<string, Spell>;

const hex = (account: string, sign: string): string =>
  account.replace(/[^a-z0-9]/gi, (letter) => `${sign}${letter.charCodeAt(0).toString(16).padStart(2, '0')}`);

/** `common`: those that leave no doubt which part is the account. */
export const SPELLINGS = (account: string, which: 'all' | 'common' = 'all'): string[] => [
  ...new Set(
    Object.values<Spell>({ ...AROUND, ...LETTERS, ...FORMS, ...(which === 'all' ? LOOSE : {}) })
      .map((spell) => spell(account))
      .filter((spelling) => spelling.trim().toLowerCase() !== account),
  ),
];

/** A change of letters in a whole form, with things around it. */
export const anySpelling: fc.Arbitrary<Spell> = fc
  .tuple(
    fc.subarray(Object.values<Spell>(LETTERS), { maxLength: 2 }),
    fc.option(fc.constantFrom(...Object.values<Spell>(FORMS)), { nil: null }),
    fc.subarray(Object.values<Spell>(AROUND), { maxLength: 2 }),
  )
  .map(([letters, form, around]) => (account) => {
    const spelled = letters.reduce((so, spell) => spell(so), account);
    return form === null ? around.reduce((so, spell) => spell(so), spelled) : form(spelled);
  });

/** People whose names are like the account, and who are somebody else. */
export const STRANGERS = (account: string): string[] => [
  `${account}-admin`,
  `${account}2`,
  `x${account}`,
  account.slice(1),
  account.slice(0, -1),
  `CORP\\${account}-test`,
  `${account}.owner@corp.example`,
  `somebody@${account}`,
  `cn=somebody,ou=${account},dc=corp`,
  `Friends of ${account}`,
  'jörg.müller',
  'Наталья Иванова',
  '王小明',
];
