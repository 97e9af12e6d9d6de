import { ANOMALY_FLAG_NAMES } from '../request/assessment.ts';
import type { AccessModel } from './access_model.ts';
import { APPROVERS } from './access_shape.ts';

/** Attribute → the words that it can hold, such as `context.standing.classes` → the classes of access.yml. */
export type Vocabulary = ReadonlyMap<string, Words>;
type Words = { readonly kind: string; readonly words: readonly string[] };

/** What each set of words in a case is drawn from. Sets that are filled by the vault, such as tags, have no such list. */
export function vocabularyOf(model: AccessModel, textFlags: readonly string[] | undefined): Vocabulary {
  const approvers = { kind: 'the approvers', words: APPROVERS };
  const vocabulary = new Map<string, Words>([
    ['context.standing.classes', { kind: 'the classes of access.yml', words: [...model.classes.keys()] }],
    ['context.standing.neverAuto', { kind: 'the classes under never_auto', words: [...model.neverAuto] }],
    ['context.standing.conflicts', { kind: 'the pairs of access.yml', words: model.sodConflicts.map((p) => p.text) }],
    ['context.standing.approvalsRequired', approvers],
    ['context.standing.approvalsMissing', approvers],
    ['context.assessment.flags', { kind: 'the flags of the model', words: ANOMALY_FLAG_NAMES }],
    ['principal.roles', { kind: 'the roles of access.yml', words: [...model.roles.keys()] }],
  ]);
  if (textFlags !== undefined) {
    vocabulary.set('context.text.flags', { kind: 'the flags of the screen', words: textFlags });
  }
  return vocabulary;
}
