import { z } from 'zod';

export const advanceBody = z.object({ ms: z.number() }).strict();
export const resetBody = z.object({ config: z.boolean().default(false) }).strict();

export const revokeBody = z
  .object({
    team: z.string(),
    /** A person; absent = everything that the app has in the team, as an uninstall does. */
    user: z.string().optional(),
    /** "bot" ends the bot's grant only. */
    kind: z.enum(['bot', 'user']).optional(),
    /** The word that dead tokens are answered with. */
    error: z.string().optional(),
  })
  .strict();

export const membershipBody = z
  .object({ team: z.string(), channel: z.string(), user: z.string(), member: z.boolean() })
  .strict();

export const channelBody = z
  .object({
    team: z.string(),
    /** Absent: a new channel is made, and `name` is needed. */
    channel: z.string().optional(),
    name: z.string().min(1).optional(),
    private: z.boolean().optional(),
    archived: z.boolean().optional(),
    readOnly: z.boolean().optional(),
    threadOnly: z.boolean().optional(),
    /** With another organisation, by Slack Connect. */
    shared: z.boolean().optional(),
    topic: z.string().optional(),
    deleted: z.literal(true).optional(),
  })
  .strict();

export const messageBody = z
  .object({
    team: z.string(),
    channel: z.string(),
    user: z.string(),
    text: z.string().min(1),
    thread_ts: z.string().optional(),
  })
  .strict();

export const personBody = z.object({ team: z.string(), user: z.string(), deleted: z.boolean() }).strict();

export const eventsBody = z
  .object({
    /** null = nobody is told any more. */
    url: z.url().nullable().optional(),
    /** The waits before Slack tries again. */
    retriesMs: z.array(z.number().min(0)).optional(),
  })
  .strict();

export const eventBody = z
  .object({
    team: z.string(),
    event: z.looseObject({ type: z.string() }),
    eventId: z.string().optional(),
    /** Unix seconds; now where it is left out. */
    eventTime: z.number().optional(),
    appId: z.string().optional(),
    timestampOffsetSeconds: z.number().optional(),
    wrongSignature: z.boolean().optional(),
    /** The same event so many times at once. */
    times: z.number().int().min(1).max(100).default(1),
  })
  .strict();

export const teamBody = z
  .object({
    id: z.string().regex(/^T0[A-Z0-9]{3,12}$/),
    name: z.string().min(1).optional(),
    channels: z.number().int().min(1).max(20_000).default(20),
  })
  .strict();
