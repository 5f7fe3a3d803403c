import { givenServer, inKitFolder, type KitServer, programOnPath, startKitProgram } from './server-process.ts'

/**
 * A NATS server with JetStream on a free port of 127.0.0.1: `await using nats = await natsServer()`. It is the one that
 * TEST_NATS_URL names, whose streams the test shares with others, else `nats-server` on the PATH.
 */
export async function natsServer({ env = process.env as NodeJS.ProcessEnv } = {}): Promise<KitServer> {
  const given = env.TEST_NATS_URL
  if (given) return givenServer(given, 'TEST_NATS_URL')
  const file = programOnPath('nats-server', env.PATH)
  if (!file)
    throw new Error(
      'There is no nats-server on the PATH. Install NATS 2.10 or later (https://nats.io/download), or set TEST_NATS_URL.',
    )
  return inKitFolder(async (folder) => {
    const start = (port: number) =>
      startKitProgram(
        { file, args: ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', folder] },
        /client connections on 127\.0\.0\.1:(\d+)[\s\S]*Server is ready/,
      )
    // The server chooses the port itself, so nobody else can take it in between.
    const { child, match } = await start(-1)
    const port = Number(match[1])
    return { url: `nats://127.0.0.1:${port}`, child, start: () => start(port) }
  })
}
