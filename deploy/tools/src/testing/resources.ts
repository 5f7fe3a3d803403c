/** The parts of Kubernetes' objects that the tests read. */
export interface Resource {
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: Record<string, string>
    readonly annotations?: Record<string, string>
  }
  readonly data?: Record<string, string>
  readonly automountServiceAccountToken?: boolean
  readonly spec?: {
    readonly template?: { readonly metadata: Resource['metadata']; readonly spec: PodSpec }
    readonly selector?: Record<string, unknown>
    readonly ports?: readonly { name: string; port: number; targetPort: string; appProtocol?: string }[]
    readonly replicas?: number
    readonly minReplicas?: number
    readonly maxReplicas?: number
    readonly minReplicaCount?: number
    readonly behavior?: Behavior
    readonly advanced?: { readonly horizontalPodAutoscalerConfig: { name: string; behavior?: Behavior } }
    readonly metrics?: readonly { resource: { target: { averageUtilization: number } } }[]
    readonly triggers?: readonly { type: string; metadata: Record<string, string> }[]
    readonly type?: string
    readonly ttlSecondsAfterFinished?: number
  }
}

interface Behavior {
  readonly scaleUp: { readonly stabilizationWindowSeconds: number }
}

export interface PodSpec {
  readonly serviceAccountName?: string
  readonly automountServiceAccountToken?: boolean
  readonly enableServiceLinks?: boolean
  readonly terminationGracePeriodSeconds?: number
  readonly securityContext?: { runAsNonRoot?: boolean; runAsUser?: number; seccompProfile?: { type: string } }
  readonly topologySpreadConstraints?: readonly object[]
  readonly containers: readonly Container[]
  readonly volumes?: readonly Volume[]
}

interface Volume {
  readonly name: string
  readonly configMap?: { name: string }
  readonly secret?: { secretName: string; items?: { key: string; path: string }[] }
  readonly emptyDir?: object
}

export interface Container {
  readonly name: string
  readonly image: string
  readonly envFrom?: readonly { configMapRef?: { name: string }; secretRef?: { name: string } }[]
  readonly env?: readonly {
    name: string
    value?: string
    valueFrom?: { secretKeyRef?: { name: string; key: string } }
  }[]
  readonly volumeMounts?: readonly { name: string; mountPath: string; subPath?: string }[]
  readonly ports?: readonly { name: string; containerPort: number }[]
  readonly resources?: { requests?: Record<string, string>; limits?: Record<string, string> }
  readonly startupProbe?: Probe
  readonly readinessProbe?: Probe
  readonly livenessProbe?: Probe
  readonly lifecycle?: { preStop?: { sleep?: { seconds: number } } }
  readonly securityContext?: {
    allowPrivilegeEscalation?: boolean
    readOnlyRootFilesystem?: boolean
    capabilities?: { drop?: string[] }
  }
}

interface Probe {
  readonly httpGet?: { path: string; port: string; scheme?: string }
  readonly periodSeconds?: number
  readonly failureThreshold?: number
}

export const ofKind = (resources: readonly Resource[], ...kinds: string[]): Resource[] =>
  resources.filter(({ kind }) => kinds.includes(kind))

export const workloads = (resources: readonly Resource[]): Resource[] =>
  ofKind(resources, 'Deployment', 'StatefulSet', 'Job')

export const podOf = ({ spec, metadata }: Resource): PodSpec => {
  if (!spec?.template) throw new Error(`${metadata.name} has no pod template`)
  return spec.template.spec
}

/** The settings of a container from its ConfigMaps (`plain`) and from the rendered Secrets (`secret`). */
export function settingsOf(container: Container, resources: readonly Resource[]) {
  const maps = container.envFrom?.flatMap(({ configMapRef }) => configMapRef?.name ?? []) ?? []
  const secrets = container.envFrom?.flatMap(({ secretRef }) => secretRef?.name ?? []) ?? []
  const dataOf = (kind: string, names: string[]): Record<string, string> =>
    Object.assign(
      {},
      ...names.map((name) => resources.find((it) => it.kind === kind && it.metadata.name === name)?.data),
    )
  const secret = Object.entries(dataOf('Secret', secrets)).map(([name, value]) => [
    name,
    Buffer.from(value, 'base64').toString(),
  ])
  return {
    maps,
    secrets,
    plain: dataOf('ConfigMap', maps),
    secret: Object.fromEntries(secret) as Record<string, string>,
  }
}
