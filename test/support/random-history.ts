import {
  SelectIdentityDocument,
  SendNotificationsDocument,
  type DeliveryStatus,
  type FailureCode,
  type SendNotificationInput,
} from '../generated/graphql.ts';
import type { Caller } from './caller.ts';
import { joinAsPerson, openDesk } from './desk.ts';
import type { Chance } from './seeded.ts';
import { connectTeam, type World } from './world.ts';

/** A row as the table has it, with the words that its text was made of. */
export interface HistoricRow {
  readonly id: string;
  readonly status: DeliveryStatus;
  readonly event_type: string | null;
  readonly channel_id: string | null;
  readonly identity_id: string | null;
  readonly identity_kind: string | null;
  readonly connection_id: string | null;
  readonly website_id: string | null;
  readonly requested_by: string;
  readonly selected_by: string | null;
  readonly priority: number;
  readonly failure_code: FailureCode | null;
  readonly idempotency_key: string | null;
  readonly created_at: Date;
  readonly scheduled_for: Date | null;
  readonly delivered_at: Date | null;
  readonly words: readonly string[];
}

export const VOCABULARY = ['audit', 'auditor', 'report', 'complete', 'score', 'résumé', '87', '100', 'C0ACME0001'];
const GAPS = [' ', ', ', '! ', '/', ' *', '* ', ' <https://', '|', '> ', ' 🎉 ', '\n', ' &amp; ', '_', '-'];
export const CHANNELS = ['C0ACME0001', 'C0ACME0003', 'C0ACME0004'];
export const EVENT_TYPES = ['audit', 'report', 'alert'];
export const WEBSITES = ['site-1', 'site-2'];
const PRIORITIES = ['LOW', 'NORMAL', 'NORMAL', 'NORMAL', 'HIGH', 'URGENT'] as const;
const ENDS: readonly DeliveryStatus[] = [
  'DELIVERED',
  'DELIVERED',
  'DELIVERED',
  'FAILED',
  'UNCONFIRMED',
  'RETRYING',
  'SENDING',
];
const FAILURES: readonly FailureCode[] = ['CHANNEL_NOT_FOUND', 'NOT_IN_CHANNEL', 'EXPIRED'];
const HOURS = 60;

export interface RandomHistory {
  readonly workspaceId: string;
  readonly rows: readonly HistoricRow[];
  readonly admin: Caller;
  readonly service: Caller;
  readonly members: readonly Caller[];
}

/** Notifications of every kind and of several people in one workspace, sent through the API and moved on by hand: no worker may run. */
export const makeRandomHistory = async (
  world: World,
  chance: Chance,
  workspaceId: string,
  each: number,
): Promise<RandomHistory> => {
  const desk = await openDesk(world, workspaceId);
  const globex = await connectTeam(desk.admin, workspaceId, 'T0GLOBEX');
  const [bot] = await world.database.query<{ id: string }>('select id from identities where connection_id = $1', [
    globex.id,
  ]);
  const people = [
    await joinAsPerson(world, desk, 'ann', 'U0ACME002'),
    await joinAsPerson(world, desk, 'ben', 'U0ACME003'),
  ];
  for (const { caller, authorizationId } of people) {
    const choice = { workspaceId, kind: 'PERSONAL_USER', connectionId: desk.connection.id, authorizationId } as const;
    await caller.run(SelectIdentityDocument, { input: choice });
  }
  const service = await world.as('service:backend', { [workspaceId]: 'SERVICE' });
  const bots = [desk.bot.id, bot?.id ?? ''].map((identityId) => ({ identityId }));
  // The last has selected nothing: that is refused, and recorded without an identity.
  const selections = [...people.map(({ caller }) => caller.userId), 'nobody'].map((selectedBy) => ({ selectedBy }));
  const senders = new Map<Caller, SendNotificationInput['sender'][]>([
    [desk.admin, [...bots, ...selections]],
    [service, [...bots, ...selections]],
    ...people.map(({ caller, identity }): [Caller, SendNotificationInput['sender'][]] => [
      caller,
      [...bots, { identityId: identity.id }, { selectedBy: caller.userId }],
    ]),
  ]);
  const words = new Map<string, readonly string[]>();
  for (const [caller, all] of senders) {
    const notifications = Array.from({ length: each }, (_, index) => {
      const message = randomMessage(chance, `n${words.size}`, all);
      words.set(message.input.text, message.words);
      return { ...message.input, workspaceId, idempotencyKey: index % 5 === 0 ? `key-${index}` : null };
    });
    await caller.run(SendNotificationsDocument, { input: { notifications } });
  }
  await moveOn(world, chance, workspaceId);
  const rows = await world.database.query<HistoricRow & { text: string }>(
    'select * from notifications where workspace_id = $1 order by created_at desc, id desc',
    [workspaceId],
  );
  return {
    workspaceId,
    rows: rows.map((row) => ({ ...row, words: words.get(row.text) ?? [] })),
    admin: desk.admin,
    service,
    members: [...people.map(({ caller }) => caller), await world.as('cy', { [workspaceId]: 'MEMBER' })],
  };
};

