import type { Logger } from '../platform/logger.ts';
import type { ClaimedRow } from './claimed-row.ts';
import type { Settlement } from './settlement.policy.ts';

export type SendLog = (row: ClaimedRow, settlement: Settlement) => void;

/**
 * One line for each try to post. What a message says belongs to those who read it in Slack, so it is in the line only
 * where the operator asks for it; then the line is written at the usual level, not only to those who debug.
 */
export const createSendLog =
  (logger: Logger, withContent: boolean): SendLog =>
  ({ id, attempt, channel_id: channelId, text, blocks }, { attempt: end, status, failure }) => {
    const outcome = { outcome: end?.outcome, status, failureCode: failure?.code };
    const line = { notificationId: id, attempt, channelId, ...outcome };
    if (withContent) logger.info({ ...line, text, blocks: blocks ?? undefined }, 'A message was sent, or tried');
    else logger.debug(line, 'A message was sent, or tried');
  };
