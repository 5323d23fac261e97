import { h } from 'preact';
import render from 'preact-render-to-string';
import { Advice } from '../../../src/web/components/advice';

const written = (text: string) => render(h(Advice, { text }));

describe('advice on a page', () => {
  it.each([
    [
      'Start a sync: npx provider-sync sync noteworth',
      'Start a sync: <code>npx provider-sync sync noteworth</code>',
    ],
    [
      'Start one: npx provider-sync worker. The log shows why the last one ended.',
      'Start one: <code>npx provider-sync worker</code>. The log shows why the last one ended.',
    ],
    [
      'Run: npx provider-sync migrate, with a role that may create tables (reader may not)',
      'Run: <code>npx provider-sync migrate</code>, with a role that may create tables (reader may not)',
    ],
    [
      'Decide: npx provider-sync runs approve 1, or: npx provider-sync runs reject 1.',
      'Decide: <code>npx provider-sync runs approve 1</code>, or: <code>npx provider-sync runs reject 1</code>.',
    ],
    [
      'paused by an operator; resume it with: temporal workflow unpause --workflow-id sync-1.',
      'paused by an operator; resume it with: <code>temporal workflow unpause --workflow-id sync-1</code>.',
    ],
    ['Ask the partner.', 'Ask the partner.'],
  ])('marks each command: %s', (text, html) => {
    expect(written(text)).toBe(html);
  });
});
