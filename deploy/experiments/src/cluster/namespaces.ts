import { databases, findObject, kubectl, namespace } from './kubectl.ts'

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
  const manifest = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { [label]: 'yes' } } }
  return kubectl(['create', '--filename', '-'], { input: JSON.stringify(manifest) })
}

/** Deletes the namespaces with everything in them, and waits until they are gone. */
export const deleteNamespaces = (): Promise<string> =>
  kubectl(['delete', 'namespace', namespace, databases, '--ignore-not-found'])
