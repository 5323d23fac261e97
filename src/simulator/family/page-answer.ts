import type { Json } from '../../contract/answer';
import { answer } from '../answer';
import { clinicianAt } from './clinicians';
import type { Description } from './description';
import { CONTENT_TYPES, ENCODERS } from './encode';
import { addressOf, type PageRequest, pointTo } from './links';
import type { MemberSettings } from './member-settings';
import { type PagePlace, readPlace } from './paging';
import { bytesOf, gzipped, type StreamedAnswer, whole } from './streamed-answer';

/** How a page differs from the correct one. */
export interface Twist {
  /** At most this many records. */
  readonly records?: number;
  /** The page that the address or cursor leads to, instead of the next one. */
  readonly next?: 'this' | 'none';
  /** The total is smaller by this number. */
  readonly missing?: number;
}

/** The page that the request asks for, or a refusal of its query. */
export function pageAnswer(
  partner: Description,
  settings: MemberSettings,
  request: PageRequest,
  twist: Twist = {},
): StreamedAnswer {
  const place = readPlace(partner.paging, settings, request.query);
  if (place === undefined) return jsonAnswer(400, { error: 'invalid page' });
  const refusal = partner.refuse?.(request.query);
  if (refusal !== undefined) return jsonAnswer(200, refusal);

  const { format, seed, records, compression } = settings;
  const count = Math.max(Math.min(place.size, records - place.start, twist.records ?? place.size), 0);
  const { next, headers } = pointTo(placeAfter(place, records, twist), partner, settings, request);
  const total = Math.max(records - (twist.missing ?? 0), 0);
  const self = addressOf(place, partner, settings, request);
  const source = {
    records: () => recordsOf(partner, seed, place.start, count),
    fields: Object.keys(Object(partner.record(clinicianAt(seed, 0)))),
    envelope: (list: Json) => partner.envelope({ records: list, count, total, self, next }),
  };
  const contentType = (format === partner.format && partner.contentType) || CONTENT_TYPES[format];
  const plain: StreamedAnswer = {
    status: 200,
    headers: { 'Content-Type': contentType, ...headers },
    body: () => bytesOf(ENCODERS[format](source)),
  };
  if (compression === 'none' || (compression === 'encoding' && !request.acceptsGzip)) return plain;
  const label =
    compression === 'file' ? { 'Content-Type': 'application/gzip' } : { 'Content-Encoding': 'gzip' };
  return { ...plain, headers: { ...plain.headers, ...label }, body: () => gzipped(plain.body()) };
}

function placeAfter(place: PagePlace, records: number, { next }: Twist): PagePlace | null {
  if (next === 'this') return place;
  const start = place.start + place.size;
  return next === 'none' || start >= records ? null : { ...place, number: place.number + 1, start };
}

function* recordsOf({ record }: Description, seed: number, start: number, count: number) {
  for (let index = start; index < start + count; index += 1) yield record(clinicianAt(seed, index));
}

function jsonAnswer(status: number, body: Json): StreamedAnswer {
  return whole(answer(status, JSON.stringify(body), { 'Content-Type': CONTENT_TYPES.json }));
}
