import { z } from 'zod';
import { type ApiToken, apiTokensSchema } from '../api-tokens';
import { isLoopback } from '../loopback';

/** The address of the API and the pages, and who may use them. */
export interface HttpConfig {
  readonly host: string;
  readonly port: number;
  /** If there are none, everyone on this machine may do everything. */
  readonly tokens: readonly ApiToken[];
  /** The origin of the Temporal UI. Pages link runs to it, and it may use the codec endpoint. */
  readonly temporalUiUrl: string | null;
  /** The origin under which browsers and programs reach the API; null if it is not configured. */
  readonly publicUrl: string | null;
  /** The proxies in front of the API; their headers about a sender's address and protocol are trusted. */
  readonly trustProxy: readonly string[];
}

const PUBLIC_URL_FORM = 'is not an origin like https://directory.example.com, without a path';

/** The variables of the API and the pages. */
export const httpSchema = z
  .object({
    HTTP_HOST: z
      .string()
      .default('127.0.0.1')
      .describe(
        'The address that `api` listens on. If it is not a loopback address, `API_TOKENS` is required.',
      ),
    HTTP_PORT: z
      .string()
      .transform((text, context) => {
        const port = Number(text);
        if (text.trim() !== '' && Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
        context.addIssue({ code: 'custom', message: `${text} is not a port (0 to 65535)` });
        return z.NEVER;
      })
      .default(3000)
      .describe('The port that `api` listens on; 0 means any free port.'),
    API_TOKENS: apiTokensSchema
      .default([])
      .describe(
        'Hashes of the tokens that programs send and people log in with: `role:sha256hex`, comma-separated. Roles are `viewer` and `operator`. `provider-sync tokens create` makes a token.',
      ),
    TEMPORAL_UI_URL: z
      .url({ protocol: /^https?$/, error: 'is not an address like http://127.0.0.1:8233' })
      .transform((text) => new URL(text).href.replace(/\/+$/, ''))
      .optional()
      .describe('The Temporal UI. Pages link runs to it, and only its pages may use the codec endpoint.'),
    PUBLIC_URL: z
      .url({ protocol: /^https?$/, error: PUBLIC_URL_FORM })
      .refine((text) => URL.parse(text)?.href === `${URL.parse(text)?.origin}/`, PUBLIC_URL_FORM)
      .transform((text) => new URL(text).origin)
      .optional()
      .describe(
        'The origin under which browsers and programs reach the API. FHIR links begin with it; without it, they have an origin only on a loopback address. With `https`, cookies are sent over TLS only.',
      ),
    HTTP_TRUST_PROXY: z
      .string()
      .transform((text) => text.split(',').map((address) => address.trim()))
      .pipe(
        z.array(
          z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], 'is not a list of addresses or networks'),
        ),
      )
      .default([])
      .describe(
        'The addresses or networks of the proxies in front of the API, comma-separated. Their `X-Forwarded-*` headers are trusted. `API_TOKENS` is then required.',
      ),
  })
  .superRefine(({ HTTP_HOST, HTTP_TRUST_PROXY, API_TOKENS }, context) => {
    if (API_TOKENS.length > 0 || (isLoopback(HTTP_HOST) && HTTP_TRUST_PROXY.length === 0)) return;
    const opening = isLoopback(HTTP_HOST) ? 'HTTP_TRUST_PROXY lets requests in' : 'HTTP_HOST can be reached';
    context.addIssue({
      code: 'custom',
      path: ['API_TOKENS'],
      message: `is not set, but ${opening} from other machines; make one with: npx provider-sync tokens create`,
    });
  });

/** The configuration in the terms of the code. */
export function toHttpConfig(http: z.output<typeof httpSchema>): HttpConfig {
  return {
    host: http.HTTP_HOST,
    port: http.HTTP_PORT,
    tokens: http.API_TOKENS,
    temporalUiUrl: http.TEMPORAL_UI_URL ?? null,
    publicUrl: http.PUBLIC_URL ?? null,
    trustProxy: http.HTTP_TRUST_PROXY,
  };
}
