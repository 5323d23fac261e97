import type { DataConverter } from '@temporalio/common';
import type { PayloadKeys } from '../../process/payload-keys';
import { EncryptionCodec } from './payload-codec';

/** The converters that workers, clients and the workflow bundle load. */
export const CONVERTER_PATHS = {
  payloadConverterPath: require.resolve('./converters'),
  failureConverterPath: require.resolve('./converters'),
} as const;

/** Converts values of workers and clients into payloads, encrypted with the keys, and back. */
export function createDataConverter(keys: PayloadKeys): DataConverter {
  return { ...CONVERTER_PATHS, payloadCodecs: [new EncryptionCodec(keys)] };
}
