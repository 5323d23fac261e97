import { z } from 'zod';
import { PARTNER_NAME } from '../../contract/names';
import { RECEIVER_NAME } from '../../contract/webhooks';
import { partnerSchema } from './partner';
import { webhookSchema } from './webhook';

const name = (form: RegExp) => z.string().regex(form, 'is not a name: use a-z, 0-9 and -');

/** The content of partners.yaml. */
export const fileSchema = z
  .strictObject({
    partners: z
      .record(name(PARTNER_NAME), partnerSchema)
      .refine((partners) => Object.keys(partners).length > 0, 'names no partner'),
    webhooks: z.record(name(RECEIVER_NAME), webhookSchema).default({}),
  })
  .superRefine(({ partners, webhooks }, context) => {
    for (const [receiver, webhook] of Object.entries(webhooks)) {
      for (const [index, partner] of (webhook.partners ?? []).entries()) {
        if (Object.hasOwn(partners, partner)) continue;
        const path = ['webhooks', receiver, 'partners', index];
        context.addIssue({
          code: 'custom',
          path,
          message: `names ${partner}, which is no partner of this file`,
        });
      }
    }
  });
