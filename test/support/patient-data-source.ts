import type { DataSource } from 'typeorm';
import { createDataSource, type DataSourceConfig } from '../../src/store/postgres/data-source';

/** Milliseconds for a new connection. A busy machine needs longer than a person would wait. */
const CONNECT_MS = 30_000;

/** The pool of connections of a test, not yet connected: like that of the product, and more patient. */
export function patientDataSource(config: DataSourceConfig): DataSource {
  return createDataSource(config).setOptions({ connectTimeoutMS: CONNECT_MS });
}
