import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import type { Client } from '@temporalio/client';
import Ajv from 'ajv/dist/2020';
import fc from 'fast-check';
import type { OpenAPIV3_1 } from 'openapi-types';
import { saveSync } from '../../../src/store/save/save-sync';
import { ask, useApi } from '../../support/api';
import { connectTestClient } from '../../support/connect-test-client';
import {
  type KnownValues,
  type Operation,
  type Route,
  requestTo,
  type Sent,
} from '../../support/openapi-requests';
import { answer, openedRun, provider, sync, useStore } from '../../support/store-fixtures';
import { testTemporalConfig } from '../../support/temporal-config';

let client: Client;
const temporal = testTemporalConfig();
const store = useStore({ keepRows: true });
const api = useApi(async () => {
  client = await connectTestClient(temporal);
  return { dataSource: store.dataSource, client, temporal };
});
let document: OpenAPIV3_1.Document;
let operations: Route[];
let known: KnownValues;
const ajv = new Ajv({ strict: false, validateFormats: false });

beforeAll(async () => {
  document = (await ask<OpenAPIV3_1.Document>(api, '/openapi.json')).body;
  ajv.addSchema({ $id: 'document', ...document });
  operations = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods ?? {}).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      operation: operation as unknown as Operation,
    })),
  );

  await sync(store.dataSource, 'snapshot', [provider('1', { title: null, clinic: null }), provider('2')]);
  const runId = await openedRun(store.dataSource, { workflowId: 'a known/workflow' });
  const rejected = [{ position: 3, reason: 'NotAnObject', field: null, raw: '"\u{1f600}"' }] as const;
  const changed = answer([provider('1', { attributes: { nested: [{ a: null }] } })], { rejected });
  await saveSync(store.dataSource, {
    runId,
    partner: 'noteworth',
    feed: 'snapshot',
    answer: changed,
    calls: [],
  });
  await openedRun(store.dataSource);
  const ids = await store.dataSource.query<{ id: string }[]>('SELECT id FROM providers');
  known = {
    id: [...ids.map(({ id }) => id), runId, 'a known/workflow', randomUUID()],
    name: ['noteworth', 'nobody'],
    partner: ['noteworth', 'nobody'],
    runId: [runId],
    cursor: [(await ask<{ nextCursor: string }>(api, '/api/v1/providers?limit=1')).body.nextCursor],
  };
});
afterAll(() => client.connection.close());

/** The schema's place in the document, as a JSON pointer. */
const validatorOf = (...place: string[]) => {
  const pointer = place.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')));
  const validate = ajv.getSchema(`document#/${pointer.join('/')}`);
  if (!validate) throw new Error(`There is no schema at ${place.join(' ')}`);
  return validate;
};

describe('the OpenAPI document', () => {
  it('describes each route once, with its responses and an example of each', () => {
    expect(document.openapi).toBe('3.1.0');
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(
      expect.arrayContaining(['listProviders', 'startSync', 'getStats', 'getReadiness', 'decodePayloads']),
    );
    for (const { operation } of operations) {
      expect(operation).toMatchObject({ summary: expect.any(String), tags: [expect.any(String)] });
      for (const [status, { description, content = {} }] of Object.entries(operation.responses)) {
        expect([operation.operationId, description]).not.toContain('Default Response');
        for (const [type, { example }] of Object.entries(content)) {
          if (type !== 'text/csv') expect([operation.operationId, status, example]).not.toContain(undefined);
        }
      }
    }
  });

  it('describes each parameter and each field', () => {
    expect(operations.flatMap(({ operation }) => undescribed(operation))).toEqual([]);
    expect(
      Object.entries(document.components?.schemas ?? {}).flatMap(([id, schema]) => fieldsOf(id, schema)),
    ).toEqual([]);
  });

  it('has examples that match its schemas', () => {
    for (const { method, path, operation } of operations) {
      for (const [status, { content = {} }] of Object.entries(operation.responses)) {
        for (const [type, { example }] of Object.entries(content)) {
          if (example === undefined) continue;
          const place = ['paths', path, method.toLowerCase(), 'responses', status, 'content', type, 'schema'];
          const validate = validatorOf(...place);
          expect({ place, valid: validate(example), errors: validate.errors }).toMatchObject({ valid: true });
        }
      }
    }
  });

  it('describes the values of a query', () => {
    const list = operations.find(({ operation }) => operation.operationId === 'listProviders')?.operation;
    const schemas = Object.fromEntries((list?.parameters ?? []).map(({ name, schema }) => [name, schema]));
    expect(schemas).toMatchObject({
      limit: { type: 'integer', minimum: 1, maximum: 200 },
      listed: { type: 'boolean' },
      sort: { enum: ['name', 'lastChangedAt', '-lastChangedAt', '-firstSeenAt'], default: 'name' },
    });
  });

  it('matches what the server does for any request', async () => {
    const odd = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.constantFrom('\0', ' ', '-1', '1e3', 'NaN', '201', '__proto__', "'; --", 'null', 'x'.repeat(1_001)),
    );
    const cases = fc
      .constantFrom(...operations.keys())
      .chain((index) => fc.tuple(fc.constant(index), requestTo(operationAt(index), known, odd)));
    await fc.assert(
      fc.asyncProperty(cases, async ([index, sent]) => {
        const { method, path, operation } = operationAt(index);
        const { status, type, body } = await send(method, sent);
        expect(status).toBeLessThan(500);
        const described = operation.responses[status];
        expect(Object.keys(operation.responses)).toContain(`${status}`);
        if (status === 304 || !described) return;
        expect(Object.keys(described.content ?? {})).toContain(type);
        if (!/[/+]json$/.test(type)) return;
        const place = [
          'paths',
          path,
          method.toLowerCase(),
          'responses',
          `${status}`,
          'content',
          type,
          'schema',
        ];
        const validate = validatorOf(...place);
        const valid = validate(JSON.parse(body));
        expect({ body, valid, errors: validate.errors }).toMatchObject({ valid: true });
      }),
      { numRuns: 1_500 },
    );
  });
});

/** The places of an operation that have no description. */
function undescribed({ operationId, parameters = [], requestBody, responses }: Operation): string[] {
  const media = [requestBody, ...Object.values(responses)].flatMap((one) =>
    Object.values(one?.content ?? {}),
  );
  return [
    ...parameters.filter(({ description }) => !description).map(({ name }) => `${operationId} ${name}`),
    ...media.flatMap(({ schema }) => fieldsOf(operationId, schema)),
  ];
}

/** The fields of a schema that have no description, at any depth. A reference is described where it leads. */
function fieldsOf(place: string, node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const { properties = {} } = node as { properties?: Record<string, object> };
  const missing = Object.entries(properties)
    .filter(([, schema]) => !('description' in schema || '$ref' in schema))
    .map(([name]) => `${place}.${name}`);
  const below = Object.entries(node).filter(([key]) => !['example', 'examples'].includes(key));
  return [...missing, ...below.flatMap(([key, value]) => fieldsOf(`${place}.${key}`, value))];
}

function operationAt(index: number) {
  const found = operations[index];
  if (!found) throw new Error('There is no such operation');
  return found;
}

/** Sends the request unchanged, which fetch does not. */
function send(method: string, { path, headers, body }: Sent) {
  return new Promise<{ status: number; type: string; body: string }>((resolve, reject) => {
    const { hostname, port } = new URL(api.url);
    const sent = request({ hostname, port, method, path, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part) => {
        text += part;
      });
      response.on('end', () => {
        const type = response.headers['content-type']?.split(';')[0] ?? '';
        resolve({ status: response.statusCode ?? 0, type, body: text });
      });
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
