import { DatabaseError } from 'pg';
import {
  CannotExecuteNotConnectedError,
  ConnectionIsNotSetError,
  QueryFailedError,
  QueryRunnerAlreadyReleasedError,
  QueryRunnerProviderAlreadyReleasedError,
  TypeORMError,
} from 'typeorm';
import { classifyStoreError, StoreConnectionError } from '../../../src/store/postgres/store-failure';

const SECRET = 'Ada Lovelace';

/** An error as the server sends it, with the values of a row in every place that Postgres may use. */
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
    '08P01',
    '0A000',
    '22P05',
    '25001',
    '25P02',
    '26000',
    'P0001',
    'ZZ999',
    '25006',
    '28P01',
    '3D000',
    '40001',
    '40P01',
    '42501',
    '53300',
    '55000',
    '55P03',
    '57014',
    '57P01',
    '57P03',
    '58030',
    'XX000',
  ])('counts %s as an unavailable Postgres', (code) => {
    expect(classifyStoreError(serverError(code))?.type).toBe('StoreUnavailable');
  });

  it.each([
    '21000',
    '22001',
    '22021',
    '22P02',
    '23502',
    '23503',
    '23505',
    '23514',
    '42601',
    '42804',
    '54000',
  ])('counts %s as refused data, and quotes no value of it', (code) => {
    const failure = classifyStoreError(serverError(code));
    expect(failure?.type).toBe('StoreRejected');
    expect(failure?.message).not.toContain(SECRET);
  });

  it.each(['3F000', '42P01', '42703', '42883'])('reports missing migrations for %s', (code) => {
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
      'Postgres refused a statement or its data (23505, table providers, constraint providers_identity_key)',
    );
  });

  it('finds the error inside TypeORM’s wrapper', () => {
    const error = new QueryFailedError('SELECT $1', [SECRET], serverError('23505'));
    const failure = classifyStoreError(error);
    expect(failure?.type).toBe('StoreRejected');
    expect(failure?.message).not.toContain(SECRET);
  });

  it.each([
    nodeError('ECONNREFUSED'),
    nodeError('EPROTO'),
    nodeError('CERT_HAS_EXPIRED'),
    nodeError('DEPTH_ZERO_SELF_SIGNED_CERT'),
    nodeError('ERR_OUT_OF_RANGE'),
    new Error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string'),
    new Error('timeout exceeded when trying to connect'),
    new Error('The server does not support SSL connections'),
    new Error('Cannot use a pool after calling end on the pool'),
    new RangeError('an answer of a server that is no Postgres'),
    new DatabaseError('received invalid response: 48', 12, 'error'),
    serverError('28P01'),
    'text',
    null,
  ])('counts %p as an unavailable Postgres if there is no connection', (cause) => {
    expect(classifyStoreError(new StoreConnectionError(cause))?.type).toBe('StoreUnavailable');
  });

  it.each([
    nodeError('ECONNRESET'),
    nodeError('EPROTO'),
    new Error('Connection terminated unexpectedly'),
    new Error('Client has encountered a connection error and is not queryable'),
    new DatabaseError('received invalid response: 48', 12, 'error'),
  ])('counts %p in the middle of a query as an unavailable Postgres', (cause) => {
    const failed = new QueryFailedError('SELECT 1', [], cause);
    expect(classifyStoreError(failed)?.type).toBe('StoreUnavailable');
    expect(classifyStoreError(new StoreConnectionError(failed))?.type).toBe('StoreUnavailable');
  });

  it('reads the first error of a host with several addresses', () => {
    const error = new AggregateError([nodeError('ECONNREFUSED'), nodeError('ECONNREFUSED')]);
    expect(classifyStoreError(new StoreConnectionError(error))?.message).toContain('ECONNREFUSED');
  });

  it('counts a value that pg cannot send or read as a defect, and quotes no value', () => {
    const failed = new QueryFailedError('SELECT 1', [], new SyntaxError(`Unexpected token in "${SECRET}"`));
    const failure = classifyStoreError(failed);
    expect(failure?.type).toBe('StoreRejected');
    expect(failure?.message).not.toContain(SECRET);
  });

  it.each([
    new TypeORMError('Driver not Connected'),
    new CannotExecuteNotConnectedError(),
    new ConnectionIsNotSetError('postgres'),
    new QueryRunnerAlreadyReleasedError(),
    new QueryRunnerProviderAlreadyReleasedError(),
  ])('counts %p as an unavailable Postgres', (error) => {
    expect(classifyStoreError(error)?.type).toBe('StoreUnavailable');
  });

  it.each([
    new TypeError('x is not a function'),
    new AggregateError([new TypeError('x is not a function')]),
    Object.assign(new Error('an error of the file system'), { code: 'EPERM' }),
    nodeError('ECONNREFUSED'),
    new TypeORMError('Entity metadata was not found'),
    'text',
    null,
  ])('does not name an error from elsewhere: %p', (error) => {
    expect(classifyStoreError(error)).toBeNull();
  });
});
