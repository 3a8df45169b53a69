import { defineEntity, p } from '@mikro-orm/postgresql';
import type { ConnectionStatus } from '../connections/connection.policy.ts';
import type { AuthorizationId, ConnectionId, UserId, WorkspaceId } from '../platform/ids.ts';
import type { LogPosition } from './cursor.policy.ts';

/** One change of a connection or an authorization, written by the database's own triggers. */
export const ConnectionStatusLogEntity = defineEntity({
  name: 'ConnectionStatusLogEntry',
  tableName: 'connection_status_log',
  properties: {
    epoch: p.integer().primary(),
    stamp: p.bigint('string').primary(),
    seq: p.bigint('string').primary(),
    connectionId: p.uuid().$type<ConnectionId>(),
    authorizationId: p.uuid().$type<AuthorizationId>().strictNullable(),
    workspaceId: p.text().$type<WorkspaceId>(),
    userId: p.text().$type<UserId>().strictNullable(),
    toStatus: p.text().$type<ConnectionStatus>(),
    problemCode: p.text().strictNullable(),
    at: p.datetime(),
    /** With an ACTIVE status: what keeps failing, where, and how often it had by then. */
    channelId: p.text().strictNullable(),
    slackError: p.text().strictNullable(),
    failures: p.integer().strictNullable(),
  },
});

/** One change, as the log has it. With an authorization it is that one's, and `userId` is whose it is. */
export interface ConnectionChange {
  readonly position: LogPosition;
  readonly connectionId: ConnectionId;
  readonly authorizationId: AuthorizationId | null;
  readonly workspaceId: WorkspaceId;
  readonly userId: UserId | null;
  readonly to: ConnectionStatus;
  readonly problemCode: string | null;
  readonly channelId: string | null;
  readonly slackError: string | null;
  readonly failures: number | null;
  readonly at: Date;
}
