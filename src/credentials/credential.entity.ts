import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';
import type { CredentialId, SlackUserId, TeamId } from '../platform/ids.ts';

export type PrincipalKind = 'BOT' | 'USER';

/** The tokens of one principal (app, team, bot or person), stored once however many connections use them. */
export const CredentialEntity = defineEntity({
  name: 'Credential',
  tableName: 'credentials',
  properties: {
    id: p.uuid().primary().$type<CredentialId>(),
    appId: p.text(),
    teamId: p.text().$type<TeamId>(),
    slackUserId: p.text().$type<SlackUserId>(),
    kind: p.text().$type<PrincipalKind>(),
    accessToken: p.blob().strictNullable().hidden(),
    refreshToken: p.blob().strictNullable().hidden(),
    tokenExpiresAt: p.datetime().strictNullable(),
    scopes: p.array(),
    /** When the code of the install that brought this grant was exchanged; a refresh brings no other. */
    grantedAt: p.datetime().strictNullable(),
    problemCode: p.text().strictNullable(),
    problemSince: p.datetime().strictNullable(),
    refreshOwner: p.text().strictNullable(),
    refreshUntil: p.datetime().strictNullable(),
    /** Refreshes that failed since the last that worked. While there are any, only a refresh says whether the token lives. */
    refreshFailures: p.smallint(),
    refreshNotBefore: p.datetime().strictNullable(),
    revokingUntil: p.datetime().strictNullable(),
    version: p.integer().version(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});
export type Credential = InferEntity<typeof CredentialEntity>;
