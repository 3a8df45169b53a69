import type { Message } from '../model.ts';
import type { Answer, Call, MethodDefinition, Sighting } from './call.ts';
import { fail, ok, sight, textOf } from './call.ts';
import { isLongerThan, readContent } from './content.ts';
import { messageShape } from './shapes.ts';

const MAX_UPDATED_TEXT = 4_000;

function findMessage(call: Call, argument: string): { seen: Sighting; message: Message } | Answer {
  const seen = sight(call, textOf(call.args, 'channel'));
  if (seen === null) return fail('channel_not_found');
  const message = seen.channel.byTs.get(textOf(call.args, argument) ?? '');
  return message === undefined ? fail('message_not_found') : { seen, message };
}

const isOwn = (call: Call, { team, user }: Sighting, message: Message): boolean =>
  call.grant.kind === 'bot' ? message.botId === team.botId : message.user === user && message.botId === null;

function update(call: Call): Answer {
  const found = findMessage(call, 'ts');
  if ('ok' in found) return found;
  const { seen, message } = found;
  if (!isOwn(call, seen, message)) return fail('cant_update_message');
  if (seen.channel.archived) return fail('is_inactive');
  const read = readContent(call.args);
  if (read.kind === 'refused') return read.answer;
  const { content } = read;
  if (isLongerThan(content.text, MAX_UPDATED_TEXT)) return fail('msg_too_long');
  const { world, clock, app } = call.simulator;
  world.edit(seen.channel, message, {
    text: content.text,
    blocks: content.blocks,
    attachments: content.attachments,
    metadata: content.metadata ?? message.metadata,
    editedTs: world.nextTs(clock.nowMs()),
  });
  const shape = messageShape(message, { channel: seen.channel, team: seen.team, app, allMetadata: true });
  return ok({ channel: seen.channel.id, ts: message.ts, text: message.text, message: shape });
}

function remove(call: Call): Answer {
  const found = findMessage(call, 'ts');
  if ('ok' in found) return found;
  const { seen, message } = found;
  if (!isOwn(call, seen, message)) return fail('cant_delete_message');
  call.simulator.world.delete(seen.channel, message.ts);
  return ok({ channel: seen.channel.id, ts: message.ts });
}

function getPermalink(call: Call): Answer {
  const found = findMessage(call, 'message_ts');
  if ('ok' in found) return found;
  const { seen, message } = found;
  const url = `${call.simulator.url}/archives/${seen.channel.id}/p${message.ts.replace('.', '')}`;
  const thread = message.threadTs === null ? '' : `?thread_ts=${message.threadTs}&cid=${seen.channel.id}`;
  return ok({ channel: seen.channel.id, permalink: url + thread });
}

export const chatMethods: Readonly<Record<string, MethodDefinition>> = {
  'chat.update': { accepts: ['chat:write'], needs: ['chat:write'], handle: update },
  'chat.delete': { accepts: ['chat:write'], needs: ['chat:write'], handle: remove },
  'chat.getPermalink': { accepts: [], needs: [], handle: getPermalink },
};
