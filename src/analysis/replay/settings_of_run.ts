import type { ActionPolicy } from '../../decide/decide.ts';
import { isRisk, type Risk } from '../../domain/risk.ts';
import type { RunRecord } from '../../domain/run_record.ts';

/** The settings a run decided with, as its record has them; one that an older record lacks counts as its strictest. */
export function settingsOfRun({ gate }: Pick<RunRecord, 'gate'>): ActionPolicy {
  const given = new Map(gate.map(({ setting, value }) => [setting, value]));
  const on = (setting: string): boolean => given.get(setting) === 'true';
  const risk = (setting: string, strictest: Risk): Risk => {
    const value = given.get(setting) ?? '';
    return isRisk(value) ? value : strictest;
  };
  const days = Number(given.get('STALE_REQUEST_DAYS'));
  return {
    autoApprove: on('AUTO_APPROVE_LOW_RISK'),
    autoReject: on('AUTO_REJECT_HIGH_RISK'),
    autoCloseStale: on('AUTO_CLOSE_STALE'),
    autoCloseExpired: on('AUTO_CLOSE_EXPIRED'),
    approveUpTo: risk('RISK_THRESHOLD_APPROVE', 'low'),
    rejectFrom: risk('RISK_THRESHOLD_REJECT', 'critical'),
    staleDays: Number.isSafeInteger(days) && days > 0 ? days : 7,
  };
}
