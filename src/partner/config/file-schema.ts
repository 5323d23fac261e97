import { z } from 'zod';
import { PARTNER_NAME } from '../../contract/names';
import { partnerSchema } from './partner';

/** The content of partners.yaml. */
export const fileSchema = z.strictObject({
  partners: z
    .record(z.string().regex(PARTNER_NAME, 'is not a name: use a-z, 0-9 and -'), partnerSchema)
    .refine((partners) => Object.keys(partners).length > 0, 'names no partner'),
});
