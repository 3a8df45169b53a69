import { IndexMigration } from '../src/platform/index-migration.ts';
import { wordsOf } from '../src/notifications/words.policy.ts';

const SLICE = 1000;
/** At rest, or until its time comes. */
const STILL = `(status in ('DELIVERED', 'FAILED', 'CANCELED', 'UNCONFIRMED') or wait_reason = 'SCHEDULED')`;
const NEWEST_FIRST = 'created_at desc, id desc';

interface Text {
  readonly id: string;
  readonly workspace_id: string;
  readonly created_at: string;
  readonly text: string;
}

/** What the history is looked through by: an index for each filter, the words of the texts, and retention. */
export class History extends IndexMigration {
  override async up(): Promise<void> {
    // Without a foreign key: it would be checked for every message that is accepted, and rows are only ever written and
    // deleted with their notification. created_at is that of the notification: both are written in one transaction.
    await this.execute(`
      create table if not exists notification_words (
        notification_id uuid primary key,
        workspace_id text not null,
        created_at timestamptz not null default now(),
        words text[] not null
      )`);
    await this.#storeWords();
    // The workspace is a term like the words: a word that is rare here may be in every message of another. What is not
    // merged yet is read from end to end by every search: the list is kept short.
    this.#index('notification_words_search', 'notification_words using gin ((array[workspace_id]), words)', {
      options: 'with (gin_pending_list_limit = 512)',
    });

    // A row is written anew three times on its way to rest, and each time it enters every index that holds it. What is in
    // the queue is no more than the queue may hold: it is walked, by this index alone.
    this.#index('notifications_moving', `notifications (workspace_id, ${NEWEST_FIRST})`, {
      where: `status in ('QUEUED', 'SENDING', 'RETRYING') and wait_reason is distinct from 'SCHEDULED'`,
    });
    // What stands still enters these, once. Each ends in the order of the history: a page is read off it, at any depth.
    const still = (name: string, columns: string, where = ''): void =>
      this.#index(name, `notifications (${columns}, ${NEWEST_FIRST})`, { where: `${where}${STILL}` });
    still('notifications_still', 'workspace_id');
    still('notifications_by_status', 'workspace_id, status');
    still('notifications_by_channel', 'workspace_id, channel_id');
    // Also for a connection (its identities) and for what a workspace's bots posted, which its members see.
    still('notifications_by_identity', 'identity_id');
    still('notifications_by_requester', 'workspace_id, requested_by');
    still('notifications_by_selector', 'workspace_id, selected_by', 'selected_by is not null and ');
    still('notifications_by_event_type', 'workspace_id, event_type', 'event_type is not null and ');
    still('notifications_by_website', 'workspace_id, website_id', 'website_id is not null and ');
    // Priority 1 is NORMAL, which most are: those are found by the history itself.
    still('notifications_by_priority', 'workspace_id, priority', 'priority <> 1 and ');
    still('notifications_by_failure', 'workspace_id, failure_code', 'failure_code is not null and ');
    still('notifications_by_key', 'workspace_id, idempotency_key', 'idempotency_key is not null and ');
    this.#index('notifications_finished', 'notifications (finished_at)', { where: 'finished_at is not null' });

    // The two that these stand in for.
    this.whileOthersWrite('drop index concurrently if exists notifications_history');
    this.whileOthersWrite('drop index concurrently if exists notifications_queued');
    // What was sent again outlives what it repeats.
    this.addSql(`
      alter table notifications drop constraint if exists notifications_resend_of_fkey,
        add constraint notifications_resend_of_fkey foreign key (resend_of) references notifications (id)
          on delete set null not valid`);
    this.addSql('alter table notifications validate constraint notifications_resend_of_fkey');
  }

  /** What an earlier try left behind when it broke off is not valid, and would never become so. */
  #index(name: string, on: string, { options = '', where = 'true' }: { options?: string; where?: string }): void {
    this.whileOthersWrite(`drop index concurrently if exists ${name}`);
    this.whileOthersWrite(`create index concurrently ${name} on ${on} ${options} where ${where}`);
  }

  /** Of messages that are older than their index. */
  async #storeWords(): Promise<void> {
    for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
      const rows = (await this.execute(
        'select id, workspace_id, created_at::text, text from notifications where id > ?::uuid order by id limit ?',
        [after, SLICE],
      )) as Text[];
      const last = rows.at(-1);
      if (last === undefined) return;
      after = last.id;
      const given = rows.map(({ text, ...row }) => ({ ...row, words: wordsOf(text) }));
      await this.execute(
        `insert into notification_words select * from json_to_recordset(?::json)
           as given(id uuid, workspace_id text, created_at timestamptz, words text[])
         on conflict do nothing`,
        [JSON.stringify(given)],
      );
    }
  }
}
