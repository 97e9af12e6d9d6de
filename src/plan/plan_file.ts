import { stat } from 'node:fs/promises';
import { readIfThere } from '../store/files.ts';
import { replaceFile } from '../store/replace_file.ts';
import { jsonText } from '../text/json.ts';
import { describeError } from '../util/errors.ts';
import { PLAN_VERSION, Plan, PlanOf01, upgradedPlan } from './plan.ts';
import { PlanError } from './plan_error.ts';

/** Writes the plan, whole or not at all; only our own user can read it. @throws {StorageError} */
export const writePlan = (file: string, plan: Plan): Promise<void> => replaceFile(file, jsonText(plan));

/** @throws {PlanError} when there is no plan in the file */
export async function readPlan(file: string): Promise<Plan> {
  const document = jsonOf(file, await textOf(file));
  const version = (document as { schema_version?: unknown } | null)?.schema_version;
  const plan = version === 1 ? PlanOf01.transform(upgradedPlan).safeParse(document) : Plan.safeParse(document);
  if (plan.success) return plan.data;
  if (typeof version === 'number' && version !== PLAN_VERSION && version !== 1) {
    throw new PlanError(
      'file',
      `\`${file}\` is a plan of version ${version}; this program writes version ${PLAN_VERSION}`,
    );
  }
  const [issue] = plan.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? '' : ` at \`${issue.path.join('.')}\``;
  throw new PlanError('file', `\`${file}\` holds no plan: it does not fit${where}`);
}

/**
 * Looks whether a plan may be written there, before a whole run is spent on it: over an older plan, yes; over anything
 * else that stands there, no.
 * @throws {PlanError}
 */
export async function refuseForeignFile(file: string): Promise<void> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => error);
  if (found instanceof Error) {
    if (found.code === 'ENOENT') return;
    throw new PlanError('file', `the plan cannot be written to \`${file}\`: ${found.code}`);
  }
  const taken = new PlanError('file', `\`${file}\` is there already and is no plan: name another file with --out`);
  if (!found.isFile()) throw taken;
  // An empty one, as `mktemp` makes it, is there to be filled.
  if (found.size === 0) return;
  await readPlan(file).catch(() => {
    throw taken;
  });
}

async function textOf(file: string): Promise<string> {
  let text: string | null;
  try {
    text = await readIfThere(file);
  } catch (error) {
    throw new PlanError('file', describeError(error));
  }
  if (text === null) throw new PlanError('file', `\`${file}\` does not exist`);
  return text;
}

function jsonOf(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new PlanError('file', `\`${file}\` holds no plan: it is not JSON`);
  }
}
