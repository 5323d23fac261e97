/**
 * The payload key of the recorded histories, as in PAYLOAD_KEYS. It is published on purpose, so that replays use the
 * codec. The histories are about invented people.
 */
export const PUBLISHED_KEYS = 'published:ahbGAYQdJj5tcVRsHMt15f+4Rt4YMaQkbcq258OctrM=';
