import { defineEntity, p } from '@mikro-orm/postgresql';
import type { TeamId } from '../platform/ids.ts';
import type { SlackChange } from './slack-events.policy.ts';

/** One event of Slack, with nothing of its body but what it changes. */
export const SlackEventEntity = defineEntity({
  name: 'SlackEvent',
  tableName: 'slack_events',
  properties: {
    eventId: p.text().primary(),
    appId: p.text(),
    teamId: p.text().$type<TeamId>(),
    subject: p.text(),
    change: p.json<SlackChange>(),
    eventTime: p.datetime(),
    occurredAt: p.datetime().strictNullable(),
    receivedAt: p.datetime(),
    attempts: p.integer(),
    nextAttemptAt: p.datetime(),
    finishedAt: p.datetime().strictNullable(),
  },
});
