import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Endpoint } from '../../contract/call';
import { answer, send } from '../answer';
import { type CallCounts, CallLog, type SimulatedCall } from '../call-log';
import { followCall } from '../connection';
import { type Controllable, control, isControlPath, type Planned } from '../control';
import { LAST_CALLS } from '../noteworth';
import { readBody } from '../read-body';
import { deliverPage } from './deliver-page';
import type { Description } from './description';
import { createGuard, type Guard } from './guard';
import { changeMemberSettings, defaultSettings, type MemberSettings } from './member-settings';
import { pageAnswer, type Twist } from './page-answer';
import { PageScenario } from './page-script';
import type { PageFaultName } from './page-steps';
import { readPlace } from './paging';
import { type StreamedAnswer, whole } from './streamed-answer';

/** The state of a partner of the family. It holds no token. */
export interface MemberState {
  readonly settings: MemberSettings;
  readonly scripted: Readonly<Record<string, number>>;
  readonly counts: CallCounts;
  /** The number of calls by page. */
  readonly pages: Readonly<Record<string, number>>;
  /** The last calls, the latest first. */
  readonly calls: readonly SimulatedCall<PageFaultName>[];
}

/** The address of a request. */
interface Asked {
  readonly path: string;
  readonly query: URLSearchParams;
}

/** A request for a token is small. */
const MAX_BODY_BYTES = 64 * 1024;

/** A partner of the family: answers its calls, and can be controlled. */
export class Member implements Controllable {
  private settings: MemberSettings;
  private guard: Guard;
  private readonly scenario = new PageScenario();
  private readonly log: CallLog<PageFaultName>;

  constructor(
    /** Such as `/acme`. */
    readonly basePath: string,
    readonly description: Description,
    maxCallsKept: number,
    private readonly onToken?: (token: string) => void,
  ) {
    this.settings = defaultSettings(description);
    this.guard = createGuard(description.auth, onToken);
    this.log = new CallLog(maxCallsKept);
  }

  get calls(): readonly SimulatedCall<PageFaultName>[] {
    return this.log.calls;
  }

  shown(): MemberState {
    const { settings, scenario, log } = this;
    return {
      settings,
      scripted: scenario.scripted,
      counts: log.counts,
      pages: log.pages,
      calls: log.calls.slice(-LAST_CALLS).reverse(),
    };
  }

  planned(): Planned {
    return this.scenario.planned;
  }

  /** Whether callers need a token, which an endpoint of its own gives. */
  get hasTokens(): boolean {
    return this.guard.tokens !== undefined;
  }

  configure(change: unknown): void {
    const { seed } = this.settings;
    this.settings = changeMemberSettings(this.settings, change);
    if (this.settings.seed !== seed) this.scenario.restart();
  }

  script(script: unknown): void {
    this.scenario.script(script);
  }

  reset(): void {
    this.log.clear();
    this.scenario.clear();
    this.guard = createGuard(this.description.auth, this.onToken);
  }

  /** Answers a request for a path that begins with the name of the partner. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = '', query = ''] = (request.url ?? '').split('?', 2);
    const within = path.slice(this.basePath.length);
    if (isControlPath(within)) return control(this, within, request, response);
    const { tokens } = this.guard;
    const { path: first, paging } = this.description;
    const isPost = paging.isInBody === true && request.method === 'POST';
    const variables = isPost ? readVariables(await readBody(request, MAX_BODY_BYTES)) : query;
    const asked = { path, query: new URLSearchParams(variables) };
    if (within === tokens?.path) return this.answerCall('auth', tokens.method, asked, request, response);
    if (within === first || (within === paging.nextPath && asked.query.has(paging.select))) {
      return this.answerCall('providers', paging.isInBody ? 'POST' : 'GET', asked, request, response);
    }
    send(response, answer(404));
  }

  /** Answers a call with the next step. Another method than the allowed one uses no step. */
  private async answerCall(
    endpoint: Endpoint,
    allowed: string,
    asked: Asked,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { method = '', url = '' } = request;
    const { settings, scenario, description, log } = this;
    const page =
      endpoint === 'providers' ? readPlace(description.paging, settings, asked.query)?.number : undefined;
    const step = method === allowed ? scenario.nextStep(endpoint, page, settings) : undefined;
    const fault = step === undefined || step.fault === 'ok' ? 'none' : step.fault;
    const arrived = { endpoint, ...(page !== undefined && { page }), method, path: url, fault } as const;
    const signal = followCall(log, arrived, request, response);
    if (step === undefined) {
      send(response, answer(405, undefined, { Allow: allowed }));
      return;
    }
    const exchange = {
      request,
      response,
      hangMs: settings.hangMs,
      signal,
      grant: (twist?: Twist) =>
        endpoint === 'auth' ? this.grantToken(asked, request) : this.grantPage(asked, request, twist),
      expireTokens: () => this.guard.tokens?.expire(),
    };
    await deliverPage(exchange, step.fault, step);
  }

  private async grantToken({ path }: Asked, request: IncomingMessage): Promise<StreamedAnswer> {
    const { method = '', headers } = request;
    const body = await readBody(request, MAX_BODY_BYTES);
    const { tokens } = this.guard;
    if (body === undefined || tokens === undefined) return whole(answer(413));
    return whole(tokens.grant({ method, path, headers }, body, this.settings.tokenSeconds * 1000));
  }

  private async grantPage(asked: Asked, request: IncomingMessage, twist?: Twist): Promise<StreamedAnswer> {
    const { method = '', headers } = request;
    const refusal = this.guard.check({ method, path: asked.path, headers });
    if (refusal !== undefined) return whole(refusal);
    const page = {
      origin: `http://${headers.host}`,
      basePath: this.basePath,
      query: asked.query,
      acceptsGzip: /\bgzip\b/i.test(headers['accept-encoding']?.toString() ?? ''),
    };
    return pageAnswer(this.description, this.settings, page, twist);
  }
}

/** The variables of a request of GraphQL, without those that are null. Another body has none. */
function readVariables(body = ''): Record<string, string> {
  try {
    const { variables = {} } = JSON.parse(body);
    return Object.fromEntries(
      Object.entries(variables)
        .filter(([, value]) => value !== null)
        .map(([name, value]) => [name, String(value)]),
    );
  } catch {
    return {};
  }
}
