import type { AttributesOrContext } from '@cedar-policy/cedar-wasm/nodejs';
import { ACTION_NAMES, type Action } from '../domain/action.ts';
import type { CedarCase } from './cedar_case.ts';
import type { Cedar } from './cedar_source.ts';

type Kind = keyof typeof KINDS;
type Types = ReadonlyMap<string, { readonly kind: Kind | null; readonly required: boolean }>;
/** What a schema declares for one action, attribute by attribute. */
export type Declared = Readonly<Record<'principal' | 'resource' | 'context', Types>>;

/** Without the actions for which the schema says it in another way than with one record each. */
export function declaredTypes(cedar: Cedar, schema: string): ReadonlyMap<Action, Declared> {
  const answer = cedar.schemaToJsonWithResolvedTypes(schema);
  const { entityTypes, actions } = (answer.type === 'success' && answer.json['']) || {};
  const shapeOf = (name: string) => {
    const entity = entityTypes?.[name];
    return entity !== undefined && 'shape' in entity ? typesOf(entity.shape) : null;
  };
  const [principal, resource] = [shapeOf('Requestor'), shapeOf('Request')];
  const declared = new Map<Action, Declared>();
  for (const action of ACTION_NAMES) {
    const context = typesOf(actions?.[action]?.appliesTo?.context);
    if (principal && resource && context) declared.set(action, { principal, resource, context });
  }
  return declared;
}

/** Whether a case has what is declared and nothing else: all of Cedar's answer that is not up to the policies. */
export const fits = ({ principal, resource, context }: CedarCase, declared: Declared): boolean =>
  has(principal.attrs, declared.principal) && has(resource.attrs, declared.resource) && has(context, declared.context);

function has(values: Readonly<Record<string, unknown>>, types: Types): boolean {
  for (const [name, { kind, required }] of types) {
    if (Object.hasOwn(values, name) ? kind === null || !KINDS[kind](values[name]) : required) return false;
  }
  return Object.keys(values).every((name) => types.has(name));
}

const isText = (value: unknown): boolean => typeof value === 'string';
const KINDS = {
  Bool: (value: unknown) => typeof value === 'boolean',
  Long: (value: unknown) => Number.isSafeInteger(value),
  String: isText,
  Set: (value: unknown) => Array.isArray(value) && value.every(isText),
} as const;

function typesOf(shape: AttributesOrContext<string> | undefined): Types | null {
  if (shape === undefined || !('attributes' in shape) || shape.additionalAttributes === true) return null;
  return new Map(
    Object.entries(shape.attributes).map(([name, about]) => [
      name,
      { kind: kindOf(about), required: about.required !== false },
    ]),
  );
}

/** Null for what a case never holds: records, entities, numbers with a fraction, lists of anything but texts. */
function kindOf(about: AttributesOrContext<string>): Kind | null {
  if (about.type === 'Set') return 'element' in about && about.element.type === 'String' ? 'Set' : null;
  return about.type === 'Bool' || about.type === 'Long' || about.type === 'String' ? about.type : null;
}
