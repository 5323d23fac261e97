export { pruneHistory } from './prune-history';
export { syncProviders } from './sync-providers';
