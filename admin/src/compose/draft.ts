import { v4 as newUuid } from 'uuid';
import type { ChannelPartsFragment, Priority, SendNotificationInput } from '../../generated/graphql.ts';
import { momentOf } from '../parts/moment.ts';

export const MAX_CHARACTERS = 40_000;

export interface Draft {
  readonly identityId: string | null;
  readonly channel: ChannelPartsFragment | null;
  readonly text: string;
  readonly priority: Priority;
  /** As the browser's field gives it: local time, or empty for now. */
  readonly scheduledFor: string;
  readonly threadTs: string;
  /** One per message: a click that is repeated because its answer was lost sends nothing twice. */
  readonly idempotencyKey: string;
}

export type Place = Pick<Draft, 'identityId' | 'channel'>;

/** With its channel as it was found when it was last looked at: somebody may have been invited since it was picked. */
export const asLooked = (draft: Draft, looked: Place | undefined): Draft => {
  const isOfIt = looked?.identityId === draft.identityId && looked.channel?.id === draft.channel?.id;
  return isOfIt ? { ...draft, channel: looked.channel } : draft;
};

/** Not by `crypto.randomUUID`: a browser has that only at https and localhost. */
export const newKey = (): string => `admin-${newUuid()}`;

export const newDraft = (text: string): Draft => ({
  identityId: null,
  channel: null,
  text,
  priority: 'NORMAL',
  scheduledFor: '',
  threadTs: '',
  idempotencyKey: newKey(),
});

/** Whether it says when: now, or at a time that is one. */
export const isTimely = ({ scheduledFor }: Draft): boolean =>
  scheduledFor === '' || momentOf(scheduledFor) !== undefined;

/** Undefined while something is missing that only its writer can give. */
export function inputOf(workspaceId: string, draft: Draft): SendNotificationInput | undefined {
  const { identityId, channel, text, priority, scheduledFor, threadTs, idempotencyKey } = draft;
  if (identityId === null || channel === null || text.trim() === '' || !isTimely(draft)) return undefined;
  const at = momentOf(scheduledFor);
  return {
    workspaceId,
    sender: { identityId },
    channelId: channel.id,
    text,
    priority,
    idempotencyKey,
    ...(at === undefined ? {} : { scheduledFor: at }),
    ...(threadTs.trim() === '' ? {} : { threadTs: threadTs.trim() }),
  };
}
