import { isLongerThan, isStorable, notStorable } from '../platform/text.ts';
import type { Refusal } from '../platform/user-error.ts';
import { BUILT_IN_EVENT_TYPES, type EventTypeDefinition } from './built-in-event-types.ts';
import { contextRefusal } from './context.policy.ts';
import { renderEvent, type Failed, type Templates } from './rendering.policy.ts';
import { olderFormProblem, parseTemplate, toLiquid, type TemplateProblem } from './template.policy.ts';

const KEY = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,99}$/;
const MAX_TITLE_LENGTH = 200;

type Draft =
  | { readonly kind: 'valid'; readonly definition: EventTypeDefinition }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

const invalid = (field: string, message: string, remedy: string): Refusal => ({
  code: 'INVALID_INPUT',
  message,
  remedy,
  field: ['input', field],
});

export const isEventTypeKey = (key: string): boolean => KEY.test(key);

export const unknownEventType = (key: string, field = 'eventType'): Refusal => ({
  code: 'UNKNOWN_EVENT_TYPE',
  message: `The workspace has no event type with the key ${JSON.stringify(key.slice(0, 100))}.`,
  remedy: '`eventTypes` lists those that there are; an admin makes others with saveEventType.',
  field: ['input', field],
});

export const builtInEventType = (key: string): EventTypeDefinition | undefined =>
  BUILT_IN_EVENT_TYPES.find((eventType) => eventType.key === key);

/** Whatever its case: two event types whose keys differ in that alone are told apart by no person. */
export const protectedKey = (key: string): Refusal | undefined => {
  const builtIn = builtInEventType(key.toLowerCase());
  return (
    builtIn && {
      code: 'BUILT_IN_EVENT_TYPE',
      message: `${builtIn.key} is built in, and can be neither changed nor deleted.`,
      remedy: 'Save an event type with a key of your own, and trigger that instead.',
      field: ['input', 'key'],
    }
  );
};

/** Why what an event would say cannot be said. `field` names the input at fault where it is no template. */
export const renderingRefusal = (failed: Failed, field: string): Refusal => {
  if (failed.kind === 'invalid') return templateRefusal(failed.problem, failed.part);
  return {
    code: 'INVALID_MESSAGE',
    message: failed.reason,
    remedy: 'Give values that make a text of 1 to 40,000 characters.',
    field: ['input', field],
  };
};

const templateRefusal = ({ message, line, column }: TemplateProblem, part: keyof Templates): Refusal => ({
  code: 'INVALID_TEMPLATE',
  message: `Line ${line}, column ${column} of the ${part}: ${message}.`,
  remedy: 'Change the template there. Which tags and filters there are, and the limits, is in docs/event-types.md.',
  field: ['input', part],
  details: { kind: 'invalidTemplate', line, column },
});

const labelProblem = ({ key, title }: EventTypeDefinition): Refusal | undefined => {
  if (!isEventTypeKey(key)) {
    const remedy =
      'Give 1 to 100 letters, digits, dots, colons, hyphens or underscores, a letter or digit first, for example deploy.finished.';
    return invalid('key', 'This cannot be the key of an event type.', remedy);
  }
  if (title.trim() === '' || isLongerThan(title, MAX_TITLE_LENGTH)) {
    return invalid('title', `The title is empty or longer than ${MAX_TITLE_LENGTH} characters.`, 'Give a short title.');
  }
  return isStorable(title) ? undefined : invalid('title', ...notStorable('The title'));
};

const partProblem = (part: keyof Templates, source: string): Refusal | undefined => {
  if (source.trim() === '') return invalid(part, `The ${part} is empty.`, 'Write what the message says.');
  if (!isStorable(source)) return invalid(part, ...notStorable(`The ${part}`));
  const parsed = parseTemplate(source);
  const problem = parsed.kind === 'invalid' ? parsed.problem : olderFormProblem(source);
  return problem && templateRefusal(problem, part);
};

/** Looked at as they were written, in the older form too, so that line and column are those that the author sees. */
export const templatesRefusal = ({ template, fallback }: Templates): Refusal | undefined =>
  partProblem('template', template) ?? partProblem('fallback', fallback);

/** The fallback has to say something whatever is missing; with nothing but placeholders it could be empty. */
const fallbackProblem = (templates: Templates): Refusal | undefined => {
  const alone = renderEvent({ ...templates, template: '{{ nothing }}' }, {});
  if (alone.kind === 'rendered') return undefined;
  if (alone.kind === 'invalid') return templateRefusal(alone.problem, 'fallback');
  const message = `Where all placeholders of the fallback are missing: ${alone.reason}`;
  return invalid('fallback', message, 'Write a sentence that holds in any case.');
};

const sampleProblem = (templates: Templates, { sampleContext }: EventTypeDefinition): Refusal | undefined => {
  const refusal = contextRefusal(sampleContext, 'sampleContext');
  if (refusal) return refusal;
  const rendering = renderEvent(templates, sampleContext, { isTest: true });
  return rendering.kind === 'rendered' ? undefined : renderingRefusal(rendering, 'sampleContext');
};

/** What may be saved, in Liquid; else the first thing against it. */
export const draftEventType = (given: EventTypeDefinition): Draft => {
  const fault = protectedKey(given.key) ?? labelProblem(given) ?? templatesRefusal(given);
  if (fault) return { kind: 'refused', refusal: fault };
  // Only of what has the length of a template: it takes as long as the text is long, squared.
  const templates = { template: toLiquid(given.template), fallback: toLiquid(given.fallback) };
  const refusal = fallbackProblem(templates) ?? sampleProblem(templates, given);
  if (refusal) return { kind: 'refused', refusal };
  return { kind: 'valid', definition: { ...given, title: given.title.trim(), ...templates } };
};
