import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionError } from 'fastify';
import { toProblem } from './problem';

const BROKEN: Record<string, readonly [status: number, detail: string]> = {
  HPE_HEADER_OVERFLOW: [431, 'Address and headers are larger than 16 KiB together; shorten them.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not arrive whole in time; send it again.'],
};

/** For what is no HTTP request, or does not become one in time: there is no reply, only a socket. */
export function answerBrokenRequest(error: ConnectionError, socket: Socket): void {
  if (error.code !== 'ECONNRESET' && socket.writable) {
    const [status, detail] = BROKEN[error.code] ?? [400, 'This is no HTTP request that is understood.'];
    const body = JSON.stringify(toProblem(status, detail));
    socket.write(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/problem+json\r\n` +
        `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    );
  }
  socket.destroy(error);
}
