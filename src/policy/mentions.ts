import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { Action } from '../domain/action.ts';

type Entity = 'principal' | 'resource';

/** What the answer to one action can depend on: attributes by whose they are, and of whom the id matters as well. */
export type Mentions = Readonly<Record<Entity | 'context', ReadonlySet<string>>> & {
  readonly ids: ReadonlySet<Entity>;
};

/**
 * What policies look at when they are asked about an action, by Cedar's own tree of them.
 * INVARIANT: null as soon as any of them does what is not understood here: compares the whole context, follows an attribute
 * to another entity, uses a template's slot or an operator that is not in the table. Nobody may then take one case for another.
 */
export function mentionsOf(policies: readonly PolicyJson[], action: Action): Mentions | null {
  const found: Found = { principal: new Set(), resource: new Set(), context: new Set(), ids: new Set() };
  const understood = policies
    .filter((policy) => !isForAnother(policy.action, action))
    .every(
      ({ principal, resource, conditions }) =>
        inScope(principal, 'principal', found) &&
        inScope(resource, 'resource', found) &&
        conditions.every(({ body }) => inExpression(body, found)),
    );
  return understood ? found : null;
}

type Found = Record<Entity | 'context', Set<string>> & { readonly ids: Set<Entity> };

/** Only the plainest scope tells one action from another: the schema may put actions into groups. */
function isForAnother(scope: PolicyJson['action'], action: Action): boolean {
  if (scope.op !== '==' || !('entity' in scope)) return false;
  const { type, id } = '__entity' in scope.entity ? scope.entity.__entity : scope.entity;
  return type !== 'Action' || id !== action;
}

function inScope(scope: PolicyJson['principal'], of: Entity, found: Found): boolean {
  // Each is always of the same type.
  if (scope.op === 'All' || (scope.op === 'is' && scope.in === undefined)) return true;
  found.ids.add(of);
  return scope.op === 'is' || ('entity' in scope && (scope.op === '==' || scope.op === 'in'));
}

/** Operator → the fields that are expressions again. The answer of any of these depends on nothing else. */
const OPERANDS: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ...['==', '!=', '<', '<=', '>', '>=', '&&', '||', '+', '-', '*', 'in', 'contains', 'containsAll', 'containsAny'].map(
    (name) => [name, ['left', 'right']] as const,
  ),
  ...['!', 'neg', 'isEmpty'].map((name) => [name, ['arg']] as const),
  ['like', ['left']],
  ['is', ['left', 'in']],
  ['if-then-else', ['if', 'then', 'else']],
]);
/** Fields that are none: the pattern of `like`, the type of `is`. */
const CONSTANT = ['pattern', 'entity_type'];

/** Notes what an expression reads; false when it cannot be told. */
function inExpression(expression: unknown, found: Found): boolean {
  const { name, held } = onlyOne(expression);
  if (name === 'Value') return true;
  if (name === 'Var') return inVariable(held, found);
  if (name === '.' || name === 'has') return inAttribute(held, found);
  if (name === 'Set' || name === 'Record') return fieldsOf(held).every(([, part]) => inExpression(part, found));
  const operands = OPERANDS.get(name);
  if (operands === undefined) return false;
  return fieldsOf(held).every(
    ([field, part]) => CONSTANT.includes(field) || (operands.includes(field) && inExpression(part, found)),
  );
}

/** By itself an entity is its id; its attributes take no part. */
function inVariable(name: unknown, found: Found): boolean {
  if (name === 'action') return true;
  if (name !== 'principal' && name !== 'resource') return false;
  found.ids.add(name);
  return true;
}

/** `context.risk`, `context has risk`; what stands inside an attribute (`context.risk.a`) is part of its value. */
function inAttribute(access: unknown, found: Found): boolean {
  const { left, attr } = Object.fromEntries(fieldsOf(access));
  const { name: kind, held: owner } = onlyOne(left);
  if (kind === '.') return inAttribute(owner, found);
  const name: unknown = Array.isArray(attr) ? attr[0] : attr;
  if (kind !== 'Var' || typeof name !== 'string') return false;
  if (owner !== 'principal' && owner !== 'resource' && owner !== 'context') return false;
  found[owner].add(name);
  return true;
}

const fieldsOf = (node: unknown): [string, unknown][] =>
  typeof node === 'object' && node !== null ? Object.entries(node) : [];

/** A node of the tree is a record with one name, that of what it is. */
function onlyOne(node: unknown): { readonly name: string; readonly held: unknown } {
  const [first, ...more] = fieldsOf(node);
  return first === undefined || more.length > 0 ? { name: '', held: null } : { name: first[0], held: first[1] };
}
