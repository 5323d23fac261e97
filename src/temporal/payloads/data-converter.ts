import type { DataConverter } from '@temporalio/common';
import type { PayloadKeys } from '../../process/payload-keys';
import { EncryptionCodec } from './payload-codec';

/** The converters that worker, clients and the workflow bundle load. */
export const CONVERTER_PATHS = {
  payloadConverterPath: require.resolve('./payload-converter'),
  failureConverterPath: require.resolve('./failure-converter'),
} as const;

/** How worker and clients turn values into what Temporal stores, and back. */
export function createDataConverter(keys: PayloadKeys): DataConverter {
  return { ...CONVERTER_PATHS, payloadCodecs: [new EncryptionCodec(keys)] };
}
