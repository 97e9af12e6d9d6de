/** The order of the test files: long ones first, so that no worker is left alone with one of them in the end. */
import { stat } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * About how many seconds the longest files take. A fresh checkout has no other figures, because `npm ci` throws away those
 * of the last run.
 */
export const SECONDS: Readonly<Record<string, number>> = {
  'test/e2e/acceptance/independent.test.ts': 60,
  'test/e2e/plan.test.ts': 40,
  'test/e2e/processes.test.ts': 40,
  'test/simulation/simulation.test.ts': 40,
  'test/security/gate/corpus.test.ts': 30,
  'test/e2e/faults.test.ts': 25,
  'test/e2e/cli/policy_commands.test.ts': 25,
  'test/security/gate/bad_models.test.ts': 15,
  'test/unit/analysis/lint/policy_check.test.ts': 15,
  'test/e2e/vault_token.test.ts': 30,
  'test/e2e/tutorial.test.ts': 30,
  'test/e2e/blind.test.ts': 25,
  'test/e2e/cli/cli.test.ts': 25,
  'test/e2e/bound.test.ts': 20,
  'test/unit/terminal/asking.test.ts': 25,
  'test/unit/terminal/applying.test.ts': 15,
  'test/unit/enrich/screening/linear.test.ts': 15,
};

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const weights = new Map(await Promise.all(files.map(async (file) => [file, await this.#weightOf(file)] as const)));
    // Files that share a process stand together, and the many small ones fill what is left in the end.
    const isUnit = ({ project }: TestSpecification) => project.name === 'unit';
    return [...files].sort(
      (a, b) => Number(isUnit(a)) - Number(isUnit(b)) || (weights.get(b) ?? 0) - (weights.get(a) ?? 0),
    );
  }

  /** Seconds; below one by size, for a file that nobody has measured. */
  async #weightOf(file: TestSpecification): Promise<number> {
    const last = this.ctx.cache.getTestSpecificationResult(file)?.duration;
    if (last !== undefined) return last / 1000;
    const known = SECONDS[relative(this.ctx.config.root, file.moduleId).split(sep).join('/')];
    return known ?? (await stat(file.moduleId)).size / 1e6;
  }
}
