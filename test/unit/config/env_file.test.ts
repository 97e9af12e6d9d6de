import { parse } from 'dotenv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readEnvFile } from '../../../src/config/env_file.ts';

const read = (text: string | Buffer) => {
  const { values, problems, remarks } = readEnvFile(Buffer.from(text), '.env');
  const told = (list: typeof problems) => list.map(({ setting, message }) => `${setting}: ${message}`);
  return { values, problems: told(problems), remarks: told(remarks) };
};

describe('what dotenv would lose stops the start, with its line', () => {
  test.each([
    ['a `#` in a value', 'A=1\nC=abc#def', 'C', 2],
    ['a `#` in an exported value', 'export C=abc#def', 'C', 1],
    ['a `#` in a value written with a colon', 'C: abc#def', 'C', 1],
    ['a `#` at the end of a value', 'C=abc#', 'C', 1],
    ['a `#` behind a quoted part', 'C="abc"def#ghi', 'C', 1],
    ['a `#` in an address', 'VAULT_URL=https://vault.example.com/#/acme', 'VAULT_URL', 1],
    ['a `#` after a line break of Windows', 'A=1\r\nC=abc#def\r\n', 'C', 2],
    ['a `#` after the line break of an old Mac', 'A=1\rC=abc#def\r', 'C', 2],
    ['a `#` on the first line, behind a byte order mark', '\ufeffC=abc#def', 'C', 1],
    ['a `#` behind a quoted value of several lines', 'A="x\ny\nz"\nC=abc#def', 'C', 4],
  ])('%s', (_what, text, name, line) => {
    const { problems } = read(text);
    expect(problems).toEqual([
      expect.stringMatching(new RegExp(`^${name}: line ${line} of \`.env\`: a \`#\` ends the value`)),
    ]);
    expect(problems.join()).not.toMatch(/abc|def|acme/);
  });

  test('an open quote that takes settings along', () => {
    const { values, problems } = read('A="abc\nVAULT_URL=https://vault.example.com\nC=d"\n');
    expect(Object.keys(values)).toEqual(['A']);
    expect(problems).toEqual([expect.stringMatching(/^A: line 1 of `.env`: its quote ends on line 3 only, and takes/)]);
  });

  test.each([
    ['a name without a value', 'AUTONOMOUS_MODE'],
    ['a blank in place of `=`', 'AUTONOMOUS_MODE true'],
    ['a colon without a blank', 'AUTONOMOUS_MODE:true'],
    ['an export without `=`', 'export AUTONOMOUS_MODE'],
    ['the way of Windows', 'set AUTONOMOUS_MODE=true'],
    ['the way of PowerShell', '$env:AUTONOMOUS_MODE="true"'],
    ['a list of YAML', '- AUTONOMOUS_MODE=true'],
    ['a name in quotes', '"AUTONOMOUS_MODE"=true'],
    ['a halt', 'HALT true'],
  ])('a line that names a setting and sets nothing: %s', (_what, text) => {
    const { values, problems } = read(`A=1\n${text}\n`);
    expect(values).toEqual({ A: '1' });
    expect(problems).toEqual([expect.stringMatching(/^(AUTONOMOUS_MODE|HALT): line 2 of `.env`: it sets nothing/)]);
  });

  test.each([
    ['little-endian UTF-16, as PowerShell writes it', Buffer.from('\ufeffA=1\r\n', 'utf16le')],
    ['big-endian UTF-16', Buffer.from('\ufeffA=1\r\n', 'utf16le').swap16()],
    ['UTF-16 without a mark', Buffer.from('VAULT_URL=x\r\n', 'utf16le')],
  ])('%s', (_what, bytes) => {
    expect(read(bytes)).toEqual({
      values: {},
      problems: [expect.stringMatching(/^settings file: `.env` is UTF-16.*Save it as UTF-8$/)],
      remarks: [],
    });
  });
});

describe('what may be meant is only named', () => {
  test.each([
    [
      'a name twice with different values',
      'A=1\n\nA=2',
      'A: line 3 of `.env`: it sets this again, so that line 1 counts for nothing',
    ],
    ['a quote that nothing closes', 'A=1\nC="abc', 'C: line 2 of `.env`: its first quote does not close'],
    ['prose', 'these are ours\nA=1', 'settings file: line 1 of `.env`: it is neither a comment nor'],
    ['a value that is a comment as a whole', 'A=#b', 'A: line 1 of `.env`: a `#` directly behind `=` makes'],
    ['an escape in double quotes', 'A="C:\\new"', 'A: line 1 of `.env`: `\\n` and `\\r` in double quotes'],
    [
      'bytes that are no UTF-8',
      Buffer.from([0x41, 0x3d, 0xfc, 0x0a]),
      'A: line 1 of `.env`: the value holds bytes that are no UTF-8',
    ],
  ])('%s', (_what, text, remark) => {
    const { problems, remarks } = read(text);
    expect(problems).toEqual([]);
    expect(remarks).toEqual([expect.stringContaining(remark)]);
  });
});

describe('what loses nothing is read without a word', () => {
  test.each([
    ['comments, empty lines and blanks', '# a\n\n  \n A = 1 \n\t# b\n', { A: '1' }],
    ['a comment behind a blank', 'A=abc #def', { A: 'abc' }],
    ['a comment in place of a value', 'A= # fill in', { A: '' }],
    ['a comment directly behind `=`', 'A=# fill in', { A: '' }],
    ['a `#` in quotes of each kind', 'A="a#b"\nB=\'a#b\'\nC=`a#b`', { A: 'a#b', B: 'a#b', C: 'a#b' }],
    ['a comment directly behind a quoted value', 'A="a"#b', { A: 'a' }],
    ['an apostrophe inside', "A=O'Brien", { A: "O'Brien" }],
    ['exports', 'export A=1\nexport   B=2', { A: '1', B: '2' }],
    ['Windows line breaks and a byte order mark', '\ufeffA=1\r\nB=2\r\n', { A: '1', B: '2' }],
    [
      'a value of several lines',
      'A="-----BEGIN\nMIIB4Q==\n-----END"\nB=1',
      { A: '-----BEGIN\nMIIB4Q==\n-----END', B: '1' },
    ],
    ['the same value twice', 'A=1\nA=1', { A: '1' }],
    ['an escaped quote', 'A="a\\"b"', { A: 'a\\"b' }],
    ['no line at all', '', {}],
  ])('%s', (_what, text, values) => {
    expect(read(text)).toEqual({ values, problems: [], remarks: [] });
  });

  test('whatever the file says, the values are those of dotenv, and a file of which it loses a `#` is refused', () => {
    const piece = fc.constantFrom(
      'A',
      'B=',
      '=',
      '#',
      ' ',
      '"',
      "'",
      '`',
      '\n',
      '\r\n',
      'x',
      '\\',
      ':',
      'export ',
      'C_D',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 24 }), (pieces) => {
        const text = pieces.join('');
        expect(read(text).values).toEqual(parse(text));
      }),
    );
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9]{1,8}$/), fc.stringMatching(/^[a-z0-9 #]{0,8}$/), (before, after) => {
        expect(read(`A=1\nC=${before}#${after}\nD=2`).problems).toHaveLength(1);
        expect(read(`C="${before}#${after}"`)).toMatchObject({ values: { C: `${before}#${after}` }, problems: [] });
      }),
    );
  });
});
