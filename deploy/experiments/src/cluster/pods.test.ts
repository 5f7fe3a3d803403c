import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hasStarted, type Pod, refuseMissingImages } from './pods.ts'

const waiting = (image: string, reason: string, restartCount = 0): Pod => ({
  metadata: { name: 'order-0', uid: '1' },
  status: {
    phase: 'Pending',
    containerStatuses: [{ image, restartCount, state: { waiting: { reason } } }],
  },
})

describe('an image that is not in the cluster', () => {
  for (const reason of ['ErrImagePull', 'ImagePullBackOff', 'ErrImageNeverPull'])
    it(`is named where a pod waits with ${reason}`, () => {
      assert.throws(
        () => refuseMissingImages([waiting('docker.io/saucery/order:next', reason)]),
        /image docker\.io\/saucery\/order:next/,
      )
    })

  it('is waited for where a registry may have it', () => {
    refuseMissingImages([waiting('mongo:8.0.16', 'ImagePullBackOff')])
  })

  it('is not the reason where a pod waits for something else', () => {
    refuseMissingImages([waiting('saucery/order:0.1.0', 'ContainerCreating')])
  })
})

describe('a pod', () => {
  it('has started when its container has, also while that waits for a restart', () => {
    assert.equal(hasStarted(waiting('saucery/order:0.1.0', 'ContainerCreating')), false)
    assert.equal(hasStarted(waiting('saucery/provision:0.1.0', 'CrashLoopBackOff', 1)), true)
  })
})
