export { syncProviders } from './sync-providers';
