import type { FastifyRequest } from 'fastify';
import type { ApiContext } from '../api/context';
import { originForLinks } from '../api/http/public-url';
import type { Run } from '../store/runs/run-row';
import type { RunPlaces } from './components/run-ids';

/** The commands that show a run in Temporal and in the API. They hold no secret. */
export function runPlaces(
  { http, temporal }: Pick<ApiContext, 'http' | 'temporal'>,
  request: FastifyRequest,
  run: Pick<Run, 'id' | 'workflowId' | 'runId'>,
): RunPlaces {
  const ids = `--workflow-id ${quoted(run.workflowId)} --run-id ${quoted(run.runId)}`;
  const server = `--address ${quoted(temporal.connection.address)} --namespace ${quoted(temporal.namespace)}`;
  const token = request.isOpen ? '' : '-H "Authorization: Bearer $TOKEN" ';
  const origin = originForLinks(request, http.publicUrl) || '"$ORIGIN"';
  return {
    temporal: `temporal workflow show ${ids} ${server}`,
    curl: `curl ${token}${origin}/api/v1/syncs/${encodeURIComponent(run.id)}`,
  };
}

/** One word for a shell. Anyone who starts a workflow chooses its id. */
function quoted(text: string): string {
  return /^[\w.:@%+=,/-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
