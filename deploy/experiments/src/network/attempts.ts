import {
  allows,
  type End,
  type NetworkPolicy,
  type Port,
} from '@saucery/deploy-tools/manifests/network-policies'

/** A pod that listens. */
export interface Target extends End {
  readonly name: string
  readonly address: string
  readonly ports: readonly Port[]
  /** It listens at a node's address. To and from the node that a pod is on, Kubernetes allows everything. */
  readonly isOnNode?: boolean
}

export interface Attempt {
  /** `nats: client` */
  readonly to: string
  readonly host: string
  readonly port: number
  /** Undefined where it depends on the node. */
  readonly isAllowed: boolean | undefined
}

/** Every connection that a pod could open, and whether the policies allow it. */
export const attemptsOf = (
  from: End,
  targets: readonly Target[],
  policies: readonly NetworkPolicy[],
): Attempt[] =>
  targets.flatMap((target) =>
    target.ports.map((port) => ({
      to: `${target.name}: ${port.name ?? port.containerPort}`,
      host: target.address,
      port: port.containerPort,
      isAllowed: target.isOnNode ? undefined : allows(policies, from, target, port),
    })),
  )
