export { deliverWebhooks } from './deliver-webhooks';
export { eraseProvider, uneraseProvider } from './erase-provider';
export { pruneHistory } from './prune-history';
export { requestWebhooks } from './request-webhooks';
export { syncProviders } from './sync-providers';
