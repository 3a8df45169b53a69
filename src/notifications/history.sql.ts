import { createHash } from 'node:crypto';
import type { Statement } from '../platform/database.ts';
import type { HistoryFilter } from './notification.entity.ts';
import { notificationColumns, type Column } from './notification.sql.ts';

/** Which notifications, in which part of the history, and of whom. */
export interface HistoryQuery {
  readonly workspaceId: string;
  /** Set where the viewer sees only what concerns them. */
  readonly onlyFor: string | undefined;
  readonly filter: HistoryFilter;
  /** Every one of these is in the text. */
  readonly words: readonly string[] | undefined;
  /** Microseconds of the epoch and id of the last row seen. */
  readonly after: { readonly createdUs: string; readonly id: string } | undefined;
  readonly limit: number;
  /** What is read of each row; all of it where left out. */
  readonly columns?: readonly Column[] | undefined;
}

export interface BoundStatement extends Statement {
  readonly values: readonly unknown[];
}

/** Each filter's condition on `n`; `$` stands for its parameter. */
const CONDITIONS: Readonly<Record<keyof HistoryFilter, string>> = {
  statuses: 'n.status = any($::text[])',
  eventTypes: 'n.event_type = any($::text[])',
  channelId: 'n.channel_id = $',
  identityId: 'n.identity_id = $::uuid',
  connectionId: 'n.connection_id = $::uuid',
  websiteId: 'n.website_id = $',
  requestedBy: 'n.requested_by = $',
  selectedBy: 'n.selected_by = $',
  priority: 'n.priority = $',
  failureCode: 'n.failure_code = $',
  createdSince: 'n.created_at >= $::timestamptz',
  createdUntil: 'n.created_at < $::timestamptz',
  idempotencyKey: 'n.idempotency_key = $',
};

/** Each has an index of its own in the order of the history: what else is asked for is looked at on the way along it. */
const LEADING: readonly (keyof HistoryFilter)[] = [
  'channelId',
  'identityId',
  'connectionId',
  'websiteId',
  'requestedBy',
  'selectedBy',
  'failureCode',
  'idempotencyKey',
];

/** Asked for alone, each finds its page by an index that a plan finds without the value; planning takes longer than the page. */
const KEPT: readonly Condition[] = [...LEADING, 'statuses', 'eventTypes'];

/** The two halves of all notifications, by the predicates of their indexes. */
const MOVING = `n.status in ('QUEUED', 'SENDING', 'RETRYING') and n.wait_reason is distinct from 'SCHEDULED'`;
const STILL = `(n.status in ('DELIVERED', 'FAILED', 'CANCELED', 'UNCONFIRMED') or n.wait_reason = 'SCHEDULED')`;

const order = (rows: string): string => `order by ${rows}.created_at desc, ${rows}.id desc`;
const ORDER = order('n');
const MICROSECONDS = '(extract(epoch from n.created_at) * 1000000)::bigint as "createdUs"';

/** A search walks this far along the newest of what else is asked for: a word of many texts has filled its page by then. */
const SEARCH_WALK = 2000;

/** Values that are walked one beside the other, where one walk would have to sort: `join` gives them, `where` uses them. */
interface Lane {
  readonly join: string;
  readonly where: string;
  /** Conditions that hold by it: stated as well, they would lead the planner elsewhere. */
  readonly instead: readonly Condition[];
}

/** A part of what a viewer may see. */
interface Audience {
  readonly condition: string;
  readonly lane?: Lane;
  readonly isOnePerson?: boolean;
}

type Condition = keyof HistoryFilter | 'workspace';

/** For a value that it does not see the planner takes the average one, of which the newest of all may seem to be full. */
const twice = (condition: string): string => {
  const [column, value] = condition.split(' = ');
  return `${condition} and ${column} between ${value} and ${value}`;
};

class HistoryStatement {
  readonly #values: unknown[] = [];
  readonly #query: HistoryQuery;
  readonly #conditions = new Map<Condition, string>();
  readonly #workspace: string;
  readonly #viewer: string | undefined;
  readonly #position: string | undefined;

