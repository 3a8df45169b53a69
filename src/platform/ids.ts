import { v7, validate } from 'uuid';

declare const brand: unique symbol;
type Id<Name extends string> = string & { readonly [brand]: Name };

/** A tenant of the host product; an opaque string of the host's, 1 to 128 characters. */
export type WorkspaceId = Id<'Workspace'>;
/** The `sub` of the host's token: a user's id, or `service:<name>`. */
export type UserId = Id<'User'>;
/** A Slack team, `T…`. */
export type TeamId = Id<'Team'>;
/** A Slack user or bot user, `U…` or `W…`. */
export type SlackUserId = Id<'SlackUser'>;
/** A Slack conversation: `C…`, `G…` or `D…`. */
export type ChannelId = Id<'Channel'>;
export type InstallId = Id<'Install'>;
export type CredentialId = Id<'Credential'>;
export type RevocationId = Id<'Revocation'>;
export type ConnectionId = Id<'Connection'>;
export type AuthorizationId = Id<'Authorization'>;
export type IdentityId = Id<'Identity'>;
export type NotificationId = Id<'Notification'>;

/** A fresh UUIDv7: ids sort by the time they were made, which keeps index pages of new rows together. */
export const newId = <T extends Id<string>>(): T => v7() as T;

const CHANNEL_ID = /^[CGD][A-Z0-9]{1,63}$/;
/** An id as Slack gives them; a name is none, and would mean another channel after a rename. */
export const isChannelId = (text: string): text is ChannelId => CHANNEL_ID.test(text);

/** Postgres refuses a malformed uuid with an error; asking first lets a wrong id answer like an unknown one. */
export const isUuid = (value: string): boolean => validate(value);
