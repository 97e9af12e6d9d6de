/** The labelled requests and their company, as README.md beside this describes them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { RISKS } from '../../simulator/model/rater.ts';

const risk = z.enum(RISKS);

const Asset = z.looseObject({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  container: z.string(),
  tags: z.array(z.string()),
});
const Account = z.looseObject({ account: z.string(), display_name: z.string() });

const Estate = z.looseObject({
  now: z.iso.datetime(),
  agent: Account,
  people: z.array(Account),
  owner_accounts: z.array(Account),
  service_accounts: z.array(Account),
  strange_accounts: z.array(Account),
  assets: z.array(Asset),
  access: z.looseObject({ roles: z.record(z.string(), z.unknown()), identities: z.record(z.string(), z.unknown()) }),
});

const WAITED_FOR = ['requestor', 'security', 'owner', 'manager', 'authorizer'] as const;
export type WaitedFor = (typeof WAITED_FOR)[number];
const DECISIONS = ['approve', 'reject', 'close', 'hold', 'none'] as const;

const Labelled = z.looseObject({
  id: z.string(),
  status: z.string(),
  requestor: z.string(),
  requestor_display: z.string().optional(),
  asset: z.string().nullable(),
  entity_type: z.string(),
  entity_name: z.string().nullable(),
  operation: z.string().nullable(),
  from_h: z.number().nullable(),
  to_h: z.number().nullable(),
  created_h: z.number(),
  approved_h: z.number().nullable(),
  completed_h: z.number().nullable(),
  text: z.string(),
  form: z.object({ name: z.string(), type: z.enum(['Interactive', 'Automatic']) }),
  level: z.number(),
  levels: z.number(),
  approvals: z.array(
    z.object({
      level: z.number(),
      user: z.string(),
      decision: z.enum(['Approved', 'Rejected']),
      at_h: z.number(),
      message: z.string(),
    }),
  ),
  label: z.looseObject({
    decision: z.enum(DECISIONS),
    decision_also: z.array(z.enum(DECISIONS)).default([]),
    harmful_if_approved: z.boolean(),
    harmful_if_closed: z.boolean().default(false),
    next: z.enum([...WAITED_FOR, 'none']),
    next_also: z.array(z.enum([...WAITED_FOR, 'none'])).default([]),
    kind: z.string(),
  }),
  model: z.object({ risk, flags: z.array(z.string()), facts_only_risk: risk, confidence: z.number() }),
});

export type Labelled = z.infer<typeof Labelled>;
export type LabelledEstate = z.infer<typeof Estate>;

const text = (name: string) => readFileSync(join(import.meta.dirname, name), 'utf8');

export const ESTATE: LabelledEstate = Estate.parse(JSON.parse(text('estate.json')));
export const LABELLED: readonly Labelled[] = text('labels.jsonl')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => Labelled.parse(JSON.parse(line)));

export const NOW = Date.parse(ESTATE.now);
export const at = (hours: number): number => Math.round(NOW + hours * 3_600_000);

/** The plain requests: what a reviewer that is of any use lets through. */
export const isPlain = ({ label }: Labelled): boolean => ['plain', 'foreign-language-plain'].includes(label.kind);
