import type { ChannelId, NotificationId } from '../platform/ids.ts';
import type { ClaimedRow } from './claimed-row.ts';
import type { Lookup } from './confirmation.policy.ts';
import type { PostResult } from './post-result.ts';

/** A message of ours that was seen on the way, whose own notification may have been given up. */
export interface Seen {
  readonly id: NotificationId;
  readonly channelId: ChannelId;
  readonly ts: string;
}

export interface Sighting {
  readonly lookup: Lookup;
  readonly others: readonly Seen[];
}

/**
 * A platform that messages are posted to. Delivery decides everything else: order, pace, retries, leases, what is stored.
 * Neither call repeats anything by itself, and neither throws for what the platform or the network does.
 */
export interface Messenger {
  /** One try, over by `deadlineMs` of the monotonic clock; past it nothing may leave any more. */
  post(row: ClaimedRow, deadlineMs: number): Promise<PostResult>;
  /**
   * One look whether the message of the row's open attempt is there; it breaks off where `isStopping` says so. The row's times
   * are those of its claim, at `claimedMs` of the monotonic clock.
   */
  confirm(row: ClaimedRow, claimedMs: number, isStopping: () => boolean): Promise<Sighting>;
}
