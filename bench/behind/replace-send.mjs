// Takes the place of what is behind sendNotification: the server, its schema and its limits stay as they are.
import { randomUUID } from 'node:crypto';
import { SendService } from '../../src/notifications/send.service.ts';

/** What the notification says of itself, as if it had been stored. */
const answerOf = (viewer, { workspaceId, text, channelId }) => ({
  id: randomUUID(),
  workspaceId,
  status: 'QUEUED',
  priority: 1,
  text,
  channelId,
  blocks: null,
  postedAs: 'bench',
  attemptCount: 0,
  requestedBy: viewer.userId,
  isTest: false,
  createdAt: new Date(),
});

export const replaceSend = (store) => {
  SendService.prototype.send = async function send(viewer, input) {
    await store(input);
    return { kind: 'accepted', deduplicated: false, notification: answerOf(viewer, input) };
  };
};
