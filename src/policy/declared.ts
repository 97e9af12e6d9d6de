import { ADDED_SINCE_01, type CedarCase } from './cedar_case.ts';
import type { Cedar } from './cedar_source.ts';

/** Names of attributes by whose they are. */
export type Attributes = Readonly<Record<keyof typeof ADDED_SINCE_01, readonly string[]>>;

/**
 * Those of the attributes added since 0.1 that a schema does not declare. Cedar refuses a case with an attribute that its
 * schema does not know, and a folder of 0.1 would be refused as a whole.
 */
export function undeclared(cedar: Cedar, schema: string, added: Attributes = ADDED_SINCE_01): Attributes {
  const answer = cedar.schemaToJson(schema);
  // Unreachable after the checks of loading; nothing is left out, so that Cedar says what it misses.
  if (answer.type === 'failure') return { principal: [], resource: [], context: [] };
  const space = at(answer.json, '');
  const declared = {
    principal: namesOf(at(at(at(space, 'entityTypes'), 'Requestor'), 'shape')),
    resource: namesOf(at(at(at(space, 'entityTypes'), 'Request'), 'shape')),
    // The actions share one context in the shipped schema; an attribute counts as declared when any of them has it.
    context: new Set(
      Object.values(at(space, 'actions') ?? {}).flatMap((action: unknown) => [
        ...namesOf(at(at(action, 'appliesTo'), 'context')),
      ]),
    ),
  };
  const missing = (of: keyof Attributes) => added[of].filter((name) => !declared[of].has(name));
  return { principal: missing('principal'), resource: missing('resource'), context: missing('context') };
}

/** The same case without them. */
export function leavingOut({ principal, resource, context }: Attributes, made: CedarCase): CedarCase {
  if (principal.length + resource.length + context.length === 0) return made;
  const without = <T extends object>(values: T, names: readonly string[]): T => {
    const kept = { ...values };
    for (const name of names) Reflect.deleteProperty(kept, name);
    return kept;
  };
  return {
    principal: { ...made.principal, attrs: without(made.principal.attrs, principal) },
    resource: { ...made.resource, attrs: without(made.resource.attrs, resource) },
    context: without(made.context, context),
  };
}

const at = (value: unknown, key: string): object | undefined => {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  const found: unknown = Reflect.get(value, key);
  return typeof found === 'object' && found !== null ? found : undefined;
};

const namesOf = (record: object | undefined): Set<string> => new Set(Object.keys(at(record, 'attributes') ?? {}));
