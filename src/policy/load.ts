import type { Manifest, Named, ReadFile } from '../domain/manifest.ts';
import type { PolicyEngine } from '../domain/policy_case.ts';
import { type AccessRead, readAccess } from './access_file.ts';
import type { AccessModel } from './access_model.ts';
import { type Authorization, makeAuthorization } from './authorize.ts';
import { areFlawless, checkPolicies, checkSchema, strangeWords, vocabularyOf } from './cedar_check.ts';
import { type Cedar, doubledIds, loadCedar, type ParsedPolicy, type PolicyInfo, readSource } from './cedar_source.ts';
import { accessContexts, classify } from './classify.ts';
import {
  ACCESS_NAME,
  digestOf,
  isPolicy,
  type PolicyFile,
  policyError,
  readFiles,
  readFolder,
  SCHEMA_NAME,
  sha256,
} from './folder.ts';
import type { Finding } from './place.ts';
import { rehearsal } from './rehearsal.ts';

/** A policy folder that was read, checked and understood as a whole. */
export type Policy = PolicyEngine &
  Pick<Authorization, 'matching'> & {
    readonly dir: string;
    /** In the order of files and, within them, of lines. */
    readonly policies: readonly PolicyInfo[];
    readonly access: AccessModel;
    /** The files that the digest covers. */
    readonly files: readonly string[];
    /** What it holds, by names and digests. */
    readonly holds: { readonly files: readonly ReadFile[] } & Pick<Manifest, 'policies' | 'sections'>;
  };

export type LoadOptions = {
  /** The flags that screening can set; given, a policy that asks for another one is refused. */
  readonly textFlags?: readonly string[];
};

/**
 * Loads a policy folder.
 * @throws {ConfigError} with every problem of every file at once. INVARIANT: a policy is loaded wholly or not at all.
 */
export async function loadPolicy(dir: string, { textFlags }: LoadOptions = {}): Promise<Policy> {
  const [cedar, folder] = await Promise.all([loadCedar(), readFolder(dir)]);
  const findings: Finding[] = [...folder.findings];
  const named = (name: string) => folder.files.find((file) => file.name === name);
  const [accessFile, schemaFile, sources] = [named(ACCESS_NAME), named(SCHEMA_NAME), folder.files.filter(isPolicy)];

  const access = accessFile && readAccess(accessFile.file, accessFile.text, (name) => named(name) ?? null);
  if (access && 'findings' in access) findings.push(...access.findings);
  const model = access && 'model' in access ? access.model : null;
  const policies = readPolicies(cedar, sources, schemaFile, findings);
  if (model !== null) findings.push(...strangeWords(policies, vocabularyOf(model, textFlags)));
  if (findings.length > 0 || model === null || schemaFile === undefined) throw policyError(findings);

  const covered = folder.files.filter(({ name }) => DECIDING.test(name) || name === model.identitiesFile);
  const digest = digestOf(covered);
  const authorization = makeAuthorization(cedar, {
    policies,
    schema: schemaFile.text,
    digest,
    identitiesDefined: model.identities.length > 0,
  });
  const misfits = rehearsal(authorization, schemaFile.file);
  if (misfits.length > 0) throw policyError(misfits);
  return {
    ...authorization,
    dir,
    digest,
    policies,
    access: model,
    files: covered.map(({ file }) => file),
    holds: {
      files: await readFiles(covered),
      policies: policies.map(({ id, text }) => ({ name: id, digest: sha256(text) })),
      sections: sectionsOf(access),
    },
    classify: (dossiers, now) => classify(dossiers, now, model),
    accessContexts: (now) => accessContexts(now, model),
  };
}

/** The first level of access.yml, which was understood by then. */
const sectionsOf = (access: AccessRead | undefined): Named[] =>
  access === undefined || 'findings' in access
    ? []
    : Object.entries(access.sections).map(([name, held]) => ({ name, digest: sha256(JSON.stringify(held) ?? '') }));

const DECIDING = /^access\.yml$|\.cedar$|^portcullis\.cedarschema$/;

/** Takes all .cedar files apart and holds them against the schema; what is wrong goes to `findings`. */
function readPolicies(
  cedar: Cedar,
  sources: readonly PolicyFile[],
  schema: PolicyFile | undefined,
  findings: Finding[],
): ParsedPolicy[] {
  // Cedar reads the schema for each question; what is wrong is looked for by file only where something is.
  const flawless = schema !== undefined && areFlawless(cedar, sources, schema.text);
  const schemaFindings = schema === undefined || flawless ? [] : checkSchema(cedar, schema);
  findings.push(...schemaFindings);
  const policies = sources.flatMap((source) => {
    const read = readSource(cedar, source);
    findings.push(...read.findings);
    const checkable = !flawless && read.policies.length > 0 && schema !== undefined && schemaFindings.length === 0;
    if (checkable) findings.push(...checkPolicies(cedar, source, schema.text));
    return read.policies;
  });
  findings.push(...doubledIds(policies));
  return policies;
}
