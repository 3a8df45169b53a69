import { GraphQLError } from 'graphql';
import { describe, expect, test } from 'vitest';
import { TopLevelError } from '../platform/top-level-error.ts';
import { maskError } from './errors.ts';

const options = { requestId: 'request-1', suggestions: true };
const codeOf = (error: unknown) => maskError(error, options).formatted.extensions?.['code'];
const resolving = (originalError: Error) => new GraphQLError(originalError.message, { originalError, path: ['field'] });

describe('what a client may see of an error', () => {
  test.each([
    ['a shutdown', Object.assign(new Error('terminating connection'), { code: '57P01' })],
    ['a start', Object.assign(new Error('the database system is starting up'), { code: '57P03' })],
    ['a statement that took too long', Object.assign(new Error('canceling statement'), { code: '57014' })],
    ['a broken connection', Object.assign(new Error('connection failure'), { code: '08006' })],
    ['a lock that others hold for too long', Object.assign(new Error('canceling statement'), { code: '55P03' })],
    ['a refused connection', new AggregateError([Object.assign(new Error(''), { code: 'ECONNREFUSED' })])],
    ['a name that cannot be resolved now', Object.assign(new Error('getaddrinfo'), { code: 'EAI_AGAIN' })],
    ['a lost connection', new Error('Connection terminated unexpectedly')],
    ['a connection on which nothing is said any more', new Error('Query read timeout')],
    ['a pool with nothing free', new Error('timeout exceeded when trying to connect')],
    ['a wrapped one', new Error('query failed', { cause: Object.assign(new Error(''), { code: '57P01' }) })],
  ])('%s of the database is retryable, and logged', (_, error) => {
    const { formatted, fault } = maskError(resolving(error), options);
    expect(formatted.extensions).toEqual({ code: 'SERVICE_UNAVAILABLE', retryable: true });
    expect(fault).toBe(error);
  });

  test('a fault of ours keeps its path and shows nothing else than the id of the request', () => {
    const { formatted, fault } = maskError(resolving(new TypeError('x is undefined')), options);
    expect(formatted).toEqual({
      message: expect.not.stringContaining('undefined'),
      path: ['field'],
      extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'request-1' },
    });
    expect(fault).toBeInstanceOf(TypeError);
  });

  test('another error of the database is a fault', () => {
    expect(codeOf(resolving(Object.assign(new Error('duplicate key'), { code: '23505' })))).toBe(
      'INTERNAL_SERVER_ERROR',
    );
  });

  test('our own refusal goes out as it is and is not logged', () => {
    const { formatted, fault } = maskError(
      resolving(new TopLevelError('RATE_LIMITED', 'Slow down.', { retryAfterSeconds: 3 })),
      options,
    );
    expect(formatted).toMatchObject({
      message: 'Slow down.',
      extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 3 },
    });
    expect(fault).toBeUndefined();
  });

  test('what is thrown and is no error is masked', () => {
    expect(codeOf('a string')).toBe('INTERNAL_SERVER_ERROR');
    expect(codeOf(undefined)).toBe('INTERNAL_SERVER_ERROR');
  });

  test('an error of the executor about our own answer is a fault, not the client’s', () => {
    expect(codeOf(resolving(new Error('Cannot return null for non-nullable field Query.me.')))).toBe(
      'INTERNAL_SERVER_ERROR',
    );
  });
});
