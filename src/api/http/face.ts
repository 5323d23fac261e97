import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ApiContext } from '../context';
import type { Problem } from './problem';

/** One form in which we answer over HTTP: JSON, FHIR or pages. It has its own paths, routes and errors. */
export interface Face {
  /** The paths below this one belong to the face, except those of a face with a longer prefix. */
  readonly prefix: string;
  /** Registers its routes. */
  register(app: FastifyInstance, context: ApiContext): Promise<void>;
  /**
   * Answers with a problem.
   *
   * @param request null if no hook and no route has seen it, because its path cannot be decoded
   */
  sendProblem(reply: FastifyReply, problem: Problem, request: FastifyRequest | null): FastifyReply;
  /**
   * Leads a person without a token or session to the login.
   *
   * @returns null to refuse the request with 401, which is also what a face without this function does
   */
  leadToLogin?(request: FastifyRequest, reply: FastifyReply): FastifyReply | null;
}

/** The face for people, with the icon that `/docs` shows too. */
export interface Pages extends Face {
  readonly icon: Buffer;
}

/** Finds the face that a request belongs to. */
export type FaceOf = (request: Pick<FastifyRequest, 'url'>) => Face;

/** @param rest the face of all paths that no other face has */
export function findFaceAmong(faces: readonly Face[], rest: Face): FaceOf {
  const longestFirst = faces.toSorted((a, b) => b.prefix.length - a.prefix.length);
  return ({ url }) => {
    const [path = ''] = url.split('?');
    return longestFirst.find(({ prefix }) => path === prefix || path.startsWith(`${prefix}/`)) ?? rest;
  };
}
