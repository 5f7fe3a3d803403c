import type { ClientPathsWithMethod, RequestBodyOption, Client as Untyped } from 'openapi-fetch'
import type { paths } from '../generated/api.d.ts'

export type Method = 'get' | 'post'

/** The paths of the OpenAPI document that have the method. */
export type Path<M extends Method> = ClientPathsWithMethod<Untyped<paths>, M>

type Operation<P extends Path<M>, M extends Method> = paths[P][M] & {
  readonly parameters: object
  readonly responses: object
}

type Options<P extends Path<M>, M extends Method> = ParametersOf<Operation<P, M>['parameters']> &
  RequestBodyOption<paths[P][M]> & { readonly signal?: AbortSignal | undefined }

type ParametersOf<T> = { readonly [Place in keyof T]: Sparse<T[Place]> }

/** Optional parameters may be undefined, and are not sent then: a filter that is not set, an event that is not known. */
type Sparse<T> = { readonly [Name in keyof T]: undefined extends T[Name] ? T[Name] | undefined : T[Name] }

/** The call's `path`, `query` and `header` parameters and its `body`; left out where the call needs none. */
export type Init<P extends Path<M>, M extends Method> =
  object extends Options<P, M> ? [init?: Options<P, M>] : [init: Options<P, M>]

type Responses<P extends Path<M>, M extends Method> = Operation<P, M>['responses']

/** The body of an answer with status 200, 201 or 202. */
export type Data<P extends Path<M>, M extends Method> = BodyOf<
  Responses<P, M>[keyof Responses<P, M> & (200 | 201 | 202)]
>

type BodyOf<T> = T extends { readonly content: { readonly 'application/json': infer Body } } ? Body : never
