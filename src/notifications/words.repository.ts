import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Sql } from '../platform/database.ts';
import type { NotificationId, WorkspaceId } from '../platform/ids.ts';
import type { NewNotification } from './notification-queue.ts';
import { wordsOf } from './words.policy.ts';

export interface TextWords {
  readonly id: NotificationId;
  readonly workspaceId: WorkspaceId;
  readonly words: readonly string[];
}

/** Characters whose words are made at once: for some milliseconds, or for twenty where they are the most elaborate ones. */
const CHARACTERS_IN_A_TURN = 40_000;

/** Made before a transaction begins, which holds locks, and in turns: whatever a hundred texts are made of, all others go on. */
export const wordsOfEach = async (notifications: readonly NewNotification[]): Promise<TextWords[]> => {
  const all: TextWords[] = [];
  let characters = 0;
  for (const { id, workspaceId, text } of notifications) {
    if (characters > CHARACTERS_IN_A_TURN) {
      await nextTurn();
      characters = 0;
    }
    characters += text.length;
    all.push({ id, workspaceId, words: wordsOf(text) });
  }
  return all;
};

/** The words by which texts are found. */
export class WordsRepository {
  /** In the transaction that stores the notifications: what is accepted is found at once. */
  async store(sql: Sql, rows: readonly TextWords[]): Promise<void> {
    if (rows.length === 0) return;
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
