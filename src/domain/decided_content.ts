import type { AccessRequest } from './access_request.ts';
import type { AssetFacts } from './dossier.ts';

/**
 * Everything of a request that a decision rests on, as one text to compare: when it differs on the live request, the
 * decision was made about something else.
 */
export function decidedContent(request: AccessRequest): string {
  return JSON.stringify([...contentOf(request), approvalsOf(request)]);
}

/** The same as plans of version 0.1 have it: without the recorded approvals. */
export const decidedContentOf01 = (request: AccessRequest): string => JSON.stringify(contentOf(request));

function contentOf(request: AccessRequest) {
  const { status, created, approved, requestedFrom, requestedTo, justification, exclusive, operation } = request;
  const { entityType, asset, requestor, form, level, levels } = request;
  return [
    [status, created, approved, requestedFrom, requestedTo, justification, exclusive, operation, entityType],
    [asset?.id, asset?.name, requestor.id, requestor.name, requestor.displayName],
    [form?.id, form?.name, form?.type, level, levels],
  ];
}

/** Each row counts, whatever it says; in which order the vault lists them does not. */
const approvalsOf = ({ approvals }: AccessRequest): string[] =>
  approvals
    .map(({ level, user, decision, message, created }) => JSON.stringify([level, user, decision, message, created]))
    .sort();

/** What a decision rests on of an asset, its name aside: in another order the tags are the same. */
export const decidedAsset = (asset: AssetFacts | null): string =>
  JSON.stringify(asset === null ? null : [asset.type, asset.containerPath, [...asset.tags].sort()]);
