import { isStorableJson, notStorable } from '../platform/text.ts';
import type { Refusal } from '../platform/user-error.ts';
import type { JsonObject } from './event-type.entity.ts';

export const MAX_CONTEXT_BYTES = 16 * 1024;
export const MAX_CONTEXT_LEVELS = 8;

/** Looked at before anything else goes through the context: what is nested without measure overflows a stack. */
const isDeeperThan = (value: unknown, levels: number): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((item) => isDeeperThan(item, levels - 1));
};

/** What keeps a context from being taken; `field` names the input that it came in. */
export const contextRefusal = (context: JsonObject, field = 'context'): Refusal | undefined => {
  const refusal = (message: string, remedy: string): Refusal => ({
    code: 'INVALID_INPUT',
    message,
    remedy,
    field: ['input', field],
  });
  const remedy = 'Send only what the message says.';
  if (isDeeperThan(context, MAX_CONTEXT_LEVELS)) {
    return refusal(`The context is nested deeper than ${MAX_CONTEXT_LEVELS} levels.`, remedy);
  }
  const json = JSON.stringify(context);
  if (Buffer.byteLength(json) > MAX_CONTEXT_BYTES) return refusal('The context is larger than 16 KiB.', remedy);
  return isStorableJson(json) ? undefined : refusal(...notStorable('The context'));
};
