import type { FastifyRequest } from 'fastify';
import type { OpenAPIV3_1 } from 'openapi-types';
import type { DataSource } from 'typeorm';
import { within } from '../../operations/health/check';
import type { Partners } from '../../partner/config/partner';
import { listProviders } from '../../store/directory/read-providers';
import { listRuns } from '../../store/runs/read-runs';

type Document = Partial<OpenAPIV3_1.Document>;

/** The first parts of paths, with the parameter after them and the id that `/docs` fills in. */
type RealIds = Readonly<Record<string, string | undefined>>;

/** Milliseconds for Postgres to find the ids. After that, `/docs` shows invented ones. */
const WITHIN_MS = 1_000;

/** Fills `/docs` with ids that exist, so that each example can be tried as it is. */
export class RealExamples {
  private readonly found = new WeakMap<FastifyRequest, RealIds>();

  constructor(private readonly context: { readonly dataSource: DataSource; readonly partners: Partners }) {}

  /** Finds the ids for the response to a request. */
  async find(request: FastifyRequest): Promise<void> {
    try {
      this.found.set(request, await within(WITHIN_MS, () => this.read()));
    } catch (error) {
      request.log.debug({ reason: String(error) }, 'The examples of /docs are invented ones');
    }
  }

  /** Writes the ids into a copy of the document. */
  fill(document: Document, request: FastifyRequest): Document {
    const ids = this.found.get(request) ?? {};
    for (const [path, methods] of Object.entries(document.paths ?? {})) {
      const [start] = Object.keys(ids).filter((one) => path.startsWith(`${one}/{`));
      const id = start === undefined ? undefined : ids[start];
      if (id === undefined) continue;
      for (const parameter of Object.values(methods ?? {}).flatMap(parametersOf)) {
        if (parameter.in === 'path') parameter.example = id;
      }
    }
    return document;
  }

  private async read(): Promise<RealIds> {
    const { dataSource, partners } = this.context;
    const [providers, runs] = await Promise.all([
      listProviders(dataSource, { limit: 1 }),
      listRuns(dataSource, { limit: 1 }),
    ]);
    const provider = providers.items[0]?.id;
    return {
      '/api/v1/providers': provider,
      '/api/v1/syncs': runs.items[0]?.id,
      '/api/v1/partners': [...partners.keys()][0],
      '/fhir/R4/Practitioner': provider,
    };
  }
}

function parametersOf(operation: unknown): OpenAPIV3_1.ParameterObject[] {
  const { parameters = [] } = operation as { parameters?: OpenAPIV3_1.ParameterObject[] };
  return parameters;
}
