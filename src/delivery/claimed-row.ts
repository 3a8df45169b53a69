import type { PrincipalKind } from '../credentials/credential.entity.ts';
import type { DeliveryStatus, UnknownOutcomePolicy } from '../notifications/notification.states.ts';
import type {
  AuthorizationId,
  ChannelId,
  ConnectionId,
  CredentialId,
  NotificationId,
  SlackUserId,
  TeamId,
} from '../platform/ids.ts';
import type { TraceParent } from '../platform/tracing.ts';
import type { AttemptOutcome } from './delivery.entity.ts';
import type { ClaimAction } from './settlement.policy.ts';

/** A row that this process holds the lane of, with all that is needed to send it or to look it up. */
export interface ClaimedRow {
  readonly lane_id: string;
  readonly lease_no: string;
  readonly team_id: TeamId;
  readonly action: ClaimAction;
  readonly id: NotificationId;
  readonly status: DeliveryStatus;
  readonly attempt: number;
  readonly tries: number;
  readonly remaining_ms: number;
  /** Since the first of the latest attempts that each posted nothing and may be repeated; null where there is none. */
  readonly unsent_ms: number | null;
  readonly connection_id: ConnectionId;
  readonly authorization_id: AuthorizationId | null;
  readonly channel_id: ChannelId;
  /** The bot or person that the notification was accepted for. */
  readonly slack_user_id: SlackUserId;
  readonly text: string;
  readonly blocks: readonly unknown[] | null;
  readonly thread_ts: string | null;
  readonly failure_slack_error: string | null;
  readonly on_unknown_outcome: UnknownOutcomePolicy;
  /** The trace that it was accepted in, where that was traced. */
  readonly trace_parent: TraceParent | null;
  readonly app_id: string;
  readonly credential_id: CredentialId;
  readonly credential_kind: PrincipalKind;
  readonly credential_version: number;
  /** It rotates, and it is past its time by the database's clock. */
  readonly token_is_expired: boolean;
  readonly refresh_is_due: boolean;
  readonly access_token: Buffer;
  readonly bot_credential_id: CredentialId | null;
  /** The start of its latest attempt; for a row to confirm. */
  readonly sent_at: Date;
  readonly attempt_age_ms: number;
  /** Since the outcome became unknown; null where this is the first that anybody hears of it. */
  readonly confirming_ms: number | null;
  readonly unasked_ms: number;
  /** An earlier attempt, which was given up without evidence, may have posted it. */
  readonly may_be_there: boolean;
  readonly attempt_outcome: AttemptOutcome | null;
  readonly attempt_channel_id: ChannelId | null;
  readonly attempt_ts: string | null;
  /** What is left of the time that Slack asked for when it refused that attempt; negative once it is over. */
  readonly attempt_hold_seconds: number | null;
}
