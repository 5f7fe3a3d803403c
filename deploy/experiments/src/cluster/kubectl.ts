import { runProgram } from './program.ts'

const { NAMESPACE = 'saucery-experiment' } = process.env

/** The namespace of the experiments: `NAMESPACE`, else `saucery-experiment`. Nothing else may be in it. */
export const namespace = NAMESPACE

/** The namespace of production's databases, which are not part of its overlay. */
export const databases = `${namespace}-databases`

let context: readonly string[] = []

/** From now on kubectl uses this context, even when another one becomes the current context. */
export function stayIn(name: string): void {
  context = ['--context', name]
}

/** What kubectl needs to be told before any command, so that it acts on the namespace of the experiments. */
export const inNamespace = (): readonly string[] => [...context, '--namespace', namespace]

/** Runs kubectl in the namespace. @returns its output */
export const kubectl = (
  args: readonly string[],
  options: { readonly input?: string; readonly timeoutMs?: number } = {},
): Promise<string> =>
  runProgram('kubectl', [...inNamespace(), ...args], {
    ...options,
    what: args.slice(0, 4).join(' '),
  })

export const getObject = async <T>(...args: string[]): Promise<T> =>
  JSON.parse(await kubectl(['get', ...args, '--output', 'json'])) as T

/** As `getObject`; undefined when the object does not exist. */
export async function findObject<T>(what: string): Promise<T | undefined> {
  const found = await kubectl(['get', what, '--ignore-not-found', '--output', 'json'])
  return found.trim() === '' ? undefined : (JSON.parse(found) as T)
}

export const applyObject = (manifest: object, into = namespace): Promise<string> =>
  kubectl(['apply', '--namespace', into, '--filename', '-'], { input: JSON.stringify(manifest) })

export async function imageOf(service: string): Promise<string> {
  const { spec } = await getObject<{ spec: { template: { spec: { containers: { image: string }[] } } } }>(
    `deployment/${service}`,
  )
  return spec.template.spec.containers[0]?.image ?? ''
}

/** Waits until a rollout is over. */
export const rolledOut = (what: string, where = namespace): Promise<string> =>
  kubectl(['rollout', 'status', what, '--namespace', where, '--timeout=240s'])

export const scale = (service: string, replicas: number): Promise<string> =>
  kubectl(['scale', `deployment/${service}`, `--replicas=${replicas}`])

// Only namespaces that an experiment created are ever deleted.
const label = 'saucery/experiment'

/** @throws when one of the namespaces exists and no experiment created it */
export async function requireOwnNamespaces(): Promise<void> {
  for (const name of [namespace, databases]) {
    const found = await findObject<{ metadata: { labels?: Record<string, string> } }>(`namespace/${name}`)
    if (found && found.metadata.labels?.[label] === undefined)
      throw new Error(
        `The namespace ${name} exists, and no experiment created it. NAMESPACE can name one that does not exist`,
      )
  }
}

/** Created, not applied: a later `apply` of the overlay, which does not have the label, would remove it. */
export const createNamespace = (name: string): Promise<string> => {
  const manifest = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { [label]: namespace } } }
  return kubectl(['create', '--filename', '-'], { input: JSON.stringify(manifest) })
}

/** Deletes the namespaces of this experiment with everything in them, and waits until they are gone. */
export const deleteNamespaces = (): Promise<string> =>
  kubectl(['delete', 'namespace', '--selector', `${label}=${namespace}`])
