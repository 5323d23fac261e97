import { createHash } from 'node:crypto';

/**
 * The payload key of the recorded histories, as in PAYLOAD_KEYS. Published on purpose: it lets replays go
 * through the codec, and what it encrypts is about invented people.
 */
export const PUBLISHED_KEYS = `published:${createHash('sha256').update('a key that everybody knows').digest('base64')}`;
