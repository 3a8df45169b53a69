import { createDatabaseIn, type TestDatabase } from '../test/support/database.ts';
import { openTeams, type LoadTeam } from '../test/support/load.ts';
import { CLIENT_SECRET } from '../test/support/simulated-slack.ts';
import { consent } from '../test/support/slack-control.ts';
import { startTemplateCluster, type TemplateCluster } from '../test/support/template-cluster.ts';
import { RETURN_TO, World, type WorldOptions } from '../test/support/world.ts';
import { cpuSecondsOf } from './cpu.ts';

/** Slack's limits are not the subject, and no team is held back to its share. */
export const UNLIMITED = {
  CHANNEL_MESSAGES_PER_SECOND: '1000',
  CHANNEL_BURST: '1000',
  TEAM_MESSAGES_PER_MINUTE: '0',
  TEAM_CONCURRENCY: '0',
  DELIVERY_CONCURRENCY: '50',
  DATABASE_POOL_MAX: '20',
  QUEUE_MAX_PER_WORKSPACE: '100000000',
  LOG_LEVEL: 'info',
};

/** What all contenders share: one Postgres that writes everything through, with a database for each of them. */
export class Bed {
  private constructor(
    readonly cluster: TemplateCluster,
    private readonly profileFolder: string | undefined,
  ) {}

  /** With a folder, every server of ours leaves a CPU profile in it when it ends. */
  static async start(profileFolder?: string): Promise<Bed> {
    return new Bed(await startTemplateCluster({ durable: true }), profileFolder);
  }

  database(): Promise<TestDatabase> {
    return createDatabaseIn(this.cluster.url);
  }

  /** For a contender that makes its own tables. */
  emptyDatabase(): Promise<TestDatabase> {
    return createDatabaseIn(this.cluster.url, 'template0');
  }

  async world(options: WorldOptions = {}): Promise<World> {
    const database = await this.database();
    const profile = this.profileFolder && { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${this.profileFolder}` };
    return World.start({ ...options, database, env: { ...UNLIMITED, ...profile, ...options.env } });
  }

  postgresCpuSeconds(): number {
    return cpuSecondsOf(this.cluster.pid);
  }

  /** So that no contender pays for what another one wrote. */
  async checkpoint(database: TestDatabase): Promise<void> {
    await database.query('checkpoint');
  }

  stop(): Promise<void> {
    return this.cluster.stop();
  }
}

export const openTeam = async (world: World, name: string, channels: number): Promise<LoadTeam> => {
  const [team] = await openTeams(world, { [name]: channels });
  if (!team) throw new Error(`The team ${name} was not opened.`);
  return team;
};

/** A bot token of the simulated Slack for a contender that has no install of its own, with its team's channels. */
export const installApp = async (world: World, team: string, channels: number) => {
  const ids = await world.slack.addTeam(team, channels);
  const authorize = new URL(world.env['SLACK_AUTHORIZE_URL'] ?? '');
  const scope = 'chat:write,chat:write.public,chat:write.customize';
  const asked = { client_id: 'test-client', scope, redirect_uri: RETURN_TO, state: 's' };
  for (const [name, value] of Object.entries(asked)) authorize.searchParams.set(name, value);
  const back = new URL(await consent(authorize.href, { team }));
  const response = await fetch(`${world.slack.url}/api/oauth.v2.access`, {
    method: 'POST',
    body: new URLSearchParams({
      client_id: 'test-client',
      client_secret: CLIENT_SECRET,
      redirect_uri: RETURN_TO,
      code: back.searchParams.get('code') ?? '',
    }),
  });
  const { access_token: token, error } = (await response.json()) as { access_token?: string; error?: string };
  if (token === undefined) throw new Error(`The simulated Slack gave no token: ${error}`);
  return { token, channels: ids };
};
