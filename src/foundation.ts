import { randomUUID } from 'node:crypto';
import type { Config } from './config/config.ts';
import { PrincipalUsersRepository } from './connections/principal-users.repository.ts';
import { AccessTokens } from './credentials/access-tokens.service.ts';
import { CredentialVault } from './credentials/credential-vault.service.ts';
import { CredentialRepository } from './credentials/credential.repository.ts';
import { EndedGrants } from './credentials/ended-grants.service.ts';
import { KeyCheckRepository } from './credentials/key-check.repository.ts';
import { KeyCheckService } from './credentials/key-check.service.ts';
import { RefreshRepository } from './credentials/refresh.repository.ts';
import { RefreshService } from './credentials/refresh.service.ts';
import { RevocationRepository } from './credentials/revocation.repository.ts';
import { RevocationService } from './credentials/revocation.service.ts';
import { Sealer, UnlistedKeyError } from './credentials/sealing.ts';
import type { CountMoves } from './notifications/notification.states.ts';
import { systemClock } from './platform/clock.ts';
import type { Database } from './platform/database.ts';
import type { PassFailpoint } from './platform/failpoints.ts';
import type { Logger } from './platform/logger.ts';
import type { Metrics } from './platform/metrics.ts';
import type { Reads } from './platform/replica.ts';
import type { WakeUps } from './platform/wake-ups.ts';
import { WebClientGateway } from './slack/web-client.gateway.ts';

/** What the features stand on. */
export interface Ground {
  readonly config: Config;
  readonly database: Database;
  /** For what may come from a replica. */
  readonly reads: Reads;
  readonly wakeUps: WakeUps;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly passFailpoint: PassFailpoint;
  /** Aborted once the process is told to stop. */
  readonly stopping: AbortSignal;
}

export const countMovesBy =
  ({ notifications }: Metrics): CountMoves =>
  (status, count) =>
    notifications.inc({ status }, count);

export const openSlack = ({ config, metrics, logger, passFailpoint }: Ground): WebClientGateway =>
  new WebClientGateway({
    ...config.slack,
    clock: systemClock,
    logger,
    observe: (method, outcome, durationMs) => {
      metrics.slackRequests.inc({ method, outcome });
      metrics.slackSeconds.observe({ method }, durationMs / 1000);
      if (outcome === 'rateLimited') metrics.slackRateLimited.inc({ method });
    },
    onPostSent: () => passFailpoint('after-bytes-sent'),
  });

/** Tokens, and what is shared by all who use them. */
export const createCredentials = ({ config, database, metrics, logger }: Ground, slack: WebClientGateway) => {
  const credentials = new CredentialRepository();
  const sealer = new Sealer(config.encryptionKeys);
  const vault = new CredentialVault(database, credentials, sealer, {
    onEnded: ({ id, teamId, kind }, slackError) => {
      metrics.persistentFailures.inc({ kind: 'connection' });
      const about = { credentialId: id, teamId, principalKind: kind, slackError };
      logger.warn(about, 'Slack ended an authorization: a person has to authorize again.');
    },
    onUnreadable: (credentialId, field, error) => {
      if (error instanceof UnlistedKeyError) {
        logger.warn({ credentialId, field }, 'A stored token cannot be opened: this process does not list its key.');
        return;
      }
      metrics.invariantViolations.inc();
      logger.error({ credentialId, field, err: error }, 'A stored token cannot be opened; a reconnect replaces it.');
    },
  });
  const users = new PrincipalUsersRepository();
  const revocations = new RevocationService(
    database,
    credentials,
    new RevocationRepository(),
    vault,
    sealer,
    users,
    slack,
    systemClock,
    Math.random,
    logger,
  );
  const keyCheck = new KeyCheckService(database, new KeyCheckRepository(), sealer);
  const refreshRows = new RefreshRepository(database);
  const refreshes = new RefreshService(
    database,
    refreshRows,
    credentials,
    vault,
    revocations,
    slack,
    systemClock,
    logger,
    randomUUID(),
    (result) => metrics.tokenRefreshes.inc({ result }),
  );
  const tokens = new AccessTokens(refreshRows, vault, refreshes);
  const endedGrants = new EndedGrants(database, credentials, tokens, slack, systemClock);
  return { credentials, sealer, vault, revocations, refreshes, tokens, endedGrants, keyCheck };
};

export type Credentials = ReturnType<typeof createCredentials>;
