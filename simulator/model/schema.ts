/** Structured output from the server's side: what a strict schema must look like, and what of a rating it lets through. */

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Follows `#/$defs/name` references; anything else is the schema itself. */
function resolve(schema: unknown, root: Json): Json | undefined {
  if (!isObject(schema)) return undefined;
  const reference = schema.$ref;
  if (typeof reference !== 'string') return schema;
  const target = reference
    .replace(/^#\/?/, '')
    .split('/')
    .filter(Boolean)
    .reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), root);
  return isObject(target) ? target : undefined;
}

/** OpenAI's own rule for strict schemas; the sentence it refuses with, or undefined when the schema is fine. */
export function strictSchemaProblem(root: Json, at: unknown = root, where = '()'): string | undefined {
  const schema = resolve(at, root);
  if (!schema) return `In context=${where}, schema is not an object or its reference leads nowhere.`;
  if (where === '()' && schema.type !== 'object') return `schema must be of type "object", got "${schema.type}".`;
  if (isObject(schema.items)) return strictSchemaProblem(root, schema.items, `${where} items`);
  if (schema.type !== 'object') return undefined;
  const properties = isObject(schema.properties) ? schema.properties : {};
  if (schema.additionalProperties !== false) {
    return `In context=${where}, 'additionalProperties' is required to be supplied and to be false.`;
  }
  const required = Array.isArray(schema.required) ? schema.required : [];
  const missing = Object.keys(properties).find((key) => !required.includes(key));
  if (missing !== undefined) return `In context=${where}, 'required' must include every key. Missing '${missing}'.`;
  for (const [key, property] of Object.entries(properties)) {
    const problem = strictSchemaProblem(root, property, `${where} properties.${key}`);
    if (problem) return problem;
  }
  return undefined;
}

/** The properties that a schema names for each slot; undefined when it names none. */
function itemProperties(root: Json): readonly string[] | undefined {
  const [item] = isObject(root.properties) ? Object.values(root.properties) : [];
  const properties = resolve(item, root)?.properties;
  return isObject(properties) ? Object.keys(properties) : undefined;
}

/** Puts a value's keys into the schema's order; keys which the schema does not know follow behind. */
function inSchemaOrder(value: unknown, root: Json, at: unknown = root): unknown {
  const schema = resolve(at, root);
  if (!isObject(value) || !isObject(schema?.properties)) return value;
  const properties = schema.properties;
  const known = Object.keys(properties).filter((key) => key in value);
  const others = Object.keys(value).filter((key) => !(key in properties));
  return Object.fromEntries(
    [...known, ...others].map((key) => [key, inSchemaOrder(value[key], root, properties[key])]),
  );
}

/** What the contract knows of; anything else in a rating is a misbehaviour that somebody wanted to see. */
const OPTIONAL = ['summary', 'comment'] as const;

/**
 * The ratings with the texts that were asked for: by the schema, or by the sentence that stands at the end of the system message
 * in its place and names the properties in quotation marks. Where neither says anything, all of them.
 */
export function answered(
  ratings: Readonly<Record<string, unknown>>,
  schema: Readonly<Record<string, unknown>> | undefined,
  system: string,
): unknown {
  const wanted = schema === undefined ? namedIn(system) : itemProperties(schema);
  const unwanted = wanted === undefined ? [] : OPTIONAL.filter((name) => !wanted.includes(name));
  const all = Object.fromEntries(Object.entries(ratings).map(([slot, one]) => [slot, without(one, unwanted)]));
  return schema === undefined ? all : inSchemaOrder(all, schema);
}

function namedIn(system: string): readonly string[] | undefined {
  const at = system.lastIndexOf('exactly the properties ');
  return at === -1 ? undefined : OPTIONAL.filter((name) => system.includes(`"${name}" (`, at));
}

const without = (rating: unknown, names: readonly string[]): unknown =>
  typeof rating !== 'object' || rating === null
    ? rating
    : Object.fromEntries(Object.entries(rating).filter(([name]) => !names.includes(name)));
