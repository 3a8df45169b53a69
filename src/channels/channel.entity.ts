import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';
import type { ChannelId, CredentialId, SlackUserId, TeamId } from '../platform/ids.ts';

export type ChannelType = 'PUBLIC' | 'PRIVATE' | 'GROUP_DM' | 'DM';

/** A conversation as one principal sees it. */
export const ChannelEntity = defineEntity({
  name: 'Channel',
  tableName: 'channels',
  properties: {
    credentialId: p.uuid().primary().$type<CredentialId>(),
    id: p.text().primary().$type<ChannelId>(),
    name: p.text(),
    searchName: p.text(),
    peerId: p.text().strictNullable().$type<SlackUserId>(),
    type: p.text().$type<ChannelType>(),
    isArchived: p.boolean(),
    isMember: p.boolean(),
    isShared: p.boolean(),
    isReadOnly: p.boolean(),
    isThreadOnly: p.boolean().strictNullable(),
    memberCount: p.integer().strictNullable(),
    topic: p.text().strictNullable(),
    generation: p.integer(),
  },
});
export type Channel = InferEntity<typeof ChannelEntity>;

/** A conversation as Slack lists it. */
export type ListedChannel = Pick<
  Channel,
  'id' | 'name' | 'type' | 'isArchived' | 'isMember' | 'isShared' | 'isReadOnly'
> & {
  /** Not in a listing. */
  readonly isThreadOnly?: boolean;
  readonly memberCount?: number;
  readonly topic?: string;
};

/** How far the listing of one principal's conversations has come. */
export const ChannelDirectoryEntity = defineEntity({
  name: 'ChannelDirectory',
  tableName: 'channel_directories',
  properties: {
    credentialId: p.uuid().primary().$type<CredentialId>(),
    requestedAt: p.datetime().strictNullable(),
    leaseNo: p.bigint('string'),
    syncingUntil: p.datetime().strictNullable(),
    generation: p.integer(),
    neededGeneration: p.integer().strictNullable(),
    cursor: p.text().strictNullable(),
    runTypes: p.array().$type<ChannelType[]>(),
    runPages: p.integer(),
    runConversations: p.integer(),
    syncedAt: p.datetime().strictNullable(),
    syncedTypes: p.array().$type<ChannelType[]>(),
    syncedConversations: p.integer().strictNullable(),
    problem: p.text().strictNullable(),
    problemAt: p.datetime().strictNullable(),
  },
});
export type ChannelDirectory = InferEntity<typeof ChannelDirectoryEntity>;

/** Somebody's name in a team, for direct messages with them. */
export const SlackPersonEntity = defineEntity({
  name: 'SlackPerson',
  tableName: 'slack_people',
  properties: {
    teamId: p.text().primary().$type<TeamId>(),
    id: p.text().primary().$type<SlackUserId>(),
    name: p.text().strictNullable(),
    readAt: p.datetime(),
  },
});

/** How much of a method's limit a team has used up, by GCRA. */
export const SlackCallBudgetEntity = defineEntity({
  name: 'SlackCallBudget',
  tableName: 'slack_call_budgets',
  properties: {
    teamId: p.text().primary().$type<TeamId>(),
    method: p.text().primary(),
    arrivalAt: p.datetime(),
  },
});
