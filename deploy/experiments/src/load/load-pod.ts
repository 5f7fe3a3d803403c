interface LoadContainer {
  /** The container's name. */
  readonly name: string
  readonly image: string
  readonly command: readonly string[]
  readonly env?: readonly object[]
  /** A volume and the path it is mounted at. */
  readonly volume: { readonly source: object; readonly path: string; readonly readOnly?: boolean }
}

export const loadLabels = (name: string) => ({
  'app.kubernetes.io/name': name,
  'app.kubernetes.io/component': 'load',
})

/** A pod that may only put load on the gateway. TOKEN holds the operator's token, where sign-in is on. */
export const loadPod = ({
  name,
  image,
  command,
  env = [],
  volume: { source, path, readOnly = false },
}: LoadContainer) => ({
  restartPolicy: 'Never',
  automountServiceAccountToken: false,
  securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
  volumes: [{ name: 'files', ...source }],
  containers: [
    {
      name,
      image,
      imagePullPolicy: 'IfNotPresent',
      command,
      env: [
        ...env,
        {
          name: 'TOKEN',
          valueFrom: { secretKeyRef: { name: 'experiments', key: 'token', optional: true } },
        },
      ],
      resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '512Mi' } },
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
      volumeMounts: [{ name: 'files', mountPath: path, readOnly }],
    },
  ],
})
