import { personIn, requireRole } from '../access/access.policy.ts';
import type { Role, Viewer } from '../access/viewer.ts';
import type { FailureCode } from '../connections/failure.policy.ts';
import { isUuid, type ChannelId, type WorkspaceId } from '../platform/ids.ts';
import type { Refusal } from '../platform/user-error.ts';
import {
  detailOf,
  senderFailure,
  senderOf,
  senderRefusal,
  slackErrorOf,
  type ResolvedSender,
  type SenderRow,
} from './sender.policy.ts';
import type { SenderRepository } from './sender.repository.ts';

export type { ResolvedSender } from './sender.policy.ts';

/** Exactly one of the two: the schema says so with `@oneOf`. */
export interface SenderChoice {
  readonly identityId?: string;
  readonly selectedBy?: string;
}

export type SenderResolution = {
  /** Of the selection that is meant, where it has one: also where its identity cannot post now. */
  readonly defaultChannelId?: ChannelId;
} & (
  | { readonly kind: 'ok'; readonly sender: ResolvedSender }
  | {
      readonly kind: 'refused';
      readonly refusal: Refusal;
      /** Set where the refusal belongs in the history. */
      readonly failureCode?: FailureCode;
      readonly failureDetail?: string;
      readonly failureSlackError?: string | null;
      /** Set where the identity is known and may be seen. */
      readonly sender?: ResolvedSender;
    }
);

const IDENTITY_FIELD = ['input', 'sender', 'identityId'];
const SELECTION_FIELD = ['input', 'sender', 'selectedBy'];

const NOT_FOUND: SenderResolution = {
  kind: 'refused',
  refusal: {
    code: 'NOT_FOUND',
    message: 'There is no such identity in this workspace, or it is not visible to you.',
    remedy: 'Take the id from availableIdentities.',
    field: IDENTITY_FIELD,
  },
};

const NOT_YOURS: SenderResolution = {
  kind: 'refused',
  refusal: {
    code: 'IDENTITY_NOT_YOURS',
    message: "Another person's selection can be meant only by an admin or a service.",
    remedy: 'Use your own user id in sender.selectedBy, or an identity of availableIdentities.',
    field: SELECTION_FIELD,
  },
};

const NOT_SELECTED: SenderResolution = {
  kind: 'refused',
  refusal: senderRefusal('IDENTITY_NOT_SELECTED', undefined, SELECTION_FIELD),
  failureCode: 'IDENTITY_NOT_SELECTED',
};

/** Who a message is posted as: named by the caller, or by the stored choice of the user that the caller names. */
export class SenderService {
  constructor(private readonly senders: SenderRepository) {}

  /** Throws FORBIDDEN where the viewer has no role in the workspace. One statement. */
  async resolve(viewer: Viewer, workspaceId: WorkspaceId, choice: SenderChoice): Promise<SenderResolution> {
    const role = requireRole(viewer, workspaceId);
    if (choice.identityId !== undefined) return this.#named(viewer, workspaceId, choice.identityId);
    return choice.selectedBy === undefined
      ? NOT_SELECTED
      : this.#selected(viewer, role, workspaceId, choice.selectedBy);
  }

  /** A person's identity is that person's alone, an admin's or a service's as little as a stranger's. */
  async #named(viewer: Viewer, workspaceId: WorkspaceId, identityId: string): Promise<SenderResolution> {
    const row = isUuid(identityId) ? await this.senders.byIdentity(workspaceId, identityId) : undefined;
    if (row === undefined) return NOT_FOUND;
    if (row.kind === 'PERSONAL_USER' && row.userId !== personIn(viewer, workspaceId)) return NOT_FOUND;
    return resolved(row, IDENTITY_FIELD);
  }

  async #selected(viewer: Viewer, role: Role, workspaceId: WorkspaceId, userId: string): Promise<SenderResolution> {
    if (role === 'MEMBER' && userId !== viewer.userId) return NOT_YOURS;
    const row = await this.senders.bySelection(workspaceId, userId);
    // A selection of somebody else's identity cannot be stored; were one there, it would not be followed.
    if (row === undefined || (row.kind === 'PERSONAL_USER' && row.userId !== userId)) return NOT_SELECTED;
    return resolved(row, SELECTION_FIELD);
  }
}

const resolved = (row: SenderRow, field: readonly string[]): SenderResolution => {
  const sender = senderOf(row);
  const channel = row.defaultChannelId === null ? {} : { defaultChannelId: row.defaultChannelId };
  const failureCode = senderFailure(row);
  if (failureCode !== null) {
    const failureDetail = detailOf(failureCode);
    const failureSlackError = slackErrorOf(failureCode, row);
    const refusal = senderRefusal(failureCode, row, field);
    const failure = { failureCode, failureSlackError, ...(failureDetail && { failureDetail }) };
    return { kind: 'refused', refusal, sender, ...channel, ...failure };
  }
  return { kind: 'ok', sender, ...channel };
};
