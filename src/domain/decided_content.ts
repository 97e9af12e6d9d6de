import type { AccessRequest } from './access_request.ts';

/**
 * Everything of a request that a decision rests on, as one text to compare: when it differs on the live request, the
 * decision was made about something else.
 */
export function decidedContent(request: AccessRequest): string {
  const { status, created, approved, requestedFrom, requestedTo, justification, exclusive, operation } = request;
  const { entityType, asset, requestor, form, level, levels } = request;
  return JSON.stringify([
    [status, created, approved, requestedFrom, requestedTo, justification, exclusive, operation, entityType],
    [asset?.id, asset?.name, requestor.id, requestor.name, requestor.displayName],
    [form?.id, form?.name, form?.type, level, levels],
  ]);
}
