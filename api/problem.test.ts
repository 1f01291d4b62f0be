import { describe, expect, it } from 'vitest';
import { DomainError, type ErrorCode, errorCodes, invalidField } from '../domain/errors.ts';
import { IntegrityError } from '../domain/ports.ts';
import { problemOf } from './problem.ts';

const statuses: Record<ErrorCode, number> = {
  VALIDATION: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  PRECONDITION_FAILED: 422,
  LIMIT_EXCEEDED: 429,
  DEPENDENCY_TEMPORARY: 503,
  DEPENDENCY_PERMANENT: 502,
  INTERNAL: 500,
};

describe('our own errors', () => {
  it.each(Object.entries(statuses))('%s is %d', (code, status) => {
    const { problem, unknown } = problemOf(new DomainError(code as ErrorCode, 'Say so.'), 'r-1');
    expect(problem).toMatchObject({ status, code, detail: 'Say so.', requestId: 'r-1' });
    expect(problem.type).toBe(`https://floorwalker.dev/errors/${code.toLowerCase().replaceAll('_', '-')}`);
    expect(problem.title).not.toBe('');
    expect(unknown).toBe(code === 'INTERNAL');
  });

  it('are all in the table', () => {
    expect(Object.keys(statuses).sort()).toEqual(Object.keys(errorCodes).sort());
  });

  it('name the field, and only then carry errors', () => {
    expect(problemOf(invalidField('detectedAt', 'is missing'), 'r').problem.errors).toEqual([
      { field: 'detectedAt', message: 'is missing' },
    ]);
    expect(problemOf(new DomainError('CONFLICT', 'x'), 'r').problem).not.toHaveProperty('errors');
  });

  it('say when to come back', () => {
    expect(problemOf(new DomainError('LIMIT_EXCEEDED', 'x', { retryAfterMs: 5_000 }), 'r').retryAfterMs).toBe(5_000);
  });
});

describe('errors of libraries', () => {
  const withStatus = (status: number) => Object.assign(new Error('secret detail of a library'), { status });
  it.each([
    [400, 400, 'VALIDATION'],
    [404, 404, 'NOT_FOUND'],
    [405, 405, 'NOT_FOUND'],
    [413, 413, 'VALIDATION'],
    [415, 415, 'VALIDATION'],
    [416, 416, 'VALIDATION'],
    [500, 500, 'INTERNAL'],
    [503, 500, 'INTERNAL'],
  ])('status %d becomes %d %s, scrubbed', (given, status, code) => {
    const { problem, unknown } = problemOf(withStatus(given), 'r');
    expect(problem).toMatchObject({ status, code });
    expect(JSON.stringify(problem)).not.toContain('secret');
    expect(unknown).toBe(status === 500);
  });

  it('a body that is not JSON', () => {
    const syntax = Object.assign(new SyntaxError('Unexpected token in secret'), { status: 400 });
    expect(problemOf(syntax, 'r').problem).toMatchObject({ detail: 'body: is not JSON', errors: [{ field: 'body' }] });
  });
});

describe('errors nobody foresaw', () => {
  it.each([
    ['an error', new Error('password=hunter2')],
    ['a string', 'password=hunter2'],
    ['nothing', undefined],
    ['null', null],
    ['an object', { status: 'password=hunter2' }],
  ])('%s is scrubbed for the caller and kept for the log', (_name, error) => {
    const { problem, unknown } = problemOf(error, 'r-9');
    expect(problem).toMatchObject({ status: 500, code: 'INTERNAL', requestId: 'r-9' });
    expect(JSON.stringify(problem)).not.toContain('hunter2');
    expect(unknown).toBe(true);
  });

  it('evidence that was changed names neither key nor hash', () => {
    const changed = new IntegrityError({ key: 'demo/x', expectedSha256: 'aa', actualSha256: 'bb' });
    const { problem } = problemOf(changed, 'r');
    expect(problem).toMatchObject({ status: 502, code: 'DEPENDENCY_PERMANENT' });
    expect(problem.detail).toMatch(/not shown; tell compliance/);
    expect(problem.detail).not.toContain('demo/x');
  });
});
