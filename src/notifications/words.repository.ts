import type { Sql } from '../platform/database.ts';
import type { NewNotification } from './notification-queue.ts';
import { wordsOf } from './words.policy.ts';

/** The words by which texts are found. */
export class WordsRepository {
  /** In the transaction that stores the notifications: what is accepted is found at once. */
  async store(sql: Sql, notifications: readonly NewNotification[]): Promise<void> {
    if (notifications.length === 0) return;
    const rows = notifications.map(({ id, workspaceId, text }) => ({ id, workspaceId, words: wordsOf(text) }));
    await sql.query(
      {
        name: 'notification_words_store',
        text: `insert into notification_words (notification_id, workspace_id, words)
          select id, "workspaceId", words from json_to_recordset($1::json) as given(id uuid, "workspaceId" text, words text[])`,
      },
      [JSON.stringify(rows)],
    );
  }
}
