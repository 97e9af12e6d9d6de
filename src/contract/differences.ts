/**
 * Where `file` says something else than `code`, one sentence each with the path of the key. Only what the code knows is
 * compared; lists are compared as sets, because their order says nothing.
 */
export function differences(file: unknown, code: unknown, path = ''): string[] {
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
