import { AUDIT, costOf, HANDOFF, LOOP, type MoneySet, NEVER_EMITTED } from './limits.ts';
import type { Contract } from './shape.ts';
import { TOOLS, type Tool } from './tools.ts';

/** What the file has to say, made from what the code does. What is missing here is a person's own words or a date. */
export function contractOfCode(file?: Pick<Contract, 'cost_boundary'>, money: MoneySet = {}) {
  const tools = Object.entries(TOOLS) as [string, Tool][];
  const named = (runs: (tool: Tool) => boolean) => tools.filter(([, tool]) => runs(tool)).map(([name]) => name);
  return {
    tool_boundary: {
      allowed_tools: tools.map(([name]) => name),
      // With its switches on a tool runs by itself: whoever reads the file has to reckon with that.
      auto_executable_tools: named(({ runs }) => runs !== 'granted'),
      approval_required_tools: named(({ runs }) => runs === 'granted'),
      auto_executable_only_with: Object.fromEntries(
        tools.flatMap(([name, { runs }]) => (typeof runs === 'object' ? [[name, runs.switches]] : [])),
      ),
      execution_tools_absent: !tools.some(([, { runs }]) => typeof runs === 'object'),
      // A closed or rejected request cannot be opened again, so that no rolling back is promised.
      rollback_required: false,
    },
    output_boundary: {
      destinations: [...new Set(tools.map(([, { reaches }]) => reaches))],
      never_emits: Object.keys(NEVER_EMITTED),
    },
    cost_boundary: costOf(file?.cost_boundary, money),
    loop_boundary: LOOP,
    human_handoff: HANDOFF,
    audit: AUDIT,
  };
}
