import { createRoute, z } from '@hono/zod-openapi'
import { jsonResponse } from '@saucery/chassis/openapi/schemas'
import { actions, roles } from '@saucery/contracts/access/scope'
import { itemId } from '@saucery/contracts/fields'

const me = z
  .object({
    signIn: z.enum(['on', 'off']).describe('`off`: everybody is an operator'),
    role: z.enum(roles),
    subject: z.string().optional().describe('Who the token says it is; absent where sign-in is off'),
    branchId: itemId.optional().describe('Of a branch'),
    may: z.array(z.enum(actions)).describe('What this role may do; a branch with what is its own'),
  })
  .openapi('Me')

/** What the gateway answers itself. */
export const getMe = createRoute({
  method: 'get',
  path: '/me',
  operationId: 'getMe',
  summary: 'Who asks, and what that caller may do',
  tags: ['sign-in'],
  responses: { 200: jsonResponse('The caller', me) },
})
