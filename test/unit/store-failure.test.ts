import { DatabaseError } from 'pg';
import { QueryFailedError } from 'typeorm';
import { classifyStoreError, StoreContendedError } from '../../src/store/store-failure';

const SECRET = 'Ada Lovelace';

/** An error as the server sends it, with a row's values wherever Postgres may put them. */
function serverError(code: string, fields: Partial<DatabaseError> = {}): DatabaseError {
  const error = new DatabaseError(`invalid input: "${SECRET}"`, 0, 'error');
  return Object.assign(error, {
    code,
    severity: 'ERROR',
    detail: `Key (name)=(${SECRET}) already exists.`,
    where: `COPY staged_providers, line 1: "${SECRET}"`,
    ...fields,
  });
}

function nodeError(code: string): Error {
  return Object.assign(new Error(`connect ${code} 127.0.0.1:5432`), { code });
}

describe('classifyStoreError', () => {
  it.each([
    '08006',
    '25006',
    '28P01',
    '3D000',
    '40001',
    '40P01',
    '42501',
    '53300',
    '55P03',
    '57014',
    '57P01',
    '57P03',
    '58030',
    'XX000',
  ])('takes %s for Postgres being away or busy', (code) => {
    expect(classifyStoreError(serverError(code))?.type).toBe('StoreUnavailable');
  });

  it.each(['22001', '22021', '22P02', '23502', '23503', '23505', '23514', '42601', '54000', '0A000'])(
    'takes %s for data that Postgres refuses, and quotes no value of it',
    (code) => {
      const failure = classifyStoreError(serverError(code));
      expect(failure?.type).toBe('StoreRejected');
      expect(failure?.message).not.toContain(SECRET);
    },
  );

  it.each(['42P01', '42703'])('says for %s that the migrations are missing', (code) => {
    expect(classifyStoreError(serverError(code))).toEqual({
      type: 'StoreUnavailable',
      message: expect.stringContaining('provider-sync migrate'),
    });
  });

  it.each(['40001', '55P03', 'XX000', '08P01'])('quotes no value of a row for %s', (code) => {
    expect(classifyStoreError(serverError(code))?.message).not.toContain(SECRET);
  });

  it('names the table and the constraint at fault', () => {
    const error = serverError('23505', { table: 'providers', constraint: 'providers_identity_key' });
    expect(classifyStoreError(error)?.message).toBe(
      'Postgres refused what it was given (23505, table providers, constraint providers_identity_key)',
    );
  });

  it('looks through what TypeORM wraps around it', () => {
    const error = new QueryFailedError('SELECT $1', [SECRET], serverError('23505'));
    const failure = classifyStoreError(error);
    expect(failure?.type).toBe('StoreRejected');
    expect(failure?.message).not.toContain(SECRET);
  });

  it.each(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'ETIMEDOUT', 'EPIPE', 'EAI_AGAIN'])(
    'takes %s for Postgres being away',
    (code) => {
      expect(classifyStoreError(nodeError(code))?.type).toBe('StoreUnavailable');
    },
  );

  it('looks into the failures of a host with several addresses', () => {
    const error = new AggregateError([nodeError('ECONNREFUSED'), nodeError('ECONNREFUSED')]);
    expect(classifyStoreError(error)?.type).toBe('StoreUnavailable');
    const wrapped = new QueryFailedError('SELECT 1', [], error);
    expect(classifyStoreError(wrapped)?.type).toBe('StoreUnavailable');
  });

  it.each([
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'timeout exceeded when trying to connect',
    'Driver not Connected',
    'Client has encountered a connection error and is not queryable',
    'Cannot use a pool after calling end on the pool',
  ])('takes "%s" for Postgres being away', (message) => {
    expect(classifyStoreError(new Error(message))?.type).toBe('StoreUnavailable');
  });

  it('lets a contended start be tried again', () => {
    expect(classifyStoreError(new StoreContendedError('Wait.'))).toEqual({
      type: 'StoreUnavailable',
      message: 'Wait.',
    });
  });

  it.each([
    new TypeError('x is not a function'),
    new AggregateError([new TypeError('x is not a function')]),
    Object.assign(new Error('an error of the file system'), { code: 'EPERM' }),
    'text',
    null,
  ])('leaves a defect of ours unnamed: %p', (error) => {
    expect(classifyStoreError(error)).toBeNull();
  });
});
