import type { DataConverter } from '@temporalio/common';
import type { PayloadKeys } from '../process/payload-keys';
import { EncryptionCodec } from './payload-codec';

export const FAILURE_CONVERTER_PATH = require.resolve('./failure-converter');

/** How worker and clients turn values into what Temporal stores, and back. */
export function createDataConverter(keys: PayloadKeys): DataConverter {
  return { failureConverterPath: FAILURE_CONVERTER_PATH, payloadCodecs: [new EncryptionCodec(keys)] };
}
