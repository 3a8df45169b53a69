import pg from 'pg';
import { openDesk, type Desk } from '../../test/support/desk.ts';
import type { World } from '../../test/support/world.ts';
import type { HistoryFilter } from '../../src/notifications/notification.entity.ts';
import { historyPage } from '../../src/notifications/history.sql.ts';
import { columnsFor } from '../../src/notifications/notification.view.ts';
import { PageCursors } from '../../src/platform/page.ts';
import { ask } from '../ask.ts';
import type { Bed } from '../bed.ts';
import { fillHistory } from '../history-rows.ts';
import type { Curve, Figure, Plan, Ratio, Reading } from '../figures.ts';
import { ratioOf, spreadOf } from '../ratios.ts';
import { interleave, type Contender, type Numbers } from '../rounds.ts';

const PAGE = 50;
/** A server compiles what is asked often, for some seconds of pages: a screen that is asked every minute is not the subject. */
const WARM = 500;
const FIELDS =
  'id status eventType priority text channelId channelName postedAs attemptCount createdAt deliveredAt failure'.split(
    ' ',
  );
const QUERY = `query ($workspaceId: ID!, $filter: NotificationFilter, $first: Int!, $after: String) {
  notificationHistory(workspaceId: $workspaceId, filter: $filter, first: $first, after: $after) {
    nodes { ${FIELDS.join(' ')} { code } }
    pageInfo { hasNextPage endCursor }
  }
}`;
/** Pages take milliseconds, so that the pace of the machine changes between two contenders: many short rounds even that out. */
const MORE_ROUNDS = 5;
const COLUMNS = columnsFor(new Set(FIELDS));
/** A statement without a name is planned whenever it is sent. */
const SESSION = '-c jit=off -c timezone=UTC';
const KEPT_SESSION = `${SESSION} -c plan_cache_mode=force_generic_plan -c enable_seqscan=off`;

const FILTERS = {
  all: {},
  'one channel': { channelId: 'C0ACME0001' },
  'failed ones': { statuses: ['FAILED'] },
} satisfies Readonly<Record<string, HistoryFilter>>;

interface Answer {
  readonly notificationHistory: { readonly nodes: readonly unknown[] };
}

interface Position {
  readonly createdUs: string;
  readonly id: string;
}

class Pages {
  constructor(
    readonly world: World,
    readonly desk: Desk,
    readonly pools: Readonly<Record<'planned' | 'kept', pg.Pool>>,
    readonly turns: number,
  ) {}

  /** The place of the row at so much depth, counted along the whole history. */
  async positionAt(depth: number): Promise<Position | undefined> {
    if (depth <= 1) return undefined;
    const [row] = await this.world.database.query<Position>(
      `select (extract(epoch from created_at) * 1000000)::bigint::text as "createdUs", id::text from notifications
       where workspace_id = $1 order by created_at desc, id desc offset $2 limit 1`,
      [this.desk.workspaceId, depth],
    );
    return row;
  }

  async bySql(plans: 'planned' | 'kept', filter: HistoryFilter, after: Position | undefined): Promise<void> {
    const { workspaceId } = this.desk;
    const { text, name, values } = historyPage({
      workspaceId,
      onlyFor: undefined,
      filter,
      words: undefined,
      after,
      limit: PAGE + 1,
      columns: COLUMNS,
    });
    const statement = { text, values: [...values], ...(plans === 'kept' && name !== undefined && { name }) };
    const { rows } = await this.pools[plans].query(statement);
    if (rows.length < PAGE) throw new Error(`A page of the bare SQL has ${rows.length} rows.`);
  }

  async byApi(filter: HistoryFilter, after: Position | undefined): Promise<void> {
    const { workspaceId, admin } = this.desk;
    const cursors = new PageCursors(['history', workspaceId, filter, undefined]);
    const cursor = after && cursors.encode([after.createdUs, after.id]);
    const variables = { workspaceId, filter, first: PAGE, after: cursor };
    const { notificationHistory: page } = await ask<Answer>(this.world.url, admin.token, QUERY, variables);
    if (page.nodes.length !== PAGE) throw new Error(`A page of the API has ${page.nodes.length} rows.`);
  }

  /** The median of some pages each, page by page by turns. */
  async medianMs(ways: Readonly<Record<string, () => Promise<void>>>): Promise<Numbers> {
    const took = Object.entries(ways).map(([name, page]) => ({ name, page, ms: [] as number[] }));
    for (let turn = 0; turn < this.turns; turn += 1) {
      for (const { page, ms } of took) {
        const startedAt = performance.now();
        await page();
        ms.push(performance.now() - startedAt);
      }
      // Whoever comes second finds more in the machine's caches.
      took.push(...took.splice(0, 1));
    }
    return Object.fromEntries(took.map(({ name, ms }) => [name, spreadOf(ms).median]));
  }
}

