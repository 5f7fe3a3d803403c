import { databases, getIfThere, kubectl, namespace } from './kubectl.ts'

// Only what an experiment made is ever deleted.
const made = 'saucery/experiment'

/**
 * Deletes what an experiment left behind that was killed itself.
 * @throws when somebody else made the namespace
 */
export async function makeRoom(): Promise<void> {
  for (const name of [namespace, databases]) {
    const found = await getIfThere<{ metadata: { labels?: Record<string, string> } }>(`namespace/${name}`)
    if (found && found.metadata.labels?.[made] === undefined)
      throw new Error(
        `The namespace ${name} is there, and no experiment made it. NAMESPACE can name one that is not there`,
      )
  }
  await takeAway()
}

/** Not applied: what is applied later does not know of the label, and would take it away. */
export const makeNamespace = (name: string): Promise<string> => {
  const manifest = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { [made]: 'yes' } } }
  return kubectl(['create', '--filename', '-'], { input: JSON.stringify(manifest) })
}

/** Deletes the namespaces with everything in them, and waits until they are gone. */
export const takeAway = (): Promise<string> =>
  kubectl(['delete', 'namespace', namespace, databases, '--ignore-not-found'])
