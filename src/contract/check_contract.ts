import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError, StorageError } from '../util/errors.ts';
import { PACKAGE_ROOT } from '../util/package_root.ts';
import { contractOfCode } from './from_code.ts';
import type { MoneySet } from './limits.ts';
import { Contract } from './shape.ts';

/** Beside package.json: the contract is about this code, whatever folder the program is started in. */
export const CONTRACT_FILE = join(PACKAGE_ROOT, 'agentaz.json');

/**
 * Holds the contract in `agentaz.json` against the code, at start. The specification enforces nothing; this does: an agent
 * that can do more, ask more often or hand over less than its contract says does not start.
 * @throws {ConfigError} with every difference
 */
export async function checkContract(file: string = CONTRACT_FILE, money: MoneySet = {}): Promise<void> {
  const source = await readFile(file, 'utf8').catch((error: unknown) => {
    throw refused([new StorageError('read the contract', file, error).message]);
  });
  const problems = contractProblems(source, money);
  if (problems.length > 0) throw refused(problems);
}

export function contractProblems(source: string, money: MoneySet = {}): string[] {
  let raw: unknown;
  try {
    raw = JSON.parse(source);
  } catch (error) {
    return [`is not JSON: ${(error as Error).message}`];
  }
  const read = Contract.safeParse(raw);
  const malformed = read.success
    ? []
    : read.error.issues.map(({ path, message }) => `\`${path.join('.')}\`: ${message}`);
  return malformed.length > 0 ? malformed : withSwitches(read.data, money);
}

/** The code's own keys are compared from its side; a tool with switches that only the file knows is found from the other. */
function withSwitches(contract: Contract | undefined, money: MoneySet): string[] {
  const code = contractOfCode(contract, money);
  const known = code.tool_boundary.auto_executable_only_with;
  const strange = Object.keys(contract?.tool_boundary.auto_executable_only_with ?? {}).filter(
    (name) => !Object.hasOwn(known, name),
  );
  return [
    ...differences(contract, code),
    ...strange.map((name) => `\`tool_boundary.auto_executable_only_with\` names \`${name}\`, which the code has not`),
  ];
}

const refused = (problems: readonly string[]): ConfigError =>
  new ConfigError(problems.map((message) => ({ setting: 'agentaz.json', message })));

/**
 * Where `file` says something else than `code`, one sentence each with the path of the key. Only what the code knows is
 * compared; lists are compared as sets, because their order says nothing.
 */
function differences(file: unknown, code: unknown, path = ''): string[] {
  if (Array.isArray(code)) return setDifferences(Array.isArray(file) ? file : [], code, path);
  if (typeof code === 'object' && code !== null) {
    const given = (file ?? {}) as Readonly<Record<string, unknown>>;
    return Object.entries(code).flatMap(([key, value]) =>
      differences(Object.hasOwn(given, key) ? given[key] : undefined, value, path === '' ? key : `${path}.${key}`),
    );
  }
  return file === code ? [] : [`\`${path}\` says ${shown(file)}, the code has ${shown(code)}`];
}

function setDifferences(file: readonly unknown[], code: readonly unknown[], path: string): string[] {
  const [said, known] = [file.map(shown), code.map(shown)];
  const lacking = known
    .filter((one) => !said.includes(one))
    .map((one) => `\`${path}\` lacks ${one}, which the code has`);
  const tooMuch = said
    .filter((one) => !known.includes(one))
    .map((one) => `\`${path}\` names ${one}, which the code has not`);
  return [...lacking, ...tooMuch];
}

const shown = (value: unknown): string => `\`${JSON.stringify(value) ?? 'nothing'}\``;
