import type { Mutant } from '../mutant.ts'
import { consuming } from './consuming.ts'
import { dashboard } from './dashboard.ts'
import { domains } from './domains.ts'
import { fairness } from './fairness.ts'
import { operations } from './operations.ts'
import { postgresClients } from './postgres.ts'
import { publishing } from './publishing.ts'
import { signIn } from './sign-in.ts'
import { stopping } from './stopping.ts'
import { traces } from './traces.ts'
import { transport } from './transport.ts'

export const mutants: readonly Mutant[] = [
  ...publishing,
  ...consuming,
  ...domains,
  ...dashboard,
  ...signIn,
  ...transport,
  ...postgresClients,
  ...stopping,
  ...fairness,
  ...traces,
  ...operations,
]