  constructor(query: HistoryQuery) {
    this.#query = query;
    this.#workspace = this.#bind(query.workspaceId);
    this.#conditions.set('workspace', `n.workspace_id = ${this.#workspace}`);
    if (query.onlyFor !== undefined) this.#viewer = this.#bind(query.onlyFor);
    if (query.after) {
      const { createdUs, id } = query.after;
      this.#position = `('epoch'::timestamptz + ${this.#bind(createdUs)}::bigint * interval '1 microsecond', ${this.#bind(id)}::uuid)`;
    }
    for (const [key, condition] of Object.entries(CONDITIONS)) {
      const name = key as keyof HistoryFilter;
      // Where a page ended lies before it by itself; said as well, Postgres 18 looks twice for each row.
      const value = name === 'createdUntil' && query.after ? undefined : query.filter[name];
      if (value !== undefined) this.#conditions.set(name, condition.replace('$', this.#bind(value)));
    }
  }

  page(): BoundStatement {
    const kept = this.#kept();
    const led = LEADING.find((name) => name === kept);
    if (led !== undefined) this.#conditions.set(led, twice(this.#conditions.get(led) ?? ''));
    const page = this.#statement(this.#newest(this.#query.limit));
    if (kept === undefined) return page;
    const who = this.#viewer === undefined ? 'admin' : 'member';
    const where = this.#position === undefined ? 'first' : 'next';
    return { ...page, name: ['history', who, kept, where, ...this.#shown()].join('_') };
  }

  /** A connection knows one statement by a name. */
  #shown(): string[] {
    const { columns } = this.#query;
    return columns ? [createHash('sha256').update(columns.join()).digest('base64url').slice(0, 10)] : [];
  }

  /** All that is asked for, where a plan need not see any value of it. */
  #kept(): Condition | undefined {
    const [asked = 'workspace', ...more] = [...this.#conditions.keys()].filter((name) => name !== 'workspace');
    if (more.length > 0 || (this.#viewer !== undefined && asked !== 'workspace')) return undefined;
    return asked === 'workspace' || KEPT.includes(asked) ? asked : undefined;
  }

  /**
   * Hits among the newest of what else is asked for, and the last row that was walked, hit or not, where there may be more
   * behind it: without that one, and with fewer hits than asked for, these are all.
   */
  near(words: readonly string[]): BoundStatement {
    const walk = this.#bind(SEARCH_WALK);
    const found = `select n.id, n.created_at, w.notification_id is not null as is_hit, n.place = ${walk} as is_cut
      from (select walked.*, row_number() over (${order('walked')}) as place from (${this.#newest(SEARCH_WALK)}) walked) n
      left join notification_words w on w.notification_id = n.id and w.words @> ${this.#bind(words)}::text[]
      where w.notification_id is not null or n.place = ${walk}
      ${ORDER} limit ${this.#bind(this.#query.limit)}`;
    return this.#statement(found, ', found.is_hit as "isHit", found.is_cut as "isCut"');
  }

  /** By the index of words, newest hit first: for words that are rare among the newest. */
  search(words: readonly string[]): BoundStatement {
    // The planner must not see the words: it thinks of how often each occurs, never of when, nor of whether together, and
    // would walk the whole history for a common one. "offset 0" keeps it from taking the two apart.
    const hits = `select w.notification_id, w.created_at from notification_words w
      where array[w.workspace_id] @> array[${this.#workspace}] and w.words @> (select ${this.#bind(words)}::text[])
        ${this.#position === undefined ? '' : `and (w.created_at, w.notification_id) < ${this.#position}`}
      order by w.created_at desc, w.notification_id desc offset 0`;
    return this.#statement(`select n.id, n.created_at from (${hits}) w join notifications n on n.id = w.notification_id
      where ${this.#where([this.#isVisible()])}
      order by w.created_at desc, w.notification_id desc limit ${this.#bind(this.#query.limit)}`);
  }

  /** All that is shown only of those that are on the page. */
  #statement(found: string, besides = ''): BoundStatement {
    const text = `select ${notificationColumns('n', this.#query.columns)}, ${MICROSECONDS}${besides} from (${found}) found
      join notifications n on n.id = found.id and n.workspace_id = ${this.#workspace} ${ORDER}`;
    return { text, values: this.#values };
  }

  /** The newest of what moves and of what stands still; each part is walked in order and ends by itself. */
  #newest(limit: number): string {
    const most = this.#bind(limit);
    const moving = `select n.id, n.created_at from notifications n where ${this.#where([this.#isVisible(), MOVING])}`;
    const audiences = this.#audiences();
    const still = audiences.map((audience) => {
      const lanes = [audience.lane ?? [], this.#lane(audience.isOnePerson) ?? []].flat();
      const where = this.#where([audience.condition, STILL, ...lanes.map((lane) => lane.where)], lanes);
      const rows = `select n.id, n.created_at from notifications n where ${where}`;
      if (lanes.length === 0) return rows;
      return `select n.id, n.created_at from ${lanes.map(({ join }) => join).join(' cross join ')}
        cross join lateral (${rows} ${ORDER} limit ${most}) n`;
    });
    const parts = [moving, ...still].map((part) => `(${part} ${ORDER} limit ${most})`);
    const distinct = audiences.length > 1 ? 'distinct' : '';
    return `select ${distinct} n.id, n.created_at from (${parts.join(' union all ')}) n ${ORDER} limit ${most}`;
  }

  /** A member sees the bots' and their own; without an index that leads elsewhere each kind is walked for itself. */
  #audiences(): Audience[] {
    if (this.#viewer === undefined || this.#isLed()) return [{ condition: this.#isVisible() }];
    const { eventTypes, statuses } = this.#query.filter;
    const instead: Condition[] = eventTypes || statuses ? [] : ['workspace'];
    return [
      { condition: 'true', lane: this.#identities(`i.kind = 'WORKSPACE_BOT'`, instead) },
      { condition: twice(`n.requested_by = ${this.#viewer}`), isOnePerson: true },
      { condition: twice(`n.selected_by = ${this.#viewer}`), isOnePerson: true },
    ];
  }

  #lane(isOnePerson = false): Lane | undefined {
    const { connectionId } = this.#query.filter;
    if (connectionId === undefined) return this.#isLed() ? undefined : this.#each(isOnePerson);
    return this.#identities(`c.id = ${this.#bind(connectionId)}::uuid`, ['workspace', 'connectionId']);
  }

  /** An identity is of one connection, and so of one workspace. */
  #identities(which: string, instead: Lane['instead']): Lane {
    const join = `(select i.id from identities i join connections c on c.id = i.connection_id
      where c.workspace_id = ${this.#workspace} and ${which}) poster`;
    return { join, where: 'n.identity_id = poster.id', instead };
  }

  #each(isOnePerson: boolean): Lane | undefined {
    const { eventTypes, statuses } = this.#query.filter;
    if (!eventTypes && !statuses) return undefined;
    const join = `(select distinct unnest(${this.#bind(eventTypes ?? statuses)}::text[]) as value) each`;
    // The planner takes a value that it does not see for an average one, and would walk the whole history for a rare one.
    // Said twice, it takes it for rare and walks the index that has it. One person's have an index whose value it sees.
    const where = (column: string): string =>
      `n.${column} = each.value${isOnePerson ? '' : ` and n.${column} between each.value and each.value`}`;
    return eventTypes
      ? { join, where: where('event_type'), instead: ['eventTypes'] }
      : { join, where: where('status'), instead: ['statuses'] };
  }

  #isLed(): boolean {
    return LEADING.some((name) => this.#conditions.has(name));
  }

  #isVisible(): string {
    if (this.#viewer === undefined) return 'true';
    return `(n.identity_kind = 'WORKSPACE_BOT' or n.requested_by = ${this.#viewer} or n.selected_by = ${this.#viewer})`;
  }

  #where(conditions: readonly string[], lanes: readonly Lane[] = []): string {
    const stated = [...this.#conditions].filter(([name]) => !lanes.some(({ instead }) => instead.includes(name)));
    const keyset = this.#position === undefined ? [] : [`(n.created_at, n.id) < ${this.#position}`];
    return [...stated.map(([, condition]) => condition), ...keyset, ...conditions].join(' and ');
  }

  #bind(value: unknown): string {
    return `$${this.#values.push(value)}`;
  }
}

/** A page of the history, whatever the words; with a name where its plan may be kept. */
export const historyPage = (query: HistoryQuery): BoundStatement => new HistoryStatement(query).page();

/** A page of what is found by its words among the newest, with whether that may be less than there is. */
export const historyNear = (query: HistoryQuery, words: readonly string[]): BoundStatement =>
  new HistoryStatement(query).near(words);

/** A page of what is found by its words, however long ago. */
export const historySearch = (query: HistoryQuery, words: readonly string[]): BoundStatement =>
  new HistoryStatement(query).search(words);
