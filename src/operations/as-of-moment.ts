import { z } from 'zod';
import { moment } from '../store/lists/filters';
import { storableMoment } from '../store/lists/storable-moment';

/** A day, or a time with its zone. */
export const asOfSchema = z.union([z.iso.date(), moment], {
  error: 'is neither a day such as 2026-03-01 nor a time such as 2026-03-01T08:30:00Z',
});

/** The moment of an `asOf` that was checked: for a day, its end in UTC. */
export function asOfMoment(asOf: string): Date {
  return storableMoment(asOf.includes('T') ? asOf : `${asOf}T23:59:59.999Z`);
}
