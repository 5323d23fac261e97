export { deliverWebhooks } from './deliver-webhooks';
export { eraseProvider, uneraseProvider } from './erase-provider';
export { pruneHistory } from './prune-history';
export { syncProviders } from './sync-providers';
