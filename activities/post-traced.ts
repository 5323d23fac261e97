import type { DataSource } from 'typeorm';
import type { Webhook } from '../src/partner/config/webhook';
import { postMessage, type Reception } from '../src/partner/webhook/post-message';
import { beginPart } from '../src/process/tracing/trace';
import { linkRunById } from '../src/store/runs/link-run';
import type { WaitingMessage } from '../src/store/webhooks/next-message';

/**
 * Posts a message in a span, which is linked to the trace of the run that it is about: one delivery serves many runs, and
 * a message may be sent days after its run. The receiver gets no `traceparent`.
 */
export async function postTraced(
  dataSource: DataSource,
  webhook: Webhook,
  { event, subjectId }: WaitingMessage,
  letter: { readonly id: string; readonly body: string },
  signal: AbortSignal,
): Promise<Reception> {
  const span = beginPart(`POST ${webhook.name}`, 'client', {
    'http.request.method': 'POST',
    'provider_sync.receiver': webhook.name,
    'provider_sync.event': event,
  });
  if (!span) return postMessage(webhook, letter, signal);
  let failure: string | undefined = 'Interrupted';
  try {
    return await span.within(async () => {
      // Without Postgres the message is sent all the same, only without the link.
      await linkRunById(dataSource, subjectId).catch(() => undefined);
      const reception = await postMessage(webhook, letter, signal);
      const { status, isDelivered } = reception;
      if (status !== null) span.set({ 'http.response.status_code': status });
      failure = isDelivered ? undefined : String(status ?? 'NoAnswer');
      return reception;
    });
  } finally {
    span.end(failure);
  }
}
