/** What a command is given, for everything that can be typed: the rows of its object decide. */
import { Command as Commander, InvalidArgumentError } from 'commander';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { command, type Given, usageOf } from '../../../src/commands/command.ts';
import { addCommand, addHelp } from '../../../src/commands/command_line.ts';
import { COMMAND_GROUPS, COMMANDS } from '../../../src/commands/table.ts';

const halved = (text: string): number => {
  if (/^[0-9]+$/.test(text)) return Number(text) / 2;
  throw new InvalidArgumentError('It must be a number.');
};
/** One row of each kind. */
const sample = command({
  name: 'ledger try',
  olderName: 'try',
  about: 'tries `everything`',
  arguments: {
    first: { shown: '<first-id>', about: 'has to be there' },
    others: { shown: '[others...]', about: 'any number' },
  },
  options: {
    by: { flags: '--done-by <name>', about: 'who', required: true },
    dry: { flags: '--dry', about: 'a switch' },
    out: { flags: '--out <file>', about: 'a text' },
    range: { flags: '--range <length>', about: 'with a default', default: '60d' },
    format: { flags: '--format <format>', about: 'one of', choices: ['csv', 'json'], default: 'csv' },
    level: { flags: '--level <level>', about: 'one of, or none', choices: ['low', 'high'] },
    kinds: { flags: '--kind <kinds...>', about: 'several' },
    half: { flags: '--half <number>', about: 'read by a parser', default: '8', parser: halved },
    count: { flags: '--count <number>', about: 'read by a parser, or not given', parser: halved },
  },
  run: async (_context, given) => {
    expectTypeOf(given.first).toEqualTypeOf<string>();
    expectTypeOf(given.others).toEqualTypeOf<readonly string[]>();
    expectTypeOf(given.by).toEqualTypeOf<string>();
    expectTypeOf(given.dry).toEqualTypeOf<boolean>();
    expectTypeOf(given.out).toEqualTypeOf<string | null>();
    expectTypeOf(given.range).toEqualTypeOf<string>();
    expectTypeOf(given.format).toEqualTypeOf<'csv' | 'json'>();
    expectTypeOf(given.level).toEqualTypeOf<'low' | 'high' | null>();
    expectTypeOf(given.kinds).toEqualTypeOf<readonly string[]>();
    expectTypeOf(given.half).toEqualTypeOf<number>();
    expectTypeOf(given.count).toEqualTypeOf<number | null>();
    return 0;
  },
});

/** What the sample is given; the message when it is refused. */
async function given(...words: string[]): Promise<unknown> {
  let last: unknown = 'not run';
  let told = '';
  const program = new Commander('portcullis').configureOutput({ writeErr: (text) => (told += text) }).exitOverride();
  addCommand(program, sample, async (values) => {
    last = values;
  });
  addHelp(program);
  await program.parseAsync(words, { from: 'user' }).catch(() => {
    last = told;
  });
  return last;
}

const LEFT_OUT = {
  ...{ first: 'a', others: [], by: 'lead', dry: false, out: null, range: '60d', format: 'csv', level: null },
  ...{ kinds: [], half: 4, count: null },
};

describe('A command is given', () => {
  test('what stands for an option that was left out: a default as it would be read, else null, false or an empty list', async () => {
    expect(await given('ledger', 'try', 'a', '--done-by', 'lead')).toEqual(LEFT_OUT);
  });

  test('everything that was typed, by the keys of its rows, under the older name too', async () => {
    const typed = [
      ...['a', 'b', 'c', '--done-by=lead', '--dry', '--out', 'x y', '--range', '8w', '--format', 'json'],
      ...['--level', 'high', '--half', '3', '--count', '10', '--kind', 'one', 'two'],
    ];
    const all = {
      ...{ first: 'a', others: ['b', 'c'], by: 'lead', dry: true, out: 'x y', range: '8w', format: 'json' },
      ...{ level: 'high', kinds: ['one', 'two'], half: 1.5, count: 5 },
    };
    expect(await given('ledger', 'try', ...typed)).toEqual(all);
    expect(await given('try', ...typed)).toEqual(all);
  });

  test.each([
    ['nothing for a required argument', ['--done-by', 'lead'], /missing required argument 'first-id'/],
    ['nothing for a required option', ['a'], /required option '--done-by <name>' not specified/],
    [
      'none of the choices',
      ['a', '--done-by', 'x', '--level', 'odd'],
      /'odd' is invalid\. Allowed choices are low, high/,
    ],
    ['what the parser refuses', ['a', '--done-by', 'x', '--half', 'odd'], /'odd' is invalid\. It must be a number\./],
    [
      'an option of no row',
      ['a', '--done-by', 'x', '--outt', 'f'],
      /unknown option '--outt'\n\(Did you mean --out\?\)/,
    ],
  ])('nothing at all when it is %s', async (_what, words, message) => {
    const told = await given('ledger', 'try', ...words);
    expect(told).toMatch(message);
    expect(told).toMatch(/\(portcullis ledger try --help lists what it takes\)\n$/);
  });
});

test('The usage of a command is made from its rows: what has to be typed first, what may be in brackets', () => {
  expect(usageOf(sample)).toBe(
    'ledger try <first-id> --done-by <name> [--dry] [--out <file>] [--range <length>] [--format csv|json] [--level low|high] [--kind <kinds...>] [--half <number>] [--count <number>] [others...]',
  );
});

describe('The table of commands', () => {
  test('names every command once, older names included, and no more than two words deep', () => {
    const names = COMMANDS.flatMap(({ name, olderName }) => (olderName === undefined ? [name] : [name, olderName]));
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z]+( [a-z]+)?$/);
    const groups = names.flatMap((name) => (name.includes(' ') ? [name.split(' ')[0]] : []));
    expect([...new Set(groups)].toSorted()).toEqual(Object.keys(COMMAND_GROUPS).toSorted());
  });

  test('lets no argument and option of a command share a key, and every option has a flag of its own', () => {
    for (const { name, options, arguments: operands = {} } of COMMANDS) {
      const keys = [...Object.keys(operands), ...Object.keys(options)];
      expect(new Set(keys).size, name).toBe(keys.length);
      const flags = Object.values(options).map((row) => row.flags.split(' ')[0]);
      expect(new Set(flags).size, name).toBe(flags.length);
    }
  });
});

test('A wrong key, or a value that the rows do not allow, is refused by the compiler', () => {
  type Taken = Given<Record<never, never>, { readonly out: { readonly flags: '--out <file>'; readonly about: '' } }>;
  expectTypeOf<{ out: null }>().toExtend<Taken>();
  expectTypeOf<{ out: true }>().not.toExtend<Taken>();
  expectTypeOf<{ file: null }>().not.toExtend<Taken>();
});
