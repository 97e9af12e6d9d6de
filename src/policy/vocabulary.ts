import { ANOMALY_FLAG_NAMES } from '../domain/assessment.ts';
import type { AccessModel } from './access_model.ts';
import { APPROVERS } from './access_shape.ts';

/** Attribute → the words that it can hold, such as `context.classes` → the classes of access.yml. */
export type Vocabulary = ReadonlyMap<string, Words>;
type Words = { readonly kind: string; readonly words: readonly string[] };

/** What each set of words in a case is drawn from. Sets that are filled by the vault, such as tags, have no such list. */
export function vocabularyOf(model: AccessModel, textFlags: readonly string[] | undefined): Vocabulary {
  const vocabulary = new Map<string, Words>([
    ['context.classes', { kind: 'the classes of access.yml', words: [...model.classes.keys()] }],
    ['context.neverAuto', { kind: 'the classes under never_auto', words: [...model.neverAuto] }],
    ['context.conflicts', { kind: 'the pairs of access.yml', words: model.sodConflicts.map((p) => p.text) }],
    ['context.approvalsMissing', { kind: 'the approvers', words: APPROVERS }],
    ['context.modelFlags', { kind: 'the flags of the model', words: ANOMALY_FLAG_NAMES }],
    ['principal.roles', { kind: 'the roles of access.yml', words: [...model.roles.keys()] }],
  ]);
  if (textFlags !== undefined) {
    vocabulary.set('context.textFlags', { kind: 'the flags of the screen', words: textFlags });
  }
  return vocabulary;
}
