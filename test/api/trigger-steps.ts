import {
  SaveEventTypeDocument,
  TestEventDocument,
  TriggerEventDocument,
  type SaveEventTypeInput,
  type TestEventInput,
  type TriggerEventInput,
} from '../generated/graphql.ts';
import type { Desk } from '../support/desk.ts';

/** Triggers, tests and event types of one workspace, as its bot to #general of Acme, but for what is given. */
export const triggersOf = ({ workspaceId, admin, bot }: Desk) => {
  const usual = { workspaceId, sender: { identityId: bot.id }, channelId: 'C0ACME0001', eventType: 'audit_complete' };
  const context = { audit_type: 'SEO', website_name: 'a.example', score: 91 };
  const own = {
    title: 'Own',
    template: 'Said {{ v }}.',
    fallback: 'Said.',
    priority: 'NORMAL',
    sampleContext: { v: 1 },
  } as const;
  return {
    trigger: async (but: Partial<TriggerEventInput> = {}, caller = admin) =>
      (await caller.run(TriggerEventDocument, { input: { ...usual, context, ...but } })).triggerEvent,
    testEvent: async (but: Partial<TestEventInput> = {}, caller = admin) =>
      (await caller.run(TestEventDocument, { input: { ...usual, ...but } })).testEvent,
    save: async (but: Partial<SaveEventTypeInput> & { key: string }): Promise<void> => {
      const { saveEventType } = await admin.run(SaveEventTypeDocument, { input: { workspaceId, ...own, ...but } });
      if (saveEventType.userErrors.length > 0) throw new Error(JSON.stringify(saveEventType.userErrors));
    },
  };
};
