import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';
import type { TeamId } from '../platform/ids.ts';

/** What Slack calls a workspace, as it was last named. */
export const SlackTeamEntity = defineEntity({
  name: 'SlackTeam',
  tableName: 'slack_teams',
  properties: {
    id: p.text().primary().$type<TeamId>(),
    name: p.text(),
    enterpriseId: p.text().strictNullable(),
    enterpriseName: p.text().strictNullable(),
    updatedAt: p.datetime(),
  },
});
export type SlackTeam = InferEntity<typeof SlackTeamEntity>;