const randomMessage = (chance: Chance, name: string, senders: readonly SendNotificationInput['sender'][]) => {
  const words = [name, ...Array.from({ length: chance.between(0, 5) }, () => chance.pick(VOCABULARY))];
  const text = words.map((word) => `${chance.next() < 0.3 ? word.toUpperCase() : word}${chance.pick(GAPS)}`).join('');
  const maybe = <T>(value: T): T | null => (chance.next() < 0.6 ? value : null);
  const input = {
    sender: chance.pick(senders),
    // Without a channel it is refused, and recorded.
    channelId: chance.next() < 0.1 ? null : chance.pick(CHANNELS),
    text,
    eventType: maybe(chance.pick(EVENT_TYPES)),
    websiteId: maybe(chance.pick(WEBSITES)),
    priority: chance.pick(PRIORITIES),
    scheduledFor: chance.next() < 0.4 ? '2090-01-01T00:00:00Z' : null,
  };
  return { words: words.map((word) => word.toLowerCase()), input };
};

/** To every status and over some days; many of one and the same minute. */
const moveOn = async ({ database }: World, chance: Chance, workspaceId: string): Promise<void> => {
  const rows = await database.query<{ id: string; status: string }>(
    'select id, status from notifications where workspace_id = $1 order by id',
    [workspaceId],
  );
  const moves = rows
    .filter(({ status }) => status === 'QUEUED')
    .flatMap(({ id }) =>
      chance.next() < 0.3 ? [] : [{ id, to: chance.next() < 0.1 ? 'CANCELED' : chance.pick(ENDS) }],
    );
  const move = (ids: readonly string[], status: string, more = ''): Promise<object[]> =>
    database.query(
      `update notifications set status = $2, due_at = null, queue_pos = null, wait_reason = case when $2 = 'RETRYING' then 'BACKOFF' end ${more} where id = any($1::uuid[])`,
      [ids, status],
    );
  const idsTo = (...statuses: string[]) => moves.filter(({ to }) => statuses.includes(to)).map(({ id }) => id);
  await move(idsTo('CANCELED'), 'CANCELED', `, failure_code = 'CANCELED_BY_CALLER', finished_at = now()`);
  await move(idsTo('SENDING', ...ENDS), 'SENDING');
  await database.query(
    `update notifications set created_at = date_trunc('minute', now()) - given.minutes * interval '1 minute',
       scheduled_for = case when given.minutes % 7 = 0 then now() - given.minutes * interval '1 minute' + interval '90 seconds'
         when status = 'QUEUED' then scheduled_for end
     from unnest($1::uuid[], $2::int[]) as given(id, minutes) where notifications.id = given.id`,
    [rows.map(({ id }) => id), rows.map(() => Math.floor(chance.next() ** 2 * HOURS * 60))],
  );
  // One whose time has come is due, and has not been moved into its lane yet.
  await database.query(
    `update notifications set due_at = scheduled_for where wait_reason = 'SCHEDULED' and scheduled_for <= now()`,
  );
  await database.query(
    `update notification_words w set created_at = n.created_at from notifications n where n.id = w.notification_id`,
  );
  const delivered = idsTo('DELIVERED');
  await database.query(
    `update notifications set status = 'DELIVERED', finished_at = now(),
       delivered_at = greatest(created_at, scheduled_for) + given.ms * interval '1 ms'
     from unnest($1::uuid[], $2::float8[]) as given(id, ms) where notifications.id = given.id`,
    [delivered, delivered.map(() => Math.exp(chance.next() * 18))],
  );
  for (const code of FAILURES) {
    const failed = idsTo('FAILED').filter((_, index) => FAILURES[index % FAILURES.length] === code);
    await move(failed, 'FAILED', `, failure_code = '${code}', finished_at = now()`);
  }
  await move(idsTo('UNCONFIRMED'), 'UNCONFIRMED', `, failure_code = 'OUTCOME_UNKNOWN', finished_at = now()`);
  await move(idsTo('RETRYING'), 'RETRYING');
};

/** What identity.md says a viewer sees, said once more. */
export const isVisibleTo = ({ userId }: Caller, isMember: boolean, row: HistoricRow): boolean =>
  !isMember || row.identity_kind === 'WORKSPACE_BOT' || [row.requested_by, row.selected_by].includes(userId);
