import {
  ChannelDirectoryEntity,
  ChannelEntity,
  SlackCallBudgetEntity,
  SlackPersonEntity,
} from './channels/channel.entity.ts';
import { AuthorizationEntity } from './connections/authorization.entity.ts';
import { ConnectionEntity } from './connections/connection.entity.ts';
import { CredentialCheckEntity } from './connections/credential-check.entity.ts';
import { RepeatedFailureEntity } from './connections/repeated-failure.entity.ts';
import { SlackEventEntity } from './connections/slack-event.entity.ts';
import { SlackTeamEntity } from './connections/slack-team.entity.ts';
import { CredentialEntity } from './credentials/credential.entity.ts';
import { EncryptionKeyCheckEntity } from './credentials/encryption-key-check.entity.ts';
import { RevocationEntity } from './credentials/revocation.entity.ts';
import { DeliveryAttemptEntity, DeliveryLaneEntity, DeliveryTeamEntity } from './delivery/delivery.entity.ts';
import { EventTypeEntity } from './event-types/event-type.entity.ts';
import { IdentityEntity } from './identities/identity.entity.ts';
import { IdentitySelectionEntity } from './identities/identity-selection.entity.ts';
import { InstallEntity } from './installs/install.entity.ts';
import { ConnectionStatusLogEntity } from './live/connection-status-log.entity.ts';
import { LogEpochEntity, StatusLogEntity } from './live/status-log.entity.ts';
import { NotificationCountChangeEntity, NotificationCountEntity } from './notifications/counts.entity.ts';
import {
  IdempotencyKeyEntity,
  NotificationEntity,
  NotificationWordsEntity,
} from './notifications/notification.entity.ts';
import { RateLimitEntity } from './platform/rate-limit.entity.ts';

/** One schema per table; a test compares each with the migrated database. */
export const entities = [
  SlackTeamEntity,
  CredentialEntity,
  RevocationEntity,
  EncryptionKeyCheckEntity,
  InstallEntity,
  ConnectionEntity,
  SlackEventEntity,
  CredentialCheckEntity,
  RepeatedFailureEntity,
  AuthorizationEntity,
  IdentityEntity,
  IdentitySelectionEntity,
  ChannelEntity,
  ChannelDirectoryEntity,
  SlackPersonEntity,
  SlackCallBudgetEntity,
  EventTypeEntity,
  NotificationEntity,
  NotificationWordsEntity,
  NotificationCountEntity,
  NotificationCountChangeEntity,
  IdempotencyKeyEntity,
  DeliveryTeamEntity,
  DeliveryLaneEntity,
  DeliveryAttemptEntity,
  StatusLogEntity,
  ConnectionStatusLogEntity,
  LogEpochEntity,
  RateLimitEntity,
];