const WAYS = ['API', 'SQL', 'SQL, plan kept'] as const;

const contendersOf = (
  pages: Pages,
  depths: readonly { readonly depth: number; readonly at: Position | undefined }[],
): Contender[] =>
  Object.entries(FILTERS).flatMap(([name, filter]) =>
    depths.map(({ depth, at }) => {
      const ways = {
        API: () => pages.byApi(filter, at),
        SQL: () => pages.bySql('planned', filter, at),
        'SQL, plan kept': () => pages.bySql('kept', filter, at),
      } satisfies Record<(typeof WAYS)[number], unknown>;
      return { name: `${name}, depth ${depth.toLocaleString('en-US')}`, round: () => pages.medianMs(ways) };
    }),
  );

/** Fills the history, and reads pages of it at each of these sizes. */
const grow = async (pages: Pages, sizes: readonly number[], warm: number): Promise<Curve['points']> => {
  const points: Curve['points'][number][] = [];
  let rows = 0;
  for (const size of sizes) {
    await fillHistory(pages.world.database, pages.desk, rows, size);
    rows = size;
    const deep = await pages.positionAt(Math.round(size / 5));
    for (let turn = 0; turn < warm; turn += 1) await pages.byApi({}, deep);
    const ways = {
      'first page, ms': () => pages.byApi({}, undefined),
      'page at a fifth, ms': () => pages.byApi({}, deep),
      'failed ones, ms': () => pages.byApi({ statuses: ['FAILED'] }, undefined),
    };
    points.push({ at: size, values: await pages.medianMs(ways) });
  }
  return points;
};

/** Pages of the history, near and deep, against the statement alone. */
export const history = async (bed: Bed, { quick, rounds, historyRows }: Plan): Promise<Figure> => {
  const world = await bed.world({ env: { HELIOGRAPH_ROLE: 'api' } });
  const poolWith = (options: string) => new pg.Pool({ connectionString: world.database.url, max: 1, options });
  const pools = { planned: poolWith(SESSION), kept: poolWith(KEPT_SESSION) };
  for (const pool of Object.values(pools)) pool.on('error', () => {});
  try {
    const desk = await openDesk(world, 'history');
    const pages = new Pages(world, desk, pools, quick ? 10 : 20);
    const warm = quick ? WARM / 5 : WARM;
    const points = await grow(pages, quick ? [historyRows] : [historyRows / 100, historyRows / 10, historyRows], warm);
    const depth = Math.round(historyRows / 5);
    const depths = [
      { depth: 1, at: undefined },
      { depth, at: await pages.positionAt(depth) },
    ];
    const contenders = contendersOf(pages, depths);
    const reading = await interleave(contenders, quick ? rounds : rounds * MORE_ROUNDS);
    const ms = (way: (typeof WAYS)[number], of: string): Reading => ({
      ...reading(of, way, 'ms'),
      of: `${way}: ${of}`,
      what: 'page',
    });
    const ratios: Ratio[] = Object.keys(FILTERS).flatMap((name) => {
      const [near, far] = depths.map((each) => `${name}, depth ${each.depth.toLocaleString('en-US')}`) as [
        string,
        string,
      ];
      return [
        ratioOf(ms('API', near), ms('SQL', near), { atMost: 1.5 }),
        ratioOf(ms('API', far), ms('SQL', far), { atMost: 1.5 }),
        ratioOf(ms('API', far), ms('API', near), { atMost: 1.2 }),
      ];
    });
    return {
      name: 'history',
      setup: [
        `A page of ${PAGE} of ${historyRows.toLocaleString('en-US')} rows of one workspace, 12 fields each, one request after another, page by page by turns with the SQL, after ${warm} others; median of ${pages.turns}.`,
        'SQL: the same statement through pg, planned each time as pg sends it; no HTTP and no GraphQL. Plan kept: as the API has it.',
      ],
      readings: contenders.flatMap(({ name }) => WAYS.map((way) => ms(way, name))),
      ratios,
      curves: [{ of: 'a page by the API', along: 'rows', points }],
      notes:
        historyRows < 5_000_000
          ? [
              `Of ${historyRows.toLocaleString('en-US')} rows; --history-rows 5000000 fills as many as the goal speaks of.`,
            ]
          : [],
    };
  } finally {
    await Promise.all(Object.values(pools).map((pool) => pool.end()));
    await world.stop();
  }
};
