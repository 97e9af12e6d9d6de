import { z } from 'zod';

const text = z.string().trim().min(1);
const names = z
  .array(text)
  .min(1)
  .refine((list) => new Set(list).size === list.length, 'names something twice');
const count = z.int().nonnegative();
/** A limit in dollars that the settings must not exceed; null promises none. */
const usd = z.number().positive().nullable();

/** The address by which the specification's own schema names itself; ours is narrower: every field is required. */
export const AGENTAZ_SCHEMA = 'https://www.agent-kits.com/agentaz/agentaz-v1.0.schema.json';

/**
 * `agentaz.json`, field by field. Strict: a field that nobody checks is a promise that nobody keeps. `note` is where the
 * file says honestly what is not there.
 */
export const Contract = z.strictObject({
  $schema: z.literal(AGENTAZ_SCHEMA),
  agent_id: z.literal('portcullis'),
  version: z.string().regex(/^\d+\.\d+\.\d+$/, 'must be a version such as 1.0.0'),
  last_reviewed: z.iso.date(),
  trust_level: z.literal('A4'),
  dna_pattern: z.literal('Execution'),
  worst_case_action: text,
  authority_boundary: text,
  tags: names,
  tool_boundary: z.strictObject({
    allowed_tools: names,
    auto_executable_tools: names,
    approval_required_tools: names,
    /** Only while all settings of one of the lines are on; otherwise these wait for a person, too. */
    auto_executable_only_with: z.record(text, z.array(names).min(1)),
    execution_tools_absent: z.boolean(),
    rollback_required: z.boolean(),
    note: text,
  }),
  output_boundary: z.strictObject({ destinations: names, never_emits: names }),
  cost_boundary: z.strictObject({ max_usd_per_trace_loop: usd, alert_threshold_usd: usd, note: text }),
  loop_boundary: z.strictObject({
    max_reasoning_turns: count,
    max_questions_per_scoring_batch: count,
    max_questions_per_confirmation: count,
    max_repetitions_of_a_failed_call: count,
    max_tool_calls_by_the_model: count,
  }),
  human_handoff: z.strictObject({ triggers: names, destination: text }),
  audit: z.strictObject({ append_only: z.boolean(), tamper_evident: z.boolean(), logs: names, note: text }),
});
export type Contract = z.infer<typeof Contract>;
