/** Work that goes on until the test says so, or ends. */
export function held() {
  let release = () => {}
  const until = new Promise<void>((resolve) => {
    release = resolve
  })
  return { until, release, [Symbol.dispose]: release }
}
