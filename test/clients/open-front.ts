import { connect, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { onTestFinished } from 'vitest'

interface Front {
  readonly address: string
  readonly port: number
  /** Without it, the front is plain TCP. */
  readonly certificate?: { readonly key: string; readonly cert: string }
}

/** Hands every connection on to the server at `origin`, for the running test: the gateway at another address. */
export async function openFront(origin: string, { address, port, certificate }: Front): Promise<void> {
  const target = Number(new URL(origin).port)
  const open = new Set<Socket>()
  const handOn = (near: Socket) => {
    const far = connect(target, '127.0.0.1')
    for (const socket of [near, far]) {
      open.add(socket)
      socket.on('close', () => open.delete(socket))
      // A client that turns away from a certificate is no fault of the front's.
      socket.on('error', () => near.destroy())
    }
    near.on('close', () => far.destroy())
    near.pipe(far).pipe(near)
  }
  const server: Server = certificate ? createTlsServer(certificate, handOn) : createServer(handOn)
  await new Promise<void>((resolve) => server.listen(port, address, resolve))
  onTestFinished(() => {
    for (const socket of open) socket.destroy()
    server.close()
  })
}
