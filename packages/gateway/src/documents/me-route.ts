import { createRoute, z } from '@hono/zod-openapi'
import { jsonResponse } from '@saucery/chassis/openapi/schemas'
import { actions, roles } from '@saucery/contracts/access/scope'
import { itemId } from '@saucery/contracts/fields'

const me = z
  .object({
    signIn: z.enum(['on', 'off']).describe('`off`: every caller is an operator'),
    role: z.enum(roles),
    subject: z.string().optional().describe('The subject of the token; absent where sign-in is off'),
    branchId: itemId.optional().describe('Only for a branch'),
    may: z.array(z.enum(actions)).describe('What the role permits; a branch only for its own orders'),
  })
  .openapi('Me')

/** The one call that the gateway answers itself (`auth/me.ts`). */
export const getMe = createRoute({
  method: 'get',
  path: '/me',
  operationId: 'getMe',
  summary: 'Who calls, and what that caller may do',
  tags: ['sign-in'],
  responses: { 200: jsonResponse('The caller', me) },
})
